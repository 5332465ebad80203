//! The table of faults through the adapter: a call that reads, and one that must not be made twice.

use std::fmt::Write as _;

use futures::{StreamExt, TryStreamExt, stream};
use lago_tests::support::clients::plain_http;
use lago_tests::support::faults::{Fault, faults};
use lago_tests::support::server::Faulty;
use serde_json::Value;

use super::{Adapter, Outcome, client, header};

const READ: (&str, &str) = ("GET", "/customers/acme");
const TOP_UP: (&str, &str) = ("POST", "/wallet_transactions");

/// A cell: the status, the adapter's own code if it is one of its own, attempts, and how often the request arrived.
async fn cell(fault: &Fault, call: (&str, &str), once: bool) -> Result<String, String> {
    let in_words = |error: &dyn ToString| error.to_string();
    let acts = fault.acts(once).map_err(|error| in_words(&error))?;
    let server = Faulty::start(acts)
        .await
        .map_err(|error| in_words(&error))?;
    let builder = fault.set_up(client().api_key("key"));
    // A connection that is not kept is one that no fault of another call has touched.
    let builder = builder.http_client(plain_http().map_err(|error| in_words(&error))?);
    let timeout = fault
        .timeout
        .map_or("30".to_owned(), |timeout| timeout.as_secs().to_string());
    let url = format!("http://{}", server.address());
    let adapter = Adapter::with(builder, &url, &["--timeout", &timeout], None).await;
    let adapter = adapter.map_err(|error| in_words(&error))?;
    let method = call.0.parse().map_err(|_| "no method".to_owned())?;
    let response = adapter.request(method, call.1);
    let response = if call == TOP_UP {
        response.body("{}")
    } else {
        response
    };
    let response = response.send().await.map_err(|error| in_words(&error))?;
    let mut seen = response.status().as_u16().to_string();
    let attempts = header(&response, "lago-attempts").unwrap_or_default();
    let is_ambiguous = header(&response, "lago-ambiguous").is_some();
    let body = response.bytes().await.map_err(|error| in_words(&error))?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(code) = body["code"]
        .as_str()
        .filter(|code| code.starts_with("gateway_"))
    {
        seen += &format!(" {code}");
    }
    if is_ambiguous {
        seen += " ambiguous";
    }
    let arrived = server.arrived().len();
    if call == TOP_UP {
        assert!(
            arrived <= 1,
            "{} arrived {arrived} times: {:?}",
            fault.name,
            server.arrived()
        );
    }
    Ok(format!("{seen} {attempts}/{arrived}"))
}

/// For people: a row for each fault and call, met once and always. `2/1` means sent twice, arrived as a whole once.
#[tokio::test]
async fn every_fault_is_met_as_the_operation_allows() -> Outcome {
    let faults = faults()?;
    let cells = faults.iter().flat_map(|fault| {
        [READ, TOP_UP]
            .into_iter()
            .flat_map(move |call| [true, false].map(|once| cell(fault, call, once)))
    });
    let cells: Vec<String> = stream::iter(cells).buffered(32).try_collect().await?;
    let mut table = format!("{:8}{:48}{}\n", "", "once", "always");
    for (fault, cells) in faults.iter().zip(cells.chunks(4)) {
        let _ = writeln!(table, "{}", fault.name);
        for ((method, _), cells) in [READ, TOP_UP].iter().zip(cells.chunks(2)) {
            let _ = writeln!(table, "  {method:6}{:48}{}", cells[0], cells[1]);
        }
    }
    insta::assert_snapshot!("rest_faults", table);
    Ok(())
}
