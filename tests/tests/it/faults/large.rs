//! Refusals that are larger than any of Lago's.

use lago_tests::support::server::{Scripted, ScriptedResponse};

use super::Outcome;

/// In bytes, of a body that is read as JSON.
const LARGEST: usize = 1 << 20;

/// A refusal of so many bytes, most of which are lists that take ten times the memory of their text.
fn refusal(length: usize) -> String {
    let (head, end) = (
        r#"{"status":422,"error":"e","code":"c","error_details":["#,
        "[]]}",
    );
    let room = length - head.len() - end.len();
    let space = " ".repeat(room % 3);
    format!("{head}{}{space}{end}", "[],".repeat(room / 3))
}

#[tokio::test]
async fn details_are_read_up_to_a_mebibyte_and_bytes_beyond_it() -> Outcome {
    for (length, is_read) in [(LARGEST, true), (LARGEST + 1, false), (8 << 20, false)] {
        let body = refusal(length);
        let response = ScriptedResponse::json("422 Unprocessable Entity", &body);
        let server = Scripted::always(response).await?;
        let error = server.client()?.taxes().get("vat").await.unwrap_err();
        assert!(error.is_validation(), "{error}");
        assert_eq!(error.body().len(), length);
        assert_eq!(error.code(), is_read.then_some("c"));
        assert_eq!(error.message(), is_read.then_some("e"));
        assert_eq!(error.details().is_some(), is_read);
        assert_eq!(error.api_error().is_some(), is_read);
        assert_eq!(error.request_id(), Some("req-1"));
        let line = error.to_string();
        assert!(
            line.len() < 200 && line.contains("422 Unprocessable Entity"),
            "{line}"
        );
    }
    Ok(())
}
