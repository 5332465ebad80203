//! Ctrl-C in the middle of a check that makes things.

#![cfg(unix)]

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lago_tests::support::clients::API_KEY;

use super::Outcome;
use super::memory::{World, start};

#[tokio::test]
async fn what_was_made_is_taken_away() -> Outcome {
    let (world, process) = (World::default(), Arc::<AtomicU32>::default());
    let interrupted = Arc::clone(&process);
    let server = start(&world, None, move |operation| {
        if operation == "createSubscription" {
            let process = interrupted.load(Ordering::SeqCst).to_string();
            let sent = Command::new("kill").args(["-INT", &process]).status();
            assert!(sent.is_ok_and(|status| status.success()));
        }
    });
    let server = server.await?;
    let command = Command::new(env!("CARGO_BIN_EXE_conform"))
        .args(["--url", &server.url(), "--write"])
        .env("LAGO_API_KEY", API_KEY)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    process.store(command.id(), Ordering::SeqCst);
    let ended = tokio::task::spawn_blocking(move || command.wait_with_output()).await??;
    let said = String::from_utf8(ended.stdout)?;
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("This is not all: it was stopped."), "{said}");
    let requests = server.requests();
    let made = requests.iter().filter(|one| one.method == "POST").count();
    assert_eq!(made, 7, "nothing is made after Ctrl-C");
    assert!(world.there_is().is_empty(), "{:?}", world.there_is());
    Ok(())
}
