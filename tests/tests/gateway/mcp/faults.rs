//! The table of faults through the tools: a call that reads, one that may be repeated, and one that must not be made twice.

use std::fmt::Write as _;

use futures::{StreamExt, stream};
use lago_tests::support::clients::{API_KEY, plain_http};
use lago_tests::support::faults::{Fault, faults};
use lago_tests::support::server::Faulty;
use serde_json::{Value, json};

use super::{Mcp, Outcome, client};

/// A kind of operation, by a tool of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Read,
    Upsert,
    TopUp,
}

const KINDS: [Kind; 3] = [Kind::Read, Kind::Upsert, Kind::TopUp];

impl Kind {
    fn tool(self) -> &'static str {
        match self {
            Self::Read => "customers_get",
            Self::Upsert => "customers_create",
            Self::TopUp => "wallet_transactions_create",
        }
    }

    fn arguments(self) -> Value {
        match self {
            Self::Read => json!({"external_customer_id": "acme"}),
            Self::Upsert => json!({"external_id": "acme"}),
            Self::TopUp => {
                json!({"wallet_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "paid_credits": "10"})
            }
        }
    }
}

/// The faults with which a server says, in words of Lago's, that it did nothing: it checks or locks before it writes,
/// or takes back what it wrote.
const DID_NOTHING: [&str; 8] = [
    "400",
    "401",
    "403",
    "404",
    "405",
    "409",
    "422",
    "422 of a lock",
];

/// A cell: what the agent reads, attempts, and how often the request arrived as a whole.
async fn cell(fault: &Fault, kind: Kind, once: bool) -> Result<String, String> {
    let tried = async {
        let server = Faulty::start(fault.acts(once)?).await?;
        // A connection that is not kept is one that no fault of another call has touched.
        let builder = client().api_key(API_KEY).http_client(plain_http()?);
        let timeout = fault.timeout.map_or(30, |timeout| timeout.as_secs());
        let options = [
            "--toolsets",
            "customers,wallets",
            "--allow-writes",
            "--unconfirmed",
            "--timeout",
            &timeout.to_string(),
        ];
        let url = format!("http://{}", server.address());
        let mcp = Mcp::with(fault.set_up(builder), &url, &options).await?;
        let called = mcp.call(kind.tool(), kind.arguments()).await?;
        let lines = mcp.lines.lock().unwrap().join("\n");
        Outcome::Ok((server, called, lines))
    };
    let (server, called, line) = tried.await.map_err(|error| error.to_string())?;
    let place = format!("{}, {kind:?}, once {once}: {called:?}; {line}", fault.name);
    let (arrived, connections) = (server.arrived().len(), server.connections());
    let nothing = called.note.contains("Nothing was done");
    let maybe = called.note.contains("It may have been done");
    let seen = match (called.is_error, nothing, maybe) {
        (false, false, false) => "done",
        (true, true, false) => "nothing",
        (true, false, true) => "maybe",
        _ => return Err(format!("it says not one thing: {place}")),
    };
    // What arrived was done, unless the server says that it was not.
    let was_done = kind != Kind::Read && arrived > 0 && !DID_NOTHING.contains(&fault.name);
    let data = called.json().unwrap_or_default();
    let attempts = format!(" attempts={connections} {}", kind.tool());
    let laws = [
        ("nothing is said of what was done", !(nothing && was_done)),
        (
            "what only reads does nothing",
            !(maybe && kind == Kind::Read),
        ),
        (
            "what did not arrive was not done",
            called.is_error || arrived > 0,
        ),
        ("it is not sent twice", kind != Kind::TopUp || arrived <= 1),
        (
            "data and words say the same",
            !called.is_error || data["may_have_been_done"] == maybe,
        ),
        (
            "data has the attempts",
            !called.is_error || data["attempts"] == connections,
        ),
        ("the log has the attempts", line.contains(&attempts)),
        (
            "the log says what the words say",
            line.ends_with("ambiguous") == maybe,
        ),
    ];
    let broken: Vec<&str> = laws
        .into_iter()
        .filter(|(_, holds)| !holds)
        .map(|(law, _)| law)
        .collect();
    if !broken.is_empty() {
        return Err(format!("not so: {}: {place}", broken.join(", ")));
    }
    Ok(format!("{seen} {connections}/{arrived}"))
}

/// For people: a row for each fault and kind of operation, met once and always. `2/1` means sent twice, arrived as a
/// whole once.
#[tokio::test]
async fn what_an_agent_reads_of_a_fault_is_true() -> Outcome {
    let faults = faults()?;
    let cells = faults.iter().flat_map(|fault| {
        KINDS
            .into_iter()
            .flat_map(move |kind| [true, false].map(|once| cell(fault, kind, once)))
    });
    let cells: Vec<_> = stream::iter(cells).buffered(32).collect().await;
    let wrong: Vec<&String> = cells
        .iter()
        .filter_map(|cell| cell.as_ref().err())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let cells: Vec<String> = cells.into_iter().collect::<Result<_, _>>()?;
    let mut table = format!("{:10}{:16}{}\n", "", "once", "always");
    for (fault, cells) in faults.iter().zip(cells.chunks(2 * KINDS.len())) {
        let _ = writeln!(table, "{}", fault.name);
        for (kind, cells) in KINDS.iter().zip(cells.chunks(2)) {
            let name = format!("{kind:?}");
            let _ = writeln!(table, "  {name:8}{:16}{}", cells[0], cells[1]);
        }
    }
    insta::assert_snapshot!("mcp_faults", table);
    Ok(())
}
