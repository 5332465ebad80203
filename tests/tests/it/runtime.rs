//! Calls where there is no tokio runtime, and calls that go on elsewhere than where they began: an error that
//! says so, whatever is called.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures::{FutureExt, Stream, StreamExt};
use lago_client::types::EventInput;
use lago_client::webhooks::Verifier;
use lago_client::{Client, ListCall, Request};
use lago_tests::support::bodies::{page, tax};
use lago_tests::support::clients::client_for;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::traced;

type Outcome = Result<(), Box<dyn Error>>;

const ID: &str = "0bf4ad1c-0f0b-4a6c-8f6e-d7bb2c4a5c5e";

/// What comes of work that has nothing to wait for.
fn at_once<T>(work: impl Future<Output = T>) -> Result<T, Box<dyn Error>> {
    Ok(work.now_or_never().ok_or("it waits for something")?)
}

fn refused<T>(outcome: Option<Result<T, lago_client::Error>>, operation: &str) -> Outcome {
    let error = outcome.and_then(Result::err).ok_or("no error")?;
    assert!(error.is_usage() && error.attempts() == 0, "{error}");
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    assert_eq!(
        error.operation().map(|operation| operation.id),
        Some(operation)
    );
    Ok(())
}

fn refused_list<C: ListCall<Item: Unpin> + Unpin>(list: Request<C>, operation: &str) -> Outcome {
    refused(at_once(list.clone().items().next())?, operation)?;
    refused(at_once(list.clone().pages().next())?, operation)?;
    refused(Some(at_once(list.send())?), operation)
}

#[test]
fn every_kind_of_call_says_that_it_needs_a_runtime() -> Outcome {
    let lago: Client = client_for("127.0.0.1:9").rate_limit_pacing(true).build()?;
    refused(Some(at_once(lago.taxes().get("vat").send())?), "findTax")?;
    refused(
        Some(at_once(lago.taxes().get("vat").response())?),
        "findTax",
    )?;
    refused(
        Some(at_once(lago.taxes().get("vat").into_future())?),
        "findTax",
    )?;
    let event = EventInput::new("api_calls", "sub_1");
    refused(
        Some(at_once(lago.events().create(event).send())?),
        "createEvent",
    )?;
    refused_list(lago.taxes().list(), "findAllTaxes")?;
    let file = lago.invoices().fetch_pdf(ID);
    refused(Some(at_once(file.clone().send())?), "findInvoice")?;
    refused(at_once(file.stream().next())?, "findInvoice")?;
    let error = at_once(Verifier::fetch(&lago).warm_up())?.unwrap_err();
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    Ok(())
}

#[test]
fn a_stream_that_began_in_a_runtime_is_an_error_outside_of_it() -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (_servers, mut stream) = runtime.block_on(async {
        let begun = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n%PDF-\r\n";
        let storage = Scripted::always(ScriptedResponse::raw(begun).hanging()).await?;
        let mut invoice = lago_client::mock::example("invoices.get")?;
        invoice["invoice"]["lago_id"] = json!(ID);
        invoice["invoice"]["file_url"] = json!(format!("{}/a", storage.origin()));
        let api = Scripted::always(ScriptedResponse::json("200 OK", invoice)).await?;
        let mut stream = api.client()?.invoices().fetch_pdf(ID).stream();
        assert_eq!(stream.next().await.ok_or("no chunk")??, "%PDF-");
        Ok::<_, Box<dyn Error>>(((storage, api), stream))
    })?;
    left(at_once(stream.next())?, "findInvoice")?;
    assert!(at_once(stream.next())?.is_none());
    Ok(())
}

/// A runtime that goes on by itself.
fn driven() -> std::io::Result<Runtime> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).enable_all().build()
}

/// Polls something once in a runtime.
fn begin<T>(runtime: &Runtime, mut work: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Outcome {
    let poll = poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx).is_pending()));
    match runtime.block_on(poll) {
        true => Ok(()),
        false => Err("it waits for nothing".into()),
    }
}

fn left<T>(outcome: Option<Result<T, lago_client::Error>>, operation: &str) -> Outcome {
    let error = outcome.and_then(Result::err).ok_or("no error")?;
    assert!(error.is_transport() && error.is_ambiguous(), "{error}");
    assert!(!error.is_usage() && error.attempts() == 1, "{error}");
    assert!(
        error.to_string().contains("outside of the tokio runtime"),
        "{error}"
    );
    assert_eq!(
        error.operation().map(|operation| operation.id),
        Some(operation)
    );
    Ok(())
}

