//! Calls that block: from plain threads they work, in a runtime they are errors that say so.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use lago_client::types::{EventInput, Tax};
use lago_client::{Client, RetryPolicy};
use lago_tests::support::bodies::{tax, taxes};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::json;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::downloads::{ID, PDF, file, invoice};

type Outcome = Result<(), Box<dyn Error>>;

/// A server, and the runtime in which it runs: what calls it has none.
fn served(
    rule: impl Fn(&str) -> ScriptedResponse + Send + 'static,
) -> Result<(Runtime, Scripted), Box<dyn Error>> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let server = runtime.block_on(Scripted::start(move |request| rule(&request.target)))?;
    Ok((runtime, server))
}

fn lago(target: &str) -> ScriptedResponse {
    match target {
        "/api/v1/events/batch" => {
            ScriptedResponse::json("200 OK", json!({ "events": [{ "transaction_id": "t" }] }))
        }
        "/api/v1/taxes" => ScriptedResponse::json("200 OK", taxes(["a", "b"], Some(2))),
        "/api/v1/taxes?page=2" => ScriptedResponse::json("200 OK", taxes(["c"], None)),
        "/api/v1/taxes/vat" => ScriptedResponse::json("200 OK", json!({ "tax": tax("vat") })),
        _ => ScriptedResponse::json(
            "404 Not Found",
            json!({ "status": 404, "error": "Not Found", "code": "tax_not_found" }),
        ),
    }
}

fn codes(taxes: impl IntoIterator<Item = Tax>) -> Vec<String> {
    taxes.into_iter().map(|tax| tax.code).collect()
}

#[test]
fn requests_and_lists_work_from_a_plain_thread() -> Outcome {
    let (_runtime, server) = served(lago)?;
    let lago = server.client()?;
    assert_eq!(lago.taxes().get("vat").wait()?.code, "vat");
    let response = lago.taxes().get("vat").wait_response()?;
    assert_eq!((response.status.as_u16(), response.attempts), (200, 1));
    let error = lago.taxes().get("gst").wait().unwrap_err();
    assert!(error.is_not_found(), "{error}");

    let all: Result<Vec<Tax>, _> = lago.taxes().list().items().wait().collect();
    assert_eq!(codes(all?), ["a", "b", "c"]);
    let pages = lago.taxes().list().pages().wait();
    let pages: Result<Vec<_>, _> = pages.map(|page| page.map(codes)).collect();
    assert_eq!(pages?, [vec!["a", "b"], vec!["c"]]);
    // The first of many is one request.
    let before = server.requests().len();
    assert!(lago.taxes().list().items().wait().next().is_some());
    assert_eq!(server.requests().len(), before + 1);
    Ok(())
}

#[test]
fn a_walk_ends_after_an_error() -> Outcome {
    let (_runtime, server) = served(|target| match target {
        "/api/v1/taxes" => ScriptedResponse::json("200 OK", taxes(["a"], Some(2))),
        _ => ScriptedResponse::json(
            "404 Not Found",
            json!({ "status": 404, "error": "Not Found", "code": "x_not_found" }),
        ),
    })?;
    let mut items = server.client()?.taxes().list().items().wait();
    assert_eq!(codes(items.next().transpose()?), ["a"]);
    assert!(
        items
            .next()
            .is_some_and(|item| item.is_err_and(|error| error.is_not_found()))
    );
    assert!(items.next().is_none() && items.next().is_none());
    Ok(())
}

#[test]
fn repeats_and_their_waits_happen_in_the_background() -> Outcome {
    let asked = AtomicU32::new(0);
    let (_runtime, server) = served(move |target| match asked.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => ScriptedResponse::new("502 Bad Gateway", &[], ""),
        _ => lago(target),
    })?;
    let hasty = RetryPolicy::new().initial_backoff(Duration::from_millis(1));
    let lago = server.builder().retry(hasty).build()?;
    assert_eq!(lago.taxes().get("vat").wait_response()?.attempts, 3);
    Ok(())
}

#[test]
fn many_threads_and_keys_wait_on_one_thread() -> Outcome {
    let (_runtime, server) = served(lago)?;
    let client = server.client()?;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let client = client.clone();
                scope.spawn(move || {
                    let other = client.with_api_key(format!("key-{number}"))?;
                    other.taxes().get("vat").wait()
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap()?;
        }
        Ok::<_, lago_client::Error>(())
    })?;
    assert_eq!(server.requests().len(), 8);
    Ok(())
}

#[test]
fn a_file_is_fetched_whole_or_in_chunks() -> Outcome {
    let (runtime, storage) = served(|_| file(PDF))?;
    let url = format!("{}/file.pdf", storage.origin());
    let server = runtime.block_on(Scripted::always(invoice(Some(&url))))?;
    let lago = server.client()?;
    assert_eq!(lago.invoices().fetch_pdf(ID).wait()?, PDF);
    let chunks: Result<Vec<_>, _> = lago.invoices().fetch_pdf(ID).stream().wait().collect();
    assert_eq!(chunks?.concat(), PDF.as_bytes());
    Ok(())
}

