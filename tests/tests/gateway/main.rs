//! The gateway: the REST adapter and the tools for agents, over real sockets.

#[cfg(test)]
mod mcp;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod tools;

#[cfg(test)]
use std::sync::Mutex;

/// Waits until something is so that another task does.
#[cfg(test)]
async fn until(is_so: impl Fn() -> bool) -> Result<(), tokio::time::error::Elapsed> {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    // So that a test that would hang fails.
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await
}

/// The lines of a log so far, without times.
#[cfg(test)]
fn timeless(lines: &Mutex<Vec<String>>) -> Vec<String> {
    let lines = lines.lock().unwrap();
    let is_timeless = |word: &&str| !word.ends_with("ms");
    let lines = lines
        .iter()
        .map(|line| line.split(' ').filter(is_timeless).collect::<Vec<_>>());
    lines.map(|words| words.join(" ")).collect()
}
