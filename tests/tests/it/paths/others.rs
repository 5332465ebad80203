//! Responses about another object than the path named.

use std::error::Error;
use std::path::Path;

use lago_client::mock::{MockResponse, MockServer, ReceivedRequest, example};
use lago_client::types::{BillingEntityUpdate, Patch, PlanUpdate, WalletInput, WalletUpdate};
use lago_client::{Client, Error as LagoError, StatusCode};
use lago_tests::conform::recording::Exchange;
use lago_tests::support::proxy;
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

const ID: &str = "1a901a90-1a90-4a90-9a90-1a901a901abc";

fn client(url: String) -> Result<Client, LagoError> {
    Client::builder().api_key("key").base_url(url).build()
}

fn decode_dots(target: &str) -> String {
    target.replace("%2E", ".")
}

fn last(server: &MockServer) -> Option<ReceivedRequest> {
    server.requests().pop()
}

#[tokio::test]
async fn behind_a_proxy_that_decodes_dots_a_read_is_an_error() -> Outcome {
    let server = MockServer::start().await?;
    let lago = client(proxy::rewriting(&server.url(), decode_dots).await?)?;
    let error = lago.customers().get("acme.io").await.err();
    let error = error.ok_or("a success")?;
    let reached = last(&server).ok_or("no request")?.path_parameters;
    assert_eq!(reached, [("external_customer_id", "acme".to_owned())]);

    assert!(error.is_other_object() && error.is_ambiguous());
    assert!(!error.is_decode() && !error.is_usage() && !error.is_not_found());
    assert_eq!(
        (error.status(), error.attempts()),
        (Some(StatusCode::OK), 1)
    );
    let body: Value = serde_json::from_slice(error.body())?;
    assert_eq!(body["customer"]["external_id"], "acme");
    let line = error.to_string();
    let expected = "GET /customers/{external_customer_id}: the response is about another object: \
                    its `external_id` is not the one in the path";
    assert_eq!(line, expected);
    assert!(!format!("{error:?}").contains("acme"));

    // Other values come through.
    let customer = lago.customers().get("acme").await?;
    assert_eq!(customer.external_id, "acme");
    Ok(())
}

#[tokio::test]
async fn behind_a_proxy_that_decodes_dots_a_deletion_tells_that_it_met_another() -> Outcome {
    let server = MockServer::start().await?;
    let lago = client(proxy::rewriting(&server.url(), decode_dots).await?)?;
    let error = lago.customers().delete("acme.io").await.err();
    let error = error.ok_or("a success")?;
    assert_eq!(last(&server).ok_or("no request")?.method, "DELETE");
    assert!(error.is_other_object() && error.is_ambiguous());
    let line = error.to_string();
    let said = "DELETE /customers/{external_customer_id}: it was done to another object";
    assert!(line.starts_with(said), "{line}");

    let wallet = lago.customers().wallets().get("acme", "w.1").await.err();
    assert!(wallet.is_some_and(|error| error.is_other_object()));
    Ok(())
}

#[tokio::test]
async fn without_such_a_proxy_dots_reach_what_they_name() -> Outcome {
    let server = MockServer::start().await?;
    let lago = server.client()?;
    assert_eq!(
        lago.customers().get("acme.io").await?.external_id,
        "acme.io"
    );
    let wallet = lago.customers().wallets().get("a.b", "w.1").await?;
    assert_eq!(wallet.code.as_deref(), Some("w.1"));
    Ok(())
}

/// Two calls of a client that sent dots as they are, to a server of August 2026.
#[tokio::test]
async fn calls_that_met_another_object_on_a_real_server_are_noticed() -> Outcome {
    let recorded = |file: &str| -> Result<Exchange, Box<dyn Error>> {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded/live-2/exchanges");
        Ok(serde_json::from_slice(&std::fs::read(folder.join(file))?)?)
    };
    let deletion = recorded("1219_h_wrong_delete.json")?;
    assert_eq!(deletion.path, "/api/v1/customers/vica5.x");
    let delete = |lago: &Client| lago.customers().delete("vica5.x");
    assert!(is_other(
        answered("customers.delete", deletion.response_body, delete).await?
    ));

    let update = recorded("0865_dot_be_put.json")?;
    assert_eq!(update.path, "/api/v1/billing_entities/enta5.eu");
    let entity = BillingEntityUpdate::new().name("changed");
    let rename = |lago: &Client| lago.billing_entities().update("enta5.eu", entity);
    assert!(is_other(
        answered("billing_entities.update", update.response_body, rename).await?
    ));
    Ok(())
}

