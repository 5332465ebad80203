//! Programs that change something, or look after many organizations.

use std::fs;

use lago_client::mock::{MockResponse, MockServer, example};
use lago_client::types::*;
use lago_tests::support::proxy::losing;
use serde_json::json;

use super::{Outcome, program, session};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn top_up_buys_once_whatever_happens() -> Outcome {
    let server = MockServer::builder().stateful().start().await?;
    let lago = server.client()?;
    let customer = CustomerInput::new("acme").currency(Currency::Eur);
    lago.customers().create(customer).await?;
    let wallet = WalletInput::new("1.50", Currency::Eur, "acme");
    let wallet = lago.wallets().create(wallet).await?.lago_id.to_string();
    let bought = || server.state().objects("wallet_transactions").len();
    let run = |url: &str, order: &str, credits: &str, status| {
        let mut command = program(env!("CARGO_BIN_EXE_top_up"), Some(&server));
        command.env("LAGO_API_URL", url);
        let arguments = [wallet.as_str(), order, credits, "--wait", "0"];
        let text = session(command, &arguments, status)?;
        Outcome::Ok(text.replace(&wallet, "WALLET"))
    };

    // It is done, and nobody is told.
    let lossy = losing(&server.url(), "POST", "/api/v1/wallet_transactions", 1).await?;
    let mut all = run(&lossy, "order-17", "10", 0)?;
    assert_eq!(bought(), 1);
    all += &run(&server.url(), "order-17", "10", 0)?;
    all += &run(&server.url(), "order-17", "20", 1)?;
    assert_eq!(bought(), 1);

    // It is not done, and nobody is told that either.
    server.respond_next("wallet_transactions.create", MockResponse::hang_up())?;
    all += &run(&server.url(), "order-18", "2.5", 0)?;
    assert_eq!(bought(), 2);
    server.respond("wallet_transactions.create", MockResponse::new(503))?;
    all += &run(&server.url(), "order-19", "1", 1)?;
    assert_eq!(bought(), 2);
    let refused = MockResponse::error(403, "feature_unavailable");
    server.respond("wallet_transactions.create", refused)?;
    all += &run(&server.url(), "order-20", "1", 1)?;
    insta::assert_snapshot!("top_up", all);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn tenants_are_never_taken_for_one_another() -> Outcome {
    let organization = example("organizations.get")?;
    let server = MockServer::builder()
        .seed(json!({
            "customers": [{"external_id": "a"}, {"external_id": "b"}],
            "invoices": [{"payment_overdue": true}, {"payment_overdue": false}],
        }))
        .respond_with(move |request| {
            let key = request
                .header("authorization")?
                .strip_prefix("Bearer key-of-")?;
            if key == "it" {
                let refusal = json!({"status": 401, "error": "Unauthorized"});
                return Some(MockResponse::new(401).json(refusal));
            }
            let is_asked = request.operation?.resource == "organizations.get";
            let mut organization = organization.clone();
            organization["organization"]["name"] = format!("The shop of {key}").into();
            is_asked.then(|| MockResponse::new(200).json(organization))
        })
        .start()
        .await?;
    let directory = tempfile::tempdir()?;
    let run = |keys: &str, names: &[&str], status| {
        fs::write(directory.path().join("keys.json"), keys)?;
        let mut command = program(env!("CARGO_BIN_EXE_tenants"), Some(&server));
        // It is nobody's there.
        command
            .env("LAGO_API_KEY", "key-of-nobody")
            .current_dir(directory.path());
        session(command, &[&["keys.json"], names].concat(), status)
    };
    let keys =
        r#"{"de": "key-of-de", "fr": "key-of-fr", "austria": "key-of-austria", "it": "key-of-it"}"#;
    let mut all = run(keys, &[], 2)?;
    all += &run(keys, &["fr", "de"], 0)?;
    for request in server.requests() {
        let key = request.header("authorization").unwrap_or_default();
        assert!(keys.contains(key.trim_start_matches("Bearer ")), "{key}");
    }
    server.clear();
    all += &run(keys, &["fr", "es"], 1)?;
    all += &run(r#"{"de": "key-of-de", "fr": " "}"#, &[], 1)?;
    all += &run(r#"{"de": "key-of-de", "fr": "key-of-de"}"#, &["fr"], 1)?;
    all += &run(r#""key-of-de""#, &[], 1)?;
    assert!(server.requests().is_empty());
    insta::assert_snapshot!("tenants", all);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn blocking_cli_looks_at_customers_and_creates_them() -> Outcome {
    let server = MockServer::builder().stateful().start().await?;
    let run = |arguments: &[&str], status| {
        let command = program(env!("CARGO_BIN_EXE_blocking_cli"), Some(&server));
        session(command, &[&["customers"], arguments].concat(), status)
    };
    let mut all = run(
        &["create", "acme", "--name", "Acme", "--currency", "EUR"],
        0,
    )?;
    all += &run(&["create", "acme", "--email", "billing@example.com"], 0)?;
    all += &run(&["create", "globex", "--currency", "Euro"], 1)?;
    all += &run(&["create", "globex"], 0)?;
    all += &run(&["list"], 0)?;
    all += &run(&["list", "--search", "glo", "--limit", "1"], 0)?;
    all += &run(&["show", "acme"], 0)?;
    all += &run(&["show", "initech"], 1)?;
    insta::assert_snapshot!("blocking_cli", all);
    let searched = server.requests();
    let searched = searched
        .iter()
        .filter_map(|one| one.query_value("search_term"));
    assert_eq!(searched.collect::<Vec<_>>(), ["glo"]);
    Ok(())
}
