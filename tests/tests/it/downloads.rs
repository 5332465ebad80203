//! Files: having them made, waiting for them, and fetching them from a server that is not Lago.

mod hostile;
mod refused;
mod streams;

use std::cell::Cell;
use std::error::Error;
use std::future::IntoFuture;
use std::path::Path;
use std::time::Duration;

use lago_client::{Client, RetryPolicy};
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

pub(crate) const ID: &str = "0bf4ad1c-0f0b-4a6c-8f6e-d7bb2c4a5c5e";

pub(crate) const PDF: &str = "%PDF-1.7 a file";

const XML: &str = "<?xml version=\"1.0\"?><rsm:CrossIndustryInvoice/>";

/// What a recorded response holds, with the id that is asked for and the URLs of its files as a test
/// wants them.
fn recorded(exchange: &str, root: &str, file: Option<&str>, xml: Option<&str>) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded/exchanges");
    let text = std::fs::read_to_string(folder.join(exchange)).unwrap();
    let exchange: Value = serde_json::from_str(&text).unwrap();
    let response = &exchange["response_body"][root];
    let mut object = response.get(0).unwrap_or(response).clone();
    object["lago_id"] = json!(ID);
    object["file_url"] = json!(file);
    object["xml_url"] = json!(xml);
    object
}

/// The response that is an invoice with its PDF at this URL.
pub(crate) fn invoice(file: Option<&str>) -> ScriptedResponse {
    let invoice = recorded("137_invoice_with_file.json", "invoice", file, None);
    ScriptedResponse::json("200 OK", json!({ "invoice": invoice }))
}

pub(crate) fn file(body: &str) -> ScriptedResponse {
    ScriptedResponse::new("200 OK", &[("content-type", "application/pdf")], body)
}

fn xml(body: &str) -> ScriptedResponse {
    ScriptedResponse::new("200 OK", &[("content-type", "application/xml")], body)
}

fn redirect(to: &str) -> ScriptedResponse {
    ScriptedResponse::new("302 Found", &[("location", to)], "")
}

/// What the server answers while it makes a file.
fn in_the_making() -> ScriptedResponse {
    ScriptedResponse::new("200 OK", &[], "")
}

/// A server that answers one after the other, the last for ever.
async fn in_turn<const N: usize>(responses: [ScriptedResponse; N]) -> std::io::Result<Scripted> {
    let turn = Cell::new(0);
    Scripted::start(move |_| {
        let now = turn.replace(turn.get() + 1);
        responses[now.min(N - 1)].clone()
    })
    .await
}

/// An API whose invoices have their PDF at this path of a storage.
async fn api_for(storage: &Scripted, path: &str) -> Result<Scripted, Box<dyn Error>> {
    let url = format!("{}{path}", storage.origin());
    Ok(Scripted::always(invoice(Some(&url))).await?)
}

fn hasty() -> RetryPolicy {
    RetryPolicy::new().initial_backoff(Duration::from_millis(1))
}

/// Method and path of the requests to the API.
fn calls(api: &Scripted) -> Vec<String> {
    let requests = api.requests().into_iter();
    let call = |request: lago_tests::support::server::Captured| {
        let path = request.target.trim_start_matches("/api/v1").to_owned();
        format!("{} {}", request.method, path.replace(ID, "{id}"))
    };
    requests.map(call).collect()
}

#[tokio::test]
async fn a_file_that_is_there_takes_one_call() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let api = api_for(&storage, "/LAG-1.pdf?signature=secret").await?;
    let pdf = api.client()?.invoices().fetch_pdf(ID).await?;
    assert_eq!(pdf, PDF);
    assert_eq!(calls(&api), ["POST /invoices/{id}/download"]);
    assert_eq!(storage.targets(), ["/LAG-1.pdf?signature=secret"]);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_being_made_is_waited_for() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let url = format!("{}/a.pdf", storage.origin());
    let responses = [
        in_the_making(),
        invoice(None),
        invoice(Some("")),
        invoice(Some(&url)),
    ];
    let api = in_turn(responses).await?;
    let request = api.client()?.invoices().fetch_pdf(ID);
    let pdf = request.poll_interval(Duration::from_millis(1)).await?;
    assert_eq!(pdf, PDF);
    let get = "GET /invoices/{id}";
    assert_eq!(calls(&api), ["POST /invoices/{id}/download", get, get, get]);
    Ok(())
}

#[tokio::test]
async fn a_receipt_is_made_without_being_asked_for() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let url = format!("{}/a.pdf", storage.origin());
    let receipt = |file, xml| {
        let name = "147_payment_receipts_list.json";
        let receipt = recorded(name, "payment_receipts", file, xml);
        ScriptedResponse::json("200 OK", json!({ "payment_receipt": receipt }))
    };
    let api = in_turn([receipt(None, Some(&url)), receipt(Some(&url), None)]).await?;
    let receipts = api.client()?.payment_receipts();
    let soon = Duration::from_millis(1);
    assert_eq!(receipts.fetch_pdf(ID).poll_interval(soon).await?, PDF);
    let get = "GET /payment_receipts/{id}";
    assert_eq!(calls(&api), [get, get]);

    let storage = Scripted::always(xml(XML)).await?;
    let url = format!("{}/a.xml", storage.origin());
    let api = Scripted::always(receipt(None, Some(&url))).await?;
    assert_eq!(api.client()?.payment_receipts().fetch_xml(ID).await?, XML);
    assert_eq!(calls(&api), [get]);
    Ok(())
}

