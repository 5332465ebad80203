//! What an error says of every way in which a call may fail.

mod bounds;
pub(crate) mod cases;
mod printed;

use std::error::Error as StdError;
use std::fmt::Write as _;

use cases::{Case, cases};
use lago_client::types::CustomerInput;
use lago_client::{Client, Error, RetryPolicy};
use lago_tests::support::clients::{client_for, plain_http};
use lago_tests::support::server::Scripted;
use tokio::net::TcpListener;

type Outcome = Result<(), Box<dyn StdError>>;

/// Where data of customers stands in the requests of these tests.
const EMAIL: &str = "jane@secret.example";
const CUSTOMER: &str = "customer-secret-1";

/// A client whose calls end as the case says. The server runs as long as the runtime.
pub(crate) async fn client(case: &Case) -> Result<Client, Box<dyn StdError>> {
    let builder = match &case.response {
        Some(response) => {
            let server = Scripted::always(response.clone()).await?;
            server.builder().http_client(plain_http()?)
        }
        None => {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            client_for(&listener.local_addr()?.to_string())
        }
    };
    let once = builder.retry(RetryPolicy::never());
    Ok((case.settings)(once).build()?)
}

/// The questions that are answered with yes.
fn kinds(error: &Error) -> Vec<&'static str> {
    let questions = [
        ("bad_request", error.is_bad_request()),
        ("not_found", error.is_not_found()),
        ("validation", error.is_validation()),
        ("unauthorized", error.is_unauthorized()),
        ("forbidden", error.is_forbidden()),
        ("conflict", error.is_conflict()),
        ("rate_limited", error.is_rate_limited()),
        ("server", error.is_server()),
        ("timeout", error.is_timeout()),
        ("connect", error.is_connect()),
        ("transport", error.is_transport()),
        ("too_large", error.is_too_large()),
        ("decode", error.is_decode()),
        ("other_object", error.is_other_object()),
        ("usage", error.is_usage()),
        ("redirect", error.is_redirect()),
    ];
    questions
        .into_iter()
        .filter(|(_, yes)| *yes)
        .map(|(name, _)| name)
        .collect()
}

fn describe(error: &Error) -> String {
    let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let mut headers: Vec<_> = error
        .headers()
        .map(|headers| headers.keys().map(|name| name.as_str()).collect())
        .unwrap_or_default();
    headers.sort_unstable();
    let kinds = kinds(error);
    let body = match error.body() {
        body if body.len() > 600 => "(long)".into(),
        body => String::from_utf8_lossy(body),
    };
    let lines = [
        ("is", kinds.join(" and ")),
        (
            "open",
            match error.is_ambiguous() {
                true => "whether it was executed".to_owned(),
                false => String::new(),
            },
        ),
        (
            "status",
            error
                .status()
                .map(|status| status.as_u16().to_string())
                .unwrap_or_default(),
        ),
        ("code", or_dash(error.code())),
        ("message", or_dash(error.message())),
        (
            "details",
            error.details().map(ToString::to_string).unwrap_or_default(),
        ),
        ("request", or_dash(error.request_id())),
        ("headers", headers.join(" ")),
        ("body", body.into_owned()),
        (
            "source",
            error.source().map(|_| "yes".to_owned()).unwrap_or_default(),
        ),
    ];
    let mut text = format!("{error}\n");
    for (name, value) in lines {
        let value = if value.is_empty() { "-" } else { &value };
        let _ = writeln!(text, "    {name:<8} {value}");
    }
    text
}

#[tokio::test]
async fn every_failure_says_what_is_known() -> Outcome {
    let mut table = String::new();
    for case in cases() {
        let outcome = client(&case).await?.taxes().get(CUSTOMER).response().await;
        let said = match outcome {
            Ok(response) => format!("a success: {}\n", response.status),
            Err(error) => describe(&error),
        };
        let _ = writeln!(table, "## {}\n{said}", case.name);
    }
    insta::assert_snapshot!(table);
    Ok(())
}

#[tokio::test]
async fn no_failure_is_of_two_kinds() -> Outcome {
    for case in cases() {
        if let Err(error) = client(&case).await?.taxes().get("vat").await {
            let kinds = kinds(&error);
            assert!(kinds.len() <= 1, "{}: {kinds:?}", case.name);
            assert_eq!(
                error.operation().map(|operation| operation.id),
                Some("findTax")
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_whole_body_is_kept_byte_by_byte() -> Outcome {
    let whole: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for status in ["200 OK", "418 I'm a teapot", "500 Internal Server Error"] {
        let response = lago_tests::support::server::ScriptedResponse::new(status, &[], &whole);
        let lago = Scripted::always(response).await?.client()?;
        let error = lago.taxes().get("vat").await.err().ok_or("a success")?;
        assert!(*error.body() == whole, "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn what_an_error_prints_is_free_of_keys_and_data() -> Outcome {
    for case in cases() {
        let lago = client(&case).await?;
        let outcomes = [
            lago.taxes()
                .get(CUSTOMER)
                .header("x-secret", "secret")
                .await
                .err(),
            lago.events()
                .list()
                .external_subscription_id(CUSTOMER)
                .code(EMAIL)
                .await
                .err(),
            lago.customers()
                .create(CustomerInput::new(CUSTOMER).email(EMAIL))
                .await
                .err(),
            lago.invoices()
                .list()
                .metadata([(EMAIL, CUSTOMER)])
                .await
                .err(),
        ];
        for error in outcomes.into_iter().flatten() {
            for printed in [
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
            ] {
                assert!(!printed.contains("secret"), "{}: {printed}", case.name);
            }
            assert_eq!(error.to_string().lines().count(), 1, "{}", case.name);
            // The reason of a response that cannot be read may quote it; no other knows any data.
            let mut source = error.source().filter(|_| !error.is_decode());
            while let Some(cause) = source {
                let printed = format!("{cause} {cause:?}");
                assert!(!printed.contains("secret"), "{}: {printed}", case.name);
                assert_ne!(cause.to_string(), error.to_string());
                source = cause.source();
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_path_to_what_cannot_be_read_names_no_data() -> Outcome {
    let mut plan = serde_json::json!({
        "lago_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "name": "Pro", "code": "pro",
        "interval": "monthly", "amount_cents": 100, "amount_currency": "EUR",
        "created_at": "2023-07-06T14:35:58Z",
    });
    plan["metadata"] = serde_json::json!({EMAIL: 5});
    let response = lago_tests::support::server::ScriptedResponse::json(
        "200 OK",
        serde_json::json!({"plan": plan}),
    );
    let lago = Scripted::always(response).await?.client()?;
    let error = lago.plans().get("pro").await.err().ok_or("a success")?;
    assert!(error.is_decode());
    assert!(error.to_string().contains("plan.metadata"), "{error}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    Ok(())
}

#[test]
fn an_error_is_a_word_and_goes_where_errors_go() {
    fn goes_anywhere<T: StdError + Send + Sync + 'static>() {}
    goes_anywhere::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
