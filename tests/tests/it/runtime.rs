//! Calls where there is no tokio runtime: an error that says so, whatever is called.

use std::error::Error;

use futures::FutureExt;
use lago_client::types::EventInput;
use lago_client::webhooks::Verifier;
use lago_client::{Client, ListCall, Request};
use lago_tests::script::{Answer, Scripted, client_for};
use serde_json::json;

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
    refused(Some(at_once(file.clone().send())?), "downloadInvoice")?;
    refused(at_once(file.stream().next())?, "downloadInvoice")?;
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
        let storage = Scripted::always(Answer::raw(begun).hanging()).await?;
        let mut invoice = lago_client::mock::example("invoices.get")?;
        invoice["invoice"]["lago_id"] = json!(ID);
        invoice["invoice"]["file_url"] = json!(format!("{}/a", storage.origin()));
        let api = Scripted::always(Answer::json("200 OK", invoice)).await?;
        let mut stream = api.client()?.invoices().fetch_pdf(ID).stream();
        assert_eq!(stream.next().await.ok_or("no chunk")??, "%PDF-");
        Ok::<_, Box<dyn Error>>(((storage, api), stream))
    })?;
    let error = at_once(stream.next())?.ok_or("no error")?.unwrap_err();
    assert!(
        error.is_usage() && error.to_string().contains("tokio runtime"),
        "{error}"
    );
    assert!(at_once(stream.next())?.is_none());
    Ok(())
}
