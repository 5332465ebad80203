//! Calls that change something and are under way. None of them ends because its caller is gone: only so does anybody know
//! what came of it. One that is cut off all the same, because the gateway has to end, is remembered by its name.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Knows which calls change something at this moment, and when they have to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    under_way: watch::Sender<UnderWay>,
    is_hurried: watch::Sender<bool>,
    /// What was under way when there was no more time; none while there is.
    cut_off: Mutex<Option<Vec<&'static str>>>,
}

#[derive(Debug, Default)]
struct UnderWay {
    next: u64,
    calls: Vec<(u64, &'static str)>,
}

/// A call that changes something, until this is dropped.
#[derive(Debug)]
pub(crate) struct Change {
    number: u64,
    changes: Changes,
}

impl Changes {
    /// A call begins.
    pub(crate) fn begin(&self, name: &'static str) -> Change {
        let mut number = 0;
        self.0.under_way.send_modify(|under_way| {
            number = under_way.next;
            under_way.next += 1;
            under_way.calls.push((number, name));
        });
        Change {
            number,
            changes: self.clone(),
        }
    }

    /// Ready when none is under way.
    pub(crate) async fn ended(&self) {
        let mut under_way = self.0.under_way.subscribe();
        // What sends is held here, so that it is never closed.
        let _ = under_way.wait_for(|now| now.calls.is_empty()).await;
    }

    /// Lets work go on until the time is over or somebody is in a hurry. Where it has not ended then, it is dropped, and
    /// what is under way counts as cut off.
    pub(crate) async fn finish<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let finished = tokio::select! {
            biased;
            finished = timeout(limit, work) => finished.ok(),
            () = self.hurried() => None,
        };
        if finished.is_none() {
            self.give_up();
        }
        finished
    }

    /// What is under way now counts as cut off.
    pub(crate) fn give_up(&self) {
        let names = self.0.under_way.borrow().names();
        *self.cut() = Some(names);
    }

    /// Waits no more for what has to end.
    pub(crate) fn hurry(&self) {
        self.0.is_hurried.send_replace(true);
    }

    /// Ready when somebody is in a hurry.
    pub(crate) async fn hurried(&self) {
        let mut is_hurried = self.0.is_hurried.subscribe();
        // What sends is held here, so that it is never closed.
        let _ = is_hurried.wait_for(|is_hurried| *is_hurried).await;
    }

    /// Whether the time for what runs is over.
    pub(crate) fn are_cut_off(&self) -> bool {
        self.cut().is_some()
    }

    /// The names of the calls that were cut off.
    pub(crate) fn cut_off(&self) -> Vec<&'static str> {
        self.cut().clone().unwrap_or_default()
    }

    fn cut(&self) -> std::sync::MutexGuard<'_, Option<Vec<&'static str>>> {
        self.0
            .cut_off
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnderWay {
    fn names(&self) -> Vec<&'static str> {
        self.calls.iter().map(|(_, name)| *name).collect()
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        let number = self.number;
        let under_way = &self.changes.0.under_way;
        under_way.send_modify(|under_way| under_way.calls.retain(|(other, _)| *other != number));
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test(start_paused = true)]
    async fn what_ends_in_time_is_not_cut_off() {
        let changes = Changes::default();
        let change = changes.begin("plans.create");
        let ending = tokio::spawn(async move { drop(change) });
        assert_eq!(changes.finish(LONG, changes.ended()).await, Some(()));
        assert!(!changes.are_cut_off() && changes.cut_off().is_empty());
        ending.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_end_in_time_is_told_by_its_name() {
        let changes = Changes::default();
        let first = changes.begin("plans.create");
        let _second = changes.begin("plans.delete");
        let _third = changes.begin("plans.delete");
        drop(first);
        assert_eq!(changes.finish(LONG, changes.ended()).await, None);
        assert!(changes.are_cut_off());
        assert_eq!(changes.cut_off(), ["plans.delete", "plans.delete"]);
    }

    #[tokio::test]
    async fn who_is_in_a_hurry_waits_for_nothing() {
        let changes = Changes::default();
        let _change = changes.begin("plans.create");
        let hurried = changes.clone();
        tokio::spawn(async move { hurried.hurry() });
        assert_eq!(changes.finish(LONG, pending::<()>()).await, None);
        assert_eq!(changes.cut_off(), ["plans.create"]);
        // Also who asks later.
        assert_eq!(changes.finish(LONG, pending::<()>()).await, None);
    }
}