#[tokio::test]
async fn a_credit_note_may_come_without_its_xml_and_then_have_it() -> Outcome {
    let storage = Scripted::always(xml(XML)).await?;
    let url = format!("{}/a.xml", storage.origin());
    let note = |xml| {
        let note = recorded("156_credit_note_show.json", "credit_note", Some("x"), xml);
        ScriptedResponse::json("200 OK", json!({ "credit_note": note }))
    };
    let api = in_turn([note(None), note(Some(&url))]).await?;
    let request = api.client()?.credit_notes().fetch_xml(ID);
    let xml = request.poll_interval(Duration::from_millis(1)).await?;
    assert_eq!(xml, XML);
    let expected = [
        "POST /credit_notes/{id}/download_xml",
        "GET /credit_notes/{id}",
    ];
    assert_eq!(calls(&api), expected);
    Ok(())
}

#[tokio::test]
async fn a_storage_learns_nothing_of_the_client() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let before = Scripted::always(redirect(&format!("{}/b?sig=1", storage.origin()))).await?;
    let api = api_for(&before, "/rails/active_storage/blobs/redirect/a.pdf").await?;
    let client = api
        .builder()
        .header("x-tenant", "blue")
        .user_agent("worker");
    assert_eq!(client.build()?.invoices().fetch_pdf(ID).await?, PDF);

    let request = &api.requests()[0];
    assert_eq!(request.header("authorization"), format!("Bearer {API_KEY}"));
    assert_eq!(request.header("x-tenant"), "blue");
    assert_eq!(storage.targets(), ["/b?sig=1"]);
    for request in [before.requests(), storage.requests()].concat() {
        let names = request.headers.iter().map(|(name, _)| name.as_str());
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "host", "user-agent"]);
        let agent = request.header("user-agent");
        assert!(agent.starts_with("lago-client-rust/") && !agent.contains("worker"));
        assert!(!format!("{request:?}").contains(API_KEY));
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_within_a_host_is_followed_too() -> Outcome {
    let storage = in_turn([redirect("/there?x=1"), redirect("on"), file(PDF)]).await?;
    let api = api_for(&storage, "/a/b.pdf").await?;
    assert_eq!(api.client()?.invoices().fetch_pdf(ID).await?, PDF);
    assert_eq!(storage.targets(), ["/a/b.pdf", "/there?x=1", "/on"]);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_cut_off_is_fetched_again_from_where_the_api_said() -> Outcome {
    let torn = ScriptedResponse::raw("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n%PDF").closing();
    let busy = ScriptedResponse::new("503 Slow Down", &[], "<Error/>");
    let storage = in_turn([redirect("/b"), torn, busy, redirect("/b"), file(PDF)]).await?;
    let api = api_for(&storage, "/a").await?;
    let request = api.client()?.invoices().fetch_pdf(ID).retry(hasty());
    assert_eq!(request.await?, PDF);
    assert_eq!(storage.targets(), ["/a", "/b", "/a", "/a", "/b"]);
    assert_eq!(calls(&api).len(), 1);
    Ok(())
}

#[tokio::test]
async fn calls_of_the_api_are_repeated_as_always() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let url = format!("{}/a.pdf", storage.origin());
    let busy = ScriptedResponse::new("502 Bad Gateway", &[], "");
    let responses = [busy.clone(), in_the_making(), busy, invoice(Some(&url))];
    let api = in_turn(responses).await?;
    let request = api.client()?.invoices().fetch_pdf(ID).retry(hasty());
    let pdf = request.poll_interval(Duration::from_millis(1)).await?;
    assert_eq!(pdf, PDF);
    let (post, get) = ("POST /invoices/{id}/download", "GET /invoices/{id}");
    assert_eq!(calls(&api), [post, post, get, get]);
    Ok(())
}

#[tokio::test]
async fn an_http_client_of_ones_own_fetches_files_too() -> Outcome {
    let storage = in_turn([redirect("/b"), file(PDF)]).await?;
    let api = api_for(&storage, "/a").await?;
    let policies = [
        reqwest::redirect::Policy::none(),
        reqwest::redirect::Policy::limited(3),
    ];
    for policy in policies {
        let agent = reqwest::Client::builder()
            .redirect(policy)
            .default_headers(
                [(reqwest::header::VIA, "mine".parse()?)]
                    .into_iter()
                    .collect(),
            )
            .build()?;
        let lago = api.builder().http_client(agent).build()?;
        assert_eq!(lago.invoices().fetch_pdf(ID).await?, PDF);
    }
    let requests = storage.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.header("via") == "mine")
    );
    assert!(
        requests
            .iter()
            .all(|request| request.header("authorization").is_empty())
    );
    Ok(())
}

#[tokio::test]
async fn a_request_is_a_value() -> Outcome {
    let storage = Scripted::always(file(PDF)).await?;
    let api = api_for(&storage, "/a").await?;
    let lago: Client = api.client()?;
    let request = lago.invoices().fetch_pdf(ID);
    drop(lago);
    assert!(!format!("{request:?}").contains(ID));
    let stream = request.clone().stream();
    assert_eq!(api.targets().len(), 0);
    drop(stream);
    assert_eq!(tokio::spawn(request.clone().into_future()).await??, PDF);
    assert_eq!(request.await?, PDF);
    Ok(())
}
