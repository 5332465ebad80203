//! Responses of which only the end of the connection marks the end, and that are no JSON.

use lago_client::mock::example;
use lago_client::{Client, Error, OPERATIONS, RetryPolicy};
use lago_tests::support::clients::{client_for, plain_http};
use lago_tests::support::server::{Act, Faulty};

use super::{Outcome, hasty};

/// A key as servers tell it.
const KEY: &str = "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0K\nLS0tLS1FTkQgUFVCTElDIEtFWS0tLS0tCg==\n";
const HEADS: [&str; 2] = [
    "HTTP/1.0 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
];

/// A server that says these bodies one after the other, the last one again and again, without a length.
async fn says(
    head: &str,
    bodies: &[&[u8]],
) -> Result<(Faulty, Client), Box<dyn std::error::Error>> {
    let acts = bodies
        .iter()
        .map(|body| Act::says([head.as_bytes(), body].concat()));
    let server = Faulty::start(acts.collect()).await?;
    let builder = client_for(server.address()).http_client(plain_http()?);
    let lago = hasty(builder).build()?;
    Ok((server, lago))
}

#[expect(deprecated, reason = "servers before 1.49.0 have no other")]
async fn key(lago: &Client) -> Result<String, Error> {
    lago.webhooks().public_key().await
}

/// None of them buys or sends anything, so that all may be asked again.
#[test]
fn what_is_believed_the_second_time_may_be_asked_twice() {
    let names = [
        "credit_notes.download",
        "credit_notes.download_xml",
        "invoices.download",
        "invoices.download_xml",
        "webhooks.public_key",
    ];
    let rows = OPERATIONS
        .iter()
        .filter(|row| names.contains(&row.resource));
    let idempotent = rows.filter(|row| row.idempotency == lago_client::Idempotency::Idempotent);
    assert_eq!(idempotent.count(), names.len());
}

#[tokio::test]
async fn a_text_that_is_cut_off_anywhere_is_never_handed_out() -> Outcome {
    for length in 0..KEY.len() {
        let (server, lago) = says(
            HEADS[length % 2],
            &[&KEY.as_bytes()[..length], KEY.as_bytes()],
        )
        .await?;
        assert_eq!(key(&lago).await?, KEY, "{length}");
        assert_eq!(server.arrived().len(), 3, "{length}");
    }
    let (server, lago) = says(HEADS[0], &[KEY.as_bytes()]).await?;
    assert_eq!(key(&lago).await?, KEY);
    assert_eq!(server.arrived().len(), 2);
    Ok(())
}

#[tokio::test]
async fn texts_that_always_differ_are_a_response_cut_off() -> Outcome {
    let bodies: [&[u8]; 4] = [b"LS0t", b"LS0tLS1C", b"LS0t", b"L"];
    let (server, lago) = says(HEADS[0], &bodies).await?;
    let error = key(&lago).await.err().ok_or("a success")?;
    assert!(error.is_transport() && error.body() == "L", "{error:?}");
    assert_eq!((error.attempts(), server.arrived().len()), (4, 4));
    // One attempt cannot tell.
    let (_, lago) = says(HEADS[0], &[KEY.as_bytes()]).await?;
    #[expect(deprecated, reason = "servers before 1.49.0 have no other")]
    let once = lago.webhooks().public_key().retry(RetryPolicy::never());
    let error = once.await.err().ok_or("a success")?;
    assert!(error.is_transport() && error.body() == KEY, "{error:?}");
    Ok(())
}

#[tokio::test]
async fn nothing_is_nothing_yet_once_it_came_twice() -> Outcome {
    let made = example("invoices.get")?;
    let id = made["invoice"]["lago_id"].as_str().ok_or("no id")?;
    let made = serde_json::to_vec(&made)?;
    for head in HEADS {
        let (server, lago) = says(head, &[b"", &made]).await?;
        assert!(lago.invoices().download(id).await?.is_some());
        assert_eq!(server.arrived().len(), 2);
        let (server, lago) = says(head, &[b""]).await?;
        assert!(lago.invoices().download(id).await?.is_none());
        assert_eq!(server.arrived().len(), 2);
    }
    Ok(())
}

/// Where an operation has no value, its status is all that it says.
#[tokio::test]
async fn a_response_of_which_only_the_status_counts_is_whole() -> Outcome {
    for body in [b"".as_slice(), b"{", b"O"] {
        let (server, lago) = says(HEADS[0], &[body]).await?;
        lago.subscriptions().alerts().delete_all("sub_1").await?;
        assert_eq!(server.arrived().len(), 1);
    }
    Ok(())
}
