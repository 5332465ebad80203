//! What is known of a request while it is under way. It is shared between whoever works on the request and whoever tells
//! the log, so that nothing is lost with a future that is dropped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::gateway::changes::{Change, Changes};
use crate::gateway::log::Note;

/// The word for what may have been done and nobody knows.
pub(crate) const AMBIGUOUS: &str = "ambiguous";

/// How many characters of a caller's text are told.
const SHOWN: usize = 64;

/// What is known of a request.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    changes: Changes,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    note: Note,
    /// Lago may have been asked to change something. It stays until the log has been told what came of it.
    change: Option<Change>,
    /// What came of the change is known, and noted.
    is_known: bool,
    is_told: bool,
    is_caller_gone: bool,
}

impl Progress {
    /// Of a request that begins.
    pub(crate) fn new(changes: &Changes) -> Self {
        Self(Arc::new(Shared {
            changes: changes.clone(),
            state: Mutex::default(),
        }))
    }

    /// Notes words that hold no data of customers. A caller's text may be among them, such as the name of a tool: what
    /// could be read as more than one word of a log is left out.
    pub(crate) fn say(&self, words: &str) {
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || "_-./".contains(*c);
        let words: String = words.chars().filter(is_plain).take(SHOWN).collect();
        self.state().note.add(&words);
    }

    /// Notes the path, without its values.
    pub(crate) fn set_path(&self, path: impl Into<String>) {
        self.state().note.path = Some(path.into());
    }

    /// Notes how often Lago was asked.
    pub(crate) fn set_attempts(&self, attempts: u32) {
        self.state().note.attempts = Some(attempts);
    }

    /// From now on Lago may be asked to change something.
    pub(crate) fn begin_change(&self, name: &'static str) {
        let change = self.0.changes.begin(name);
        let mut state = self.state();
        state.change = Some(change);
        state.is_known = false;
    }

    /// What came of it is known, and noted.
    pub(crate) fn end_change(&self) {
        let mut state = self.state();
        state.is_known = true;
        if state.is_told {
            state.change = None;
        }
    }

    /// Whether Lago may have been asked to change something, and nobody knows yet what came of it.
    pub(crate) fn is_changing(&self) -> bool {
        self.state().is_changing()
    }

    /// Nobody waits for the response any more. Whether the work goes on.
    pub(crate) fn caller_left(&self) -> bool {
        let mut state = self.state();
        state.is_caller_gone = true;
        state.is_changing()
    }

    /// Whether nobody waits for the response any more.
    pub(crate) fn is_caller_gone(&self) -> bool {
        self.state().is_caller_gone
    }

    /// Tells the log what is noted, when there is nothing more to come. A change of which nothing is known is in doubt.
    pub(crate) fn tell(&self, tell: impl FnOnce(Note)) {
        let mut note = std::mem::take(&mut self.state().note);
        if self.is_changing() {
            note.add(AMBIGUOUS);
        }
        tell(note);
        let mut state = self.state();
        state.is_told = true;
        if state.is_known {
            state.change = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_changing(&self) -> bool {
        self.change.is_some() && !self.is_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(progress: &Progress) -> String {
        let mut words = None;
        progress.tell(|note| words = Some(note.words));
        words.unwrap()
    }

    #[test]
    fn a_change_of_which_nothing_is_known_is_in_doubt() {
        let changes = Changes::default();
        for (is_known, words) in [(false, "plans.create ambiguous"), (true, "plans.create")] {
            let progress = Progress::new(&changes);
            progress.say("plans.create");
            progress.begin_change("plans.create");
            assert!(progress.is_changing() && progress.clone().caller_left());
            if is_known {
                progress.end_change();
            }
            assert_eq!(told(&progress), words);
        }
    }

    /// So that nobody ends the program before the log has been told.
    #[tokio::test]
    async fn a_change_is_under_way_until_it_is_known_and_told() {
        for is_known_first in [true, false] {
            let changes = Changes::default();
            let progress = Progress::new(&changes);
            progress.begin_change("plans.create");
            let of_work = progress.clone();
            let steps: [&dyn Fn(); 2] = [&|| of_work.end_change(), &|| drop(told(&progress))];
            let [first, second] = match is_known_first {
                true => steps,
                false => [steps[1], steps[0]],
            };
            first();
            changes.give_up();
            assert_eq!(changes.cut_off(), ["plans.create"]);
            second();
            changes.ended().await;
        }
    }

    #[test]
    fn a_callers_text_is_one_short_word() {
        let progress = Progress::new(&Changes::default());
        progress.say("plans get\n2026-01-01 \u{1b}[31m");
        progress.say(&"a".repeat(1000));
        let words = told(&progress);
        let words: Vec<&str> = words.split(' ').collect();
        assert_eq!(words, ["plansget2026-01-0131m", &"a".repeat(64)]);
    }
}
