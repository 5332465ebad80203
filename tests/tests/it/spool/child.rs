//! Another process: this program again, with one test that is none.

use std::env;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::*;

const DIRECTORY: &str = "LAGO_TESTS_SPOOL_DIRECTORY";
const ROLE: &str = "LAGO_TESTS_SPOOL_ROLE";
/// What lines of the process begin with; the test harness has lines of its own.
const MARK: &str = "spool: ";

/// A process that is killed when it is dropped.
pub(super) struct Process {
    pub(super) child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts a process with a role. `wrap` is a shell command that ends by starting `"$0" "$@"`.
    pub(super) fn start(role: &str, directory: &Path, wrap: Option<&str>) -> io::Result<Self> {
        let this = env::current_exe()?;
        let mut command = match wrap {
            Some(script) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", script]).arg(this);
                shell
            }
            None => Command::new(this),
        };
        command.args([
            "--exact",
            "spool::child::another_process",
            "--ignored",
            "--nocapture",
        ]);
        command.env(DIRECTORY, directory).env(ROLE, role);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self {
            child,
            lines: BufReader::new(stdout).lines(),
        })
    }

    /// What the process says next. None when it has ended.
    pub(super) fn line(&mut self) -> io::Result<Option<String>> {
        loop {
            let Some(line) = self.lines.next().transpose()? else {
                return Ok(None);
            };
            if let Some((_, said)) = line.split_once(MARK) {
                return Ok(Some(said.to_owned()));
            }
        }
    }

    /// SIGKILL. What the process said until then can still be read.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Says a line at once and in one piece.
pub(super) fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(format!("{MARK}{line}\n").as_bytes())?;
    out.flush()
}

/// Numbers with spaces between them, as processes say them.
pub(super) fn numbers(line: &str) -> Vec<u64> {
    line.split(' ')
        .filter_map(|number| number.parse().ok())
        .collect()
}

#[test]
#[ignore = "what other tests start as a process"]
fn another_process() -> Outcome {
    let (Ok(role), Some(directory)) = (env::var(ROLE), env::var_os(DIRECTORY)) else {
        return Ok(());
    };
    let directory = Path::new(&directory);
    match role.split_once(' ') {
        Some(("work", first)) => work(directory, first.parse()?),
        Some(("report", address)) => delivered::report_events(directory, address),
        _ if role == "hold" => hold(directory),
        _ if role == "fill" => fill(directory),
        _ => Err(format!("there is no role {role}").into()),
    }
}

/// Appends and acknowledges until it is killed: says what is accepted when it is, and what it is about to acknowledge.
fn work(directory: &Path, mut next: u64) -> Outcome {
    let mut spool = open(directory)?;
    let mut from = Position::FIRST;
    loop {
        let batch: Vec<u64> = (next..next + 1 + next % 4).collect();
        let records: Vec<Vec<u8>> = batch.iter().map(|number| record(*number)).collect();
        let slices: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        spool.append(&slices)?;
        say(&format!("accepted {}", said(&batch)))?;
        next += batch.len() as u64;

        let read = spool.read(from, 3, 1000)?;
        from = read.last().map_or(from, |(last, _)| last.plus(1));
        let done: Vec<_> = read
            .iter()
            .filter(|(_, bytes)| number(bytes).is_some_and(|number| number % 16 > 0))
            .collect();
        let numbers: Vec<u64> = done.iter().filter_map(|(_, bytes)| number(bytes)).collect();
        say(&format!("acknowledged {}", said(&numbers)))?;
        let positions: Vec<Position> = done.iter().map(|(position, _)| *position).collect();
        spool.acknowledge(&positions)?;
    }
}

fn said(numbers: &[u64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    numbers.join(" ")
}

/// Has the directory until its input ends.
fn hold(directory: &Path) -> Outcome {
    let _spool = open(directory)?;
    say("open")?;
    io::stdin().lines().for_each(drop);
    Ok(())
}

/// Appends until there is no room, and says what it meets.
fn fill(directory: &Path) -> Outcome {
    // One segment, since the limit is one for a file.
    let mut spool = DiskSpool::open(directory, SpoolOptions::new())?;
    let mut accepted = 0;
    let error = loop {
        match spool.append(&[&record(accepted)]) {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
    };
    say(&format!("{} {error}", error.is_full()))?;
    let left = read_all(&mut spool)?.len();
    say(&format!("{accepted} {left}"))?;
    Ok(())
}