/// What a call makes of a body, which the server gives whatever it is asked.
async fn answered<C: lago_client::Call>(
    operation: &str,
    body: Value,
    call: impl FnOnce(&Client) -> lago_client::Request<C>,
) -> Result<Option<LagoError>, Box<dyn Error>> {
    let server = MockServer::start().await?;
    server.respond(operation, MockResponse::new(200).json(body))?;
    Ok(call(&server.client()?).await.err())
}

fn is_other(error: Option<LagoError>) -> bool {
    error.is_some_and(|error| error.is_other_object())
}

#[tokio::test]
async fn an_id_is_the_same_however_it_is_written() -> Outcome {
    let mut body = example("invoices.get")?;
    body["invoice"]["lago_id"] = json!(ID);
    for (asked, other) in [
        (ID.to_owned(), false),
        (ID.to_uppercase(), false),
        (ID.replace('-', ""), false),
        (ID.replace('c', "d"), true),
        (format!("{ID}.pdf"), true),
    ] {
        let error = answered("invoices.get", body.clone(), |lago| {
            lago.invoices().get(&asked)
        });
        assert_eq!(is_other(error.await?), other, "{asked}");
    }
    Ok(())
}

#[tokio::test]
async fn a_rename_is_no_other_object() -> Outcome {
    let mut body = example("plans.update")?;
    body["plan"]["code"] = json!("new");
    let rename = |code: &'static str| {
        move |lago: &Client| lago.plans().update("old", PlanUpdate::new().code(code))
    };
    let renamed = answered("plans.update", body.clone(), rename("new")).await?;
    assert!(renamed.is_none(), "{renamed:?}");
    assert!(is_other(
        answered("plans.update", body.clone(), rename("third")).await?
    ));
    let kept = |lago: &Client| lago.plans().update("old", PlanUpdate::new().name("Old"));
    assert!(is_other(answered("plans.update", body, kept).await?));
    Ok(())
}

#[tokio::test]
async fn what_is_null_or_missing_states_nothing() -> Outcome {
    let mut body = example("customers.wallets.update")?;
    body["wallet"]["code"] = Value::Null;
    body["wallet"]["external_customer_id"] = json!("acme");
    let update = |lago: &Client| {
        let wallet = WalletUpdate::new().name(Patch::from("Main"));
        lago.customers().wallets().update("acme", "main", wallet)
    };
    let error = answered("customers.wallets.update", body.clone(), update).await?;
    assert!(error.is_none(), "{error:?}");
    body["wallet"]["external_customer_id"] = json!("other");
    assert!(is_other(
        answered("customers.wallets.update", body, update).await?
    ));
    Ok(())
}

#[tokio::test]
async fn a_list_of_what_another_object_has_is_noticed() -> Outcome {
    let body = example("customers.wallets.list")?;
    let owner = body["wallets"][0]["external_customer_id"].clone();
    let owner = owner.as_str().ok_or("no owner")?.to_owned();
    let list = |id: String| move |lago: &Client| lago.customers().wallets().list(id);
    let own = answered("customers.wallets.list", body.clone(), list(owner)).await?;
    assert!(own.is_none(), "{own:?}");
    let others = answered("customers.wallets.list", body, list("other".to_owned())).await?;
    assert!(is_other(others));
    Ok(())
}

