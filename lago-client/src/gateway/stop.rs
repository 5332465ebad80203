//! When the program is to stop, and how it ends.

use std::io;
use std::pin::pin;
use std::process::ExitCode;

use crate::gateway::changes::Changes;
use crate::gateway::log::say;
use crate::gateway::progress::AMBIGUOUS;

/// The exit status after calls that change something were cut off.
const CUT_OFF: u8 = 3;

/// Said when the program is asked to stop.
pub(crate) const STOPS: &str = "stops: finishes what runs; another Ctrl-C ends it at once";

/// What the help says of exit statuses.
pub(crate) const STATUSES: &str = "\
Exit status: 0 when it was told to stop and all that ran was finished, 1 when it failed, 2 when it was told what cannot \
work, 3 when calls that change something were cut off as it stopped: the log names them, and they may have been done.";

/// Signals by which somebody asks the program to stop: Ctrl-C, or SIGTERM where there is such a thing. None is lost that
/// comes after this was made.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Begins to listen for them.
    ///
    /// # Errors
    ///
    /// When the system does not let it.
    pub(crate) fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Ready when the next one is there.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            // Where nobody can ask it goes on.
            std::future::pending::<()>().await;
        }
    }

    /// What comes of ending, which another signal hurries. One after that waits for nothing.
    pub(crate) async fn end<T>(
        &mut self,
        changes: &Changes,
        ending: impl Future<Output = T>,
    ) -> Option<T> {
        let mut ending = pin!(ending);
        tokio::select! {
            ended = &mut ending => return Some(ended),
            () = self.next() => changes.hurry(),
        }
        tokio::select! {
            ended = ending => Some(ended),
            () = self.next() => {
                changes.give_up();
                None
            }
        }
    }
}

/// The exit status, after it was said what was cut off.
pub(crate) fn status(changes: &Changes) -> ExitCode {
    let names = changes.cut_off();
    if names.is_empty() {
        return ExitCode::SUCCESS;
    }
    let calls = match names.len() {
        1 => "1 call".to_owned(),
        many => format!("{many} calls"),
    };
    say(&format_args!(
        "cut off before it was known what came of them, {AMBIGUOUS}: {calls}: {}; look in Lago whether they were done before \
         you repeat them",
        names.join(", ")
    ));
    ExitCode::from(CUT_OFF)
}
