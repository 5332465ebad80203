//! Dead letters that cannot be written down, in a gateway that goes on and in one that is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lago_client::mock::{MockResponse, MockServer, ReceivedRequest};
use lago_tests::conform::extent::cases;
use serde_json::{Map, Value, json};

use super::program::Program;
use super::spool::{arrived, event, until};
use super::{Adapter, Outcome};

/// A server that refuses events whose id begins with `bad`, as Lago does, and what it stored.
async fn lago() -> Outcome<(MockServer, Arc<Mutex<BTreeSet<String>>>)> {
    let stored = Arc::<Mutex<BTreeSet<String>>>::default();
    let takes = Arc::clone(&stored);
    let rule = move |request: &ReceivedRequest| {
        let body = request.json()?;
        let ids = body["events"].as_array()?.iter();
        let ids: Vec<&str> = ids
            .filter_map(|event| event["transaction_id"].as_str())
            .collect();
        let bad = ids.iter().enumerate().filter(|(_, id)| is_bad(id));
        let faults: Map<String, Value> = bad
            .map(|(index, _)| (index.to_string(), json!({"code": ["event_not_found"]})))
            .collect();
        if faults.is_empty() {
            let ids = ids.into_iter().map(str::to_owned);
            takes.lock().unwrap().extend(ids);
            return None;
        }
        Some(MockResponse::validation_errors(faults))
    };
    let server = MockServer::builder().respond_with(rule).start().await?;
    Ok((server, stored))
}

fn is_bad(id: &str) -> bool {
    id.starts_with("bad")
}

fn file(directory: &Path) -> PathBuf {
    directory.join("dead-letters.jsonl")
}

/// Something that is no file stands where the letters are written; those before are kept under another name.
fn block(directory: &Path, round: u32) -> Outcome {
    let file = file(directory);
    std::fs::rename(&file, directory.join(format!("dead-letters.{round}")))?;
    Ok(std::fs::create_dir(&file)?)
}

/// Of each event in all files of letters, the lines that it has.
fn letters(directory: &Path) -> Outcome<BTreeMap<String, Vec<String>>> {
    let mut letters = BTreeMap::<String, Vec<String>>::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if !name.starts_with("dead-letters") || !entry.file_type()?.is_file() {
            continue;
        }
        for line in std::fs::read_to_string(entry.path())?.lines() {
            let Ok(letter) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let id = letter["event"]["transaction_id"].as_str();
            let lines = letters.entry(id.unwrap_or_default().to_owned());
            lines.or_default().push(line.to_owned());
        }
    }
    Ok(letters)
}

/// Far more than the pipeline has in memory at once wait for a place to be written to.
#[tokio::test]
async fn events_whose_letters_cannot_be_written_are_in_nobodys_way() -> Outcome {
    let directory = tempfile::tempdir()?;
    let (server, stored) = lago().await?;
    let spool = directory.path().display().to_string();
    let adapter = Adapter::start(&server.url(), &["--spool", &spool]).await?;
    block(directory.path(), 0)?;
    let batches = 40;
    for batch in 0..batches {
        let events = (0..100).map(|number| event(&format!("bad-{batch}-{number}")));
        let events = json!({ "events": events.collect::<Vec<_>>() });
        assert_eq!(adapter.post("/events/batch", events).await?.status(), 202);
    }
    let good = json!({ "event": event("good") });
    assert_eq!(adapter.post("/events", good).await?.status(), 202);
    until(|| stored.lock().unwrap().contains("good")).await?;
    // It does not wait for them either when it stops.
    let report = adapter.running.stop().await.ok_or("no report")?;
    assert_eq!(
        (
            report.spooled,
            report.delivered,
            report.rejected,
            report.lost
        ),
        (batches * 100, 1, 0, 0)
    );
    Ok(())
}