#[test]
fn a_pipeline_delivers_from_the_background() -> Outcome {
    let (_runtime, server) = served(lago)?;
    let lago = server.client()?;
    let events = lago
        .ingest()
        .linger(Duration::ZERO)
        .queue_events(1)
        .start_blocking()?;
    events.try_send(EventInput::new("api_calls", "sub_1"))?;
    // There is room for one: this waits for it.
    for _ in 0..5 {
        events.send(EventInput::new("api_calls", "sub_1"))?;
    }
    events.flush()?;
    assert_eq!(events.stats().delivered, 6);
    let outcome = events.send_and_settle(EventInput::new("api_calls", "sub_1"))?;
    assert_eq!(
        outcome.to_string(),
        lago_client::ingest::EventOutcome::Delivered.to_string()
    );
    // The client may be gone before its pipeline.
    drop(lago);
    let report = events.shutdown(Duration::from_secs(20))?;
    assert_eq!((report.delivered, report.lost), (7, 0));
    assert!(
        events
            .send(EventInput::new("api_calls", "sub_1"))
            .unwrap_err()
            .is_closed()
    );
    Ok(())
}

#[test]
fn with_a_spool_an_event_is_on_disk_when_it_is_accepted() -> Outcome {
    let (_runtime, server) = served(lago)?;
    let directory = tempfile::tempdir()?;
    let pipeline = server.client()?.ingest().spool(directory.path());
    let events = pipeline.linger(Duration::ZERO).start_blocking()?;
    events.send(EventInput::new("api_calls", "sub_1"))?;
    let report = events.shutdown(Duration::from_secs(20))?;
    assert_eq!((report.delivered, report.spooled), (1, 0));
    Ok(())
}

/// Everything that blocks is refused here, and sends nothing.
fn refused_here(lago: &Client, events: &lago_client::blocking::Pipeline) {
    let says_so = |error: lago_client::Error| {
        assert!(error.is_usage() && error.attempts() == 0, "{error}");
        assert!(error.to_string().contains("tokio runtime"), "{error}");
    };
    says_so(lago.taxes().get("vat").wait().unwrap_err());
    says_so(lago.taxes().get("vat").wait_response().unwrap_err());
    let mut items = lago.taxes().list().items().wait();
    says_so(items.next().unwrap().unwrap_err());
    assert!(items.next().is_none());
    says_so(
        lago.taxes()
            .list()
            .pages()
            .wait()
            .next()
            .unwrap()
            .unwrap_err(),
    );
    says_so(lago.invoices().fetch_pdf(ID).wait().unwrap_err());
    says_so(
        lago.invoices()
            .fetch_pdf(ID)
            .stream()
            .wait()
            .next()
            .unwrap()
            .unwrap_err(),
    );
    says_so(lago.ingest().start_blocking().unwrap_err());
    says_so(events.flush().unwrap_err());
    says_so(events.shutdown(Duration::ZERO).unwrap_err());
    let error = events
        .send_and_settle(EventInput::new("api_calls", "sub_1"))
        .unwrap_err();
    assert!(
        error.is_usage() && error.to_string().contains("tokio runtime"),
        "{error}"
    );
}

#[test]
fn in_a_runtime_of_either_flavour_it_is_an_error_that_says_so() -> Outcome {
    let (served, server) = served(lago)?;
    let lago = server.client()?;
    let events = lago.ingest().start_blocking()?;
    let single = Builder::new_current_thread().enable_all().build()?;
    single.block_on(async { refused_here(&lago, &events) });
    served.block_on(async { refused_here(&lago, &events) });
    for runtime in [&single, &served] {
        let (lago, events) = (lago.clone(), events.clone());
        runtime.block_on(async {
            let (other, more) = (lago.clone(), events.clone());
            tokio::spawn(async move { refused_here(&other, &more) }).await?;
            // Such a thread may block, and awaiting is the way that is left there.
            tokio::task::spawn_blocking(move || {
                refused_here(&lago, &events);
                Handle::current().block_on(lago.taxes().get("vat").send())
            })
            .await??;
            Ok::<_, Box<dyn Error>>(())
        })?;
    }
    // What needs not wait is accepted anywhere.
    served.block_on(async {
        events.try_send(EventInput::new("api_calls", "sub_1"))?;
        events.send(EventInput::new("api_calls", "sub_1"))
    })?;
    assert_eq!(events.shutdown(Duration::from_secs(20))?.delivered, 2);
    let sent = server.requests();
    assert!(sent.iter().all(|request| !request.target.contains("page") && !request.target.contains("invoices")));
    Ok(())
}

#[test]
fn waiting_within_the_background_itself_is_an_error_too() -> Outcome {
    let (_runtime, server) = served(lago)?;
    let inner = server.client()?;
    let (tell, told) = std::sync::mpsc::channel();
    let client = server.builder().on_response(move |_| {
        let _ = tell.send(inner.taxes().get("vat").wait().map(|tax| tax.code));
    });
    let client = client.build()?;
    client.taxes().get("vat").wait()?;
    assert!(told.recv()?.unwrap_err().is_usage());
    Ok(())
}
