//! Calls from JavaScript, to a server on the loopback: the same under Node, in a page and in a worker.

#![cfg(target_family = "wasm")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures::future::{Either, select};
use futures::{StreamExt, TryStreamExt};
use lago_client::bytes::Bytes;
use lago_client::transport::{Body, Sending, Transport};
use lago_client::types::{Currency, PlanInput, PlanInputRequired, PlanInterval};
use lago_client::webhooks::{SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, sign_hmac};
use lago_client::{Client, ClientBuilder, RetryPolicy, http};
use lago_wasm_tests::{BUSY, CUT, INVOICE, LOST, MOVED, PAUSE, SILENT, TAXES, THERE};
use wasm_bindgen_test::wasm_bindgen_test;
use web_time::Instant;

type Outcome = Result<(), Box<dyn Error>>;

/// Where the stand-in is.
const URL: &str = env!(
    "LAGO_URL",
    "`.ci/wasm` starts the stand-in that these tests call"
);

/// The same without the gateway that admits pages.
const BARE_URL: &str = env!("LAGO_BARE_URL");

const BODY: &[u8] = include_bytes!("../../../lago-client/tests/signatures/body.json");
const TOKEN: &str = include_str!("../../../lago-client/tests/signatures/rsa2048.jwt");

fn builder() -> ClientBuilder {
    Client::builder().api_key("any").base_url(URL)
}

fn plan(code: &str) -> PlanInput {
    PlanInput::new(PlanInputRequired {
        name: code.to_owned(),
        code: code.to_owned(),
        interval: Some(PlanInterval::Monthly),
        amount_cents: Some(0),
        amount_currency: Currency::Eur,
        pay_in_advance: Some(false),
    })
}

#[wasm_bindgen_test]
async fn a_plan_is_read() -> Outcome {
    let lago = builder().build()?;
    let response = lago.plans().get(THERE).response().await?;
    assert_eq!(
        (response.value.code.as_str(), response.attempts),
        (THERE, 1)
    );
    Ok(())
}

#[wasm_bindgen_test]
async fn a_list_is_walked_page_by_page() -> Outcome {
    let lago = builder().build()?;
    let mut codes: Vec<String> = lago
        .taxes()
        .list()
        .per_page(2)
        .items()
        .map_ok(|tax| tax.code)
        .try_collect()
        .await?;
    codes.sort_unstable();
    let mut expected = TAXES.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(codes, expected);
    let pages = lago.taxes().list().per_page(2).pages();
    assert_eq!(pages.count().await, 2);
    Ok(())
}

#[wasm_bindgen_test]
async fn what_is_not_there_is_a_typed_error() -> Outcome {
    let lago = builder().build()?;
    let error = lago
        .plans()
        .get("nowhere")
        .await
        .err()
        .ok_or("it is there")?;
    assert!(
        error.is_not_found() && error.code() == Some("plan_not_found"),
        "{error}"
    );
    Ok(())
}

#[wasm_bindgen_test]
async fn a_refusal_is_repeated_after_the_pause_that_it_asks_for() -> Outcome {
    let told = Arc::new(AtomicU32::new(0));
    let tell = Arc::clone(&told);
    let hook =
        move |call: &lago_client::CallReport<'_>| tell.store(call.attempts, Ordering::Relaxed);
    let lago = builder().on_response(hook).build()?;
    let start = Instant::now();
    let response = lago.plans().get(BUSY).response().await?;
    assert_eq!((response.attempts, told.load(Ordering::Relaxed)), (2, 2));
    // Clocks of browsers are blurred on purpose.
    let pause = Duration::from_secs(PAUSE) - Duration::from_millis(50);
    assert!(start.elapsed() >= pause, "{:?}", start.elapsed());
    Ok(())
}

#[wasm_bindgen_test]
async fn a_time_limit_ends_a_call() -> Outcome {
    let lago = builder()
        .timeout(Duration::from_millis(200))
        .retry(RetryPolicy::never())
        .build()?;
    let error = lago
        .plans()
        .get(SILENT)
        .await
        .err()
        .ok_or("it is not silent")?;
    assert!(error.is_timeout(), "{error}");
    Ok(())
}

/// A timer of JavaScript with more than 24 days ends at once.
#[wasm_bindgen_test]
async fn a_time_limit_longer_than_a_timer_holds_does_not() -> Outcome {
    let limited = |limit| {
        builder()
            .timeout(limit)
            .total_timeout(Duration::MAX)
            .retry(RetryPolicy::never())
            .build()
    };
    let long = limited(Duration::from_secs(60 * 60 * 24 * 30))?;
    let short = limited(Duration::from_millis(200))?;
    let (long, short) = (long.plans().get(SILENT), short.plans().get(SILENT));
    match select(long.into_future(), short.into_future()).await {
        Either::Left((ended, _)) => Err(format!("ended before the shorter one: {ended:?}").into()),
        Either::Right(_) => Ok(()),
    }
}