/// What is begun in a runtime, and where it goes on: outside of any, in another, and in another when the first
/// one has ended.
fn elsewhere<T>(
    begun: impl Fn() -> Pin<Box<dyn Future<Output = Option<Result<T, lago_client::Error>>>>>,
    operation: &str,
) -> Outcome {
    let other = driven()?;
    for (is_outside, has_ended) in [(true, false), (false, false), (true, true), (false, true)] {
        let first = driven()?;
        let mut work = begun();
        begin(&first, work.as_mut())?;
        if has_ended {
            drop(first);
        }
        match is_outside {
            true => left(at_once(work)?, operation)?,
            false => left(other.block_on(work), operation)?,
        }
    }
    Ok(())
}

#[test]
fn whatever_began_in_a_runtime_is_an_error_elsewhere() -> Outcome {
    let servers = driven()?;
    let server = servers.block_on(Scripted::always(ScriptedResponse::silence()))?;
    let lago = server.client()?;
    let own = server.builder().http_client(
        // With an alarm of its own, of the runtime in which it was set.
        reqwest::Client::builder()
            .read_timeout(Duration::from_secs(60))
            .build()?,
    );
    for lago in [lago, own.build()?] {
        let call = || lago.taxes().get("vat");
        elsewhere(|| Box::pin(call().send().map(Some)), "findTax")?;
        elsewhere(|| Box::pin(call().response().map(Some)), "findTax")?;
        elsewhere(|| Box::pin(call().into_future().map(Some)), "findTax")?;
        let list = || lago.taxes().list();
        elsewhere(|| next(list().items()), "findAllTaxes")?;
        elsewhere(|| next(list().pages()), "findAllTaxes")?;
        let file = || lago.invoices().fetch_pdf(ID);
        elsewhere(|| Box::pin(file().send().map(Some)), "findInvoice")?;
        elsewhere(|| next(file().stream()), "findInvoice")?;
    }
    Ok(())
}

/// A call that waits for its next attempt has an alarm, and no request.
#[test]
fn a_call_between_two_attempts_is_an_error_elsewhere() -> Outcome {
    let servers = driven()?;
    let busy = ScriptedResponse::new("503 Service Unavailable", &[("retry-after", "50")], "");
    let server = servers.block_on(Scripted::always(busy))?;
    let (lago, first) = (server.client()?, driven()?);
    let mut call = Box::pin(lago.taxes().get("vat").send());
    traced::begin();
    let polled = poll_fn(|cx| match call.as_mut().poll(cx) {
        Poll::Pending if traced::take("lago_client::retry").is_empty() => Poll::Pending,
        pending => Poll::Ready(pending.is_pending()),
    });
    assert!(first.block_on(polled));
    drop(first);
    left(Some(at_once(call)?), "findTax")
}

/// The first item of a stream.
fn next<'s, S: Stream + Unpin + 's>(
    mut stream: S,
) -> Pin<Box<dyn Future<Output = Option<S::Item>> + 's>> {
    Box::pin(async move { StreamExt::next(&mut stream).await })
}

#[test]
fn a_list_is_walked_in_several_runtimes_one_page_after_the_other() -> Outcome {
    let servers = driven()?;
    let pages = Scripted::start(|request| {
        let number = if request.target.contains("page=2") {
            2
        } else {
            1
        };
        let next = (number == 1).then_some(2);
        ScriptedResponse::json("200 OK", page("taxes", vec![tax("vat")], next))
    });
    let server = servers.block_on(pages)?;
    let mut items = server.client()?.taxes().list().items();
    for _ in 0..2 {
        let item = driven()?.block_on(items.next());
        assert_eq!(item.ok_or("no tax")??.code, "vat");
    }
    assert!(driven()?.block_on(items.next()).is_none());
    Ok(())
}

#[test]
fn a_delivery_that_waits_for_a_key_is_refused_elsewhere() -> Outcome {
    let servers = driven()?;
    let server = servers.block_on(Scripted::always(ScriptedResponse::silence()))?;
    for has_ended in [false, true] {
        let (first, verifier) = (driven()?, Verifier::fetch(&server.client()?));
        let mut work = Box::pin(verifier.warm_up());
        begin(&first, work.as_mut())?;
        if has_ended {
            drop(first);
        }
        let error = at_once(work)?.err().ok_or("a key")?;
        assert_eq!(error.status(), 503);
        assert!(format!("{error:?}").contains("tokio runtime"), "{error:?}");
    }
    Ok(())
}

#[test]
fn a_stand_in_needs_a_runtime() -> Outcome {
    assert!(at_once(lago_client::mock::MockServer::start())?.is_err());
    Ok(())
}