#[tokio::test]
async fn a_metadata_key_that_is_still_there_was_not_the_one_deleted() -> Outcome {
    let delete = |lago: &Client| lago.plans().metadata().delete("pro", "a.b");
    for (left, other) in [
        (json!({"a.b": "1"}), true),
        (json!({"a": "1"}), false),
        (Value::Null, false),
    ] {
        let body = json!({"metadata": left});
        let error = answered("plans.metadata.delete", body.clone(), delete).await?;
        assert_eq!(is_other(error), other, "{body}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wallet_of_another_customer_is_noticed_whatever_the_body_says() -> Outcome {
    let mut body = example("customers.wallets.create")?;
    for (owner, other) in [("acme.io", false), ("acme", true)] {
        body["wallet"]["external_customer_id"] = json!(owner);
        for said in ["acme", "acme.io"] {
            let input = WalletInput::new("1", "EUR", said);
            let create = |lago: &Client| lago.customers().wallets().create("acme.io", input);
            let error = answered("customers.wallets.create", body.clone(), create).await?;
            assert_eq!(is_other(error), other, "{owner} {said}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_privilege_that_is_still_there_was_not_the_one_deleted() -> Outcome {
    for (left, other) in [
        (json!([{"code": "max.x"}, {"code": "max"}]), true),
        (json!([{"code": "max"}]), false),
        (json!([]), false),
    ] {
        let mut body = example("features.privileges.delete")?;
        let like = body["feature"]["privileges"][0].clone();
        body["feature"]["code"] = json!("seats");
        body["feature"]["privileges"] = filled(&left, &like);
        let delete = |lago: &Client| lago.features().privileges().delete("seats", "max.x");
        let error = answered("features.privileges.delete", body, delete).await?;
        assert_eq!(is_other(error), other, "{left}");

        let mut body = example("plans.entitlements.privileges.delete")?;
        let like = body["entitlement"]["privileges"][0].clone();
        body["entitlement"]["code"] = json!("seats");
        body["entitlement"]["privileges"] = filled(&left, &like);
        let delete = |lago: &Client| {
            let entitlements = lago.plans().entitlements();
            entitlements.privileges().delete("pro", "seats", "max.x")
        };
        let error = answered("plans.entitlements.privileges.delete", body, delete).await?;
        assert_eq!(is_other(error), other, "{left}");
    }
    Ok(())
}

/// Elements like one of an example, with these codes.
fn filled(codes: &Value, like: &Value) -> Value {
    let elements = codes.as_array().into_iter().flatten();
    let one = |code: &Value| {
        let mut element = like.clone();
        element["code"] = code["code"].clone();
        element
    };
    elements.map(one).collect()
}

#[tokio::test]
async fn an_entitlement_that_is_still_there_was_not_the_one_deleted() -> Outcome {
    let operation = "subscriptions.entitlements.privileges.delete";
    for (feature, privilege, is_listed, has_it) in [
        ("seats.x", "max.x", true, true),
        ("seats.x", "max", true, false),
        ("seats", "max.x", false, false),
    ] {
        let mut body = example(operation)?;
        let mut entitlement = body["entitlements"][0].clone();
        let mut left = entitlement["privileges"][0].clone();
        left["code"] = json!(privilege);
        entitlement["code"] = json!(feature);
        entitlement["privileges"] = json!([left]);
        body["entitlements"] = json!([entitlement]);

        let whole = |lago: &Client| lago.subscriptions().entitlements().delete("s", "seats.x");
        let error = answered("subscriptions.entitlements.delete", body.clone(), whole).await?;
        assert_eq!(is_other(error), is_listed, "{feature}");

        let one = |lago: &Client| {
            let entitlements = lago.subscriptions().entitlements();
            entitlements.privileges().delete("s", "seats.x", "max.x")
        };
        let error = answered(operation, body, one).await?;
        assert_eq!(is_other(error), has_it, "{feature} {privilege}");
    }
    Ok(())
}

#[tokio::test]
async fn the_stand_in_no_longer_has_what_was_deleted() -> Outcome {
    let server = MockServer::start().await?;
    let lago = server.client()?;
    let body = example("features.privileges.delete")?;
    let code = body["feature"]["privileges"][0]["code"].as_str();
    let code = code.ok_or("no privilege")?;
    lago.features().privileges().delete("seats", code).await?;
    let body = example("subscriptions.entitlements.delete")?;
    let code = body["entitlements"][0]["code"].as_str();
    let code = code.ok_or("no entitlement")?;
    lago.subscriptions()
        .entitlements()
        .delete("s", code)
        .await?;
    Ok(())
}

#[tokio::test]
async fn lists_of_what_another_customer_has_are_noticed_one_level_down() -> Outcome {
    let owned = |operation: &str, key: &str| -> Result<Value, Box<dyn Error>> {
        let mut body = example(operation)?;
        body[key][0]["customer"]["external_id"] = json!("acme");
        Ok(body)
    };
    for (asked, other) in [("acme", false), ("acme.io", true)] {
        let body = owned("customers.invoices.list", "invoices")?;
        let list = |lago: &Client| lago.customers().invoices().list(asked);
        let error = answered("customers.invoices.list", body, list).await?;
        assert_eq!(is_other(error), other, "invoices of {asked}");
        let body = owned("customers.payment_requests.list", "payment_requests")?;
        let list = |lago: &Client| lago.customers().payment_requests().list(asked);
        let error = answered("customers.payment_requests.list", body, list).await?;
        assert_eq!(is_other(error), other, "payment requests of {asked}");
    }
    Ok(())
}