#[wasm_bindgen_test]
async fn a_response_that_breaks_off_is_an_error() -> Outcome {
    let lago = builder().retry(RetryPolicy::never()).build()?;
    let error = lago.plans().get(CUT).await.err().ok_or("it is whole")?;
    assert!(error.is_transport(), "{error}");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_response_that_is_too_long_is_not_read_to_its_end() -> Outcome {
    let lago = builder().max_response_bytes(16).build()?;
    let error = lago.plans().get(THERE).await.err().ok_or("it is short")?;
    assert!(error.to_string().contains("16 bytes"), "{error}");
    Ok(())
}

/// `fetch` never says that nothing was sent.
#[wasm_bindgen_test]
async fn a_lost_connection_leaves_a_doubt_and_is_not_repeated() -> Outcome {
    let lago = builder().build()?;
    let error = lago
        .plans()
        .create(plan(LOST))
        .await
        .err()
        .ok_or("it is not lost")?;
    assert!(error.is_transport() && error.is_ambiguous(), "{error}");
    assert_eq!(error.attempts(), 1);
    Ok(())
}

/// `fetch` follows redirects, and makes a `GET` of a `POST`.
#[wasm_bindgen_test]
async fn a_creation_that_was_led_elsewhere_is_no_success() -> Outcome {
    let lago = builder().build()?;
    let error = lago
        .plans()
        .create(plan(MOVED))
        .await
        .err()
        .ok_or("it was followed")?;
    assert!(error.is_redirect(), "{error}");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_file_is_fetched() -> Outcome {
    let lago = builder().build()?;
    let file = lago.invoices().fetch_pdf(INVOICE).await?;
    assert!(file.starts_with(b"%PDF-"), "{file:?}");
    Ok(())
}

#[wasm_bindgen_test]
async fn calls_go_on_at_the_same_time() -> Outcome {
    let lago = builder().rate_limit_pacing(true).build()?;
    let plans = std::iter::repeat_n(THERE, 8).map(|code| lago.plans().get(code).send());
    let plans = futures::future::try_join_all(plans).await?;
    assert!(plans.iter().all(|plan| plan.code == THERE));
    Ok(())
}

#[wasm_bindgen_test]
fn a_delivery_is_verified_by_hmac() -> Outcome {
    let headers = [
        (SIGNATURE_HEADER, sign_hmac("key", BODY)),
        (UNIQUE_KEY_HEADER, "id-1".to_owned()),
    ];
    let delivery = Verifier::hmac("key").verify(headers.clone(), BODY)?;
    assert_eq!(delivery.id, "id-1");
    assert!(Verifier::hmac("other").verify(headers, BODY).is_err());
    Ok(())
}

#[wasm_bindgen_test]
async fn a_delivery_is_verified_with_a_key_that_is_fetched() -> Outcome {
    let lago = builder().build()?;
    let verifier = Verifier::fetch_with_issuer(&lago, "https://lago.example.com");
    let headers = [(SIGNATURE_HEADER, TOKEN), (UNIQUE_KEY_HEADER, "id-1")];
    let (first, second) = futures::join!(
        verifier.receive(headers, BODY),
        verifier.receive(headers, BODY),
    );
    assert_eq!(
        (first?.id, second?.id),
        ("id-1".to_owned(), "id-1".to_owned())
    );
    assert!(verifier.receive(headers, &b"{}"[..]).await.is_err());
    Ok(())
}

/// Node asks nobody for admission, and a browser always does.
#[wasm_bindgen_test]
async fn a_page_that_is_not_admitted_gets_no_response() -> Outcome {
    let is_node = js_sys::Reflect::has(&js_sys::global(), &"process".into()).unwrap_or_default();
    let lago = builder()
        .base_url(BARE_URL)
        .retry(RetryPolicy::never())
        .build()?;
    match lago.plans().get(THERE).await {
        Ok(plan) => assert!(is_node && plan.code == THERE),
        Err(error) => assert!(!is_node && error.is_transport(), "{error}"),
    }
    Ok(())
}

/// Says of every plan that there is none.
struct Nothing;

impl Transport for Nothing {
    fn send(&self, _: http::Request<Bytes>) -> Sending<'_> {
        let body = Body::from(r#"{"status":404,"error":"Not Found","code":"plan_not_found"}"#);
        let mut response = http::Response::new(body);
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        Box::pin(async { Ok(response) })
    }
}

#[wasm_bindgen_test]
async fn a_transport_stands_in_the_place_of_fetch() -> Outcome {
    let lago = builder().transport(Nothing).build()?;
    let error = lago
        .plans()
        .get(THERE)
        .await
        .err()
        .ok_or("it was fetched")?;
    assert!(error.is_not_found(), "{error}");
    Ok(())
}