#[tokio::test]
async fn a_start_that_cannot_write_letters_says_what_to_do() -> Outcome {
    let directory = tempfile::tempdir()?;
    std::fs::create_dir(file(directory.path()))?;
    let spool = directory.path().display().to_string();
    let started = Adapter::start("http://127.0.0.1:1", &["--spool", &spool]).await;
    let why = started.err().ok_or("it started")?.to_string();
    assert!(
        why.contains("dead-letters.jsonl cannot be written to (") && why.contains("move it out of"),
        "{why}"
    );
    Ok(())
}

/// The log says why, and what to do; after that is done the event is a letter, without a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_says_when_a_letter_cannot_be_written() -> Outcome {
    let directory = tempfile::tempdir()?;
    let (server, _) = lago().await?;
    let spool = directory.path().display().to_string();
    let mut program = Program::start(&server.url(), &["--spool", &spool])?;
    block(directory.path(), 0)?;
    assert_eq!(program.take("bad").await?, 202);
    let said = tokio::task::spawn_blocking(move || {
        let said = program.hear("cannot be written to ");
        said.map_err(|error| error.to_string())
    });
    let said = said.await??;
    for part in [
        "some events do not get through, while others do: ",
        "(rejected: code: event_not_found)",
        "dead-letters.jsonl (",
        "make room on the disk, or repair what is there",
        "Events that wait: 1.",
    ] {
        assert!(said.contains(part), "{said}");
    }
    Ok(())
}

/// Killed at any moment, also between a letter and the note that there is one, and while no letter can be written.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_gateway_took_is_with_lago_or_a_letter() -> Outcome {
    let directory = tempfile::tempdir()?;
    let (server, stored) = lago().await?;
    let spool = directory.path().display().to_string();
    let options = ["--spool", &spool];
    let mut taken = BTreeSet::new();
    for round in 0..cases(6, 100) {
        #[cfg(target_os = "linux")]
        if round == 0 {
            // Nor is there room to note for whom events are taken, when it starts for the first time.
            let unfinished = directory.path().join("destination.tmp");
            std::os::unix::fs::symlink("/dev/full", unfinished)?;
        }
        let mut program = Program::start(&server.url(), &options)?;
        let blocks = round % 3 == 1;
        if blocks {
            block(directory.path(), round)?;
        }
        for number in 0..2 + round * 7 % 11 {
            let kind = if number % 2 == 0 { "bad" } else { "good" };
            let id = format!("{kind}-{round}-{number}");
            assert_eq!(program.take(&id).await?, 202);
            taken.insert(id);
        }
        match round % 3 {
            0 => {
                let is_written = || letters(directory.path()).unwrap_or_default();
                let first = format!("bad-{round}-0");
                until(|| is_written().contains_key(&first)).await?;
            }
            1 => {
                let first = format!("bad-{round}-0");
                until(|| arrived(&server).contains(&first)).await?;
            }
            _ => {}
        }
        program.child.kill()?;
        program.child.wait()?;
        let is_noted = directory.path().join("destination").exists();
        assert!(is_noted, "events were taken, and nobody knows for whom");
        if blocks {
            std::fs::remove_dir(file(directory.path()))?;
        }
    }

    let program = Program::start(&server.url(), &options)?;
    let is_settled = |id: &String| match is_bad(id) {
        true => letters(directory.path()).is_ok_and(|letters| letters.contains_key(id)),
        false => stored.lock().unwrap().contains(id),
    };
    until(|| taken.iter().all(is_settled)).await?;
    program.ask_to_stop()?;
    let ended = tokio::task::spawn_blocking(|| program.end().map_err(|error| error.to_string()));
    let (said, status) = ended.await??;
    assert!(
        status.success() && said.contains(" 0 left in the spool"),
        "{said}"
    );
    for (id, lines) in letters(directory.path())? {
        assert!(is_bad(&id) && taken.contains(&id), "{id}");
        // Who reads a letter twice sees that it is the same.
        assert!(lines.iter().all(|line| *line == lines[0]), "{lines:?}");
    }
    Ok(())
}
