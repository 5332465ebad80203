//! Lists over a real socket: pages, and walks over all of them.

mod endless;

use std::error::Error;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use futures::{Stream, StreamExt, TryStreamExt};
use lago_client::Client;
use lago_client::types::{InvoicePaymentStatus, Tax};
use lago_tests::support::bodies::{page, tax, taxes};
use lago_tests::support::server::{Captured, Prompted, Scripted, ScriptedResponse};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

/// The page that a request asks for.
fn page_of(request: &Captured) -> Option<i64> {
    let (_, query) = request.target.split_once('?')?;
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    page?.parse().ok()
}

/// What is far more than a walk of these tests needs: one that never ends shall fail.
const TOO_MANY: usize = 20;

/// A server with these responses as pages 1, 2, 3 …, and 422 beyond.
async fn book(pages: impl Into<Vec<Value>>) -> Result<(Scripted, Client), Box<dyn Error>> {
    let pages = pages.into();
    let asked = AtomicUsize::new(0);
    let server = Scripted::start(move |request| {
        let number = page_of(request).unwrap_or(1);
        let page = usize::try_from(number - 1)
            .ok()
            .filter(|_| asked.fetch_add(1, SeqCst) < TOO_MANY)
            .and_then(|at| pages.get(at));
        page.map_or_else(
            || refusal("422 Unprocessable Entity"),
            |page| ScriptedResponse::json("200 OK", page),
        )
    })
    .await?;
    let lago = server.client()?;
    Ok((server, lago))
}

fn refusal(status: &str) -> ScriptedResponse {
    ScriptedResponse::json(
        status,
        json!({"status": 422, "error": "Unprocessable Entity", "code": "validation_errors"}),
    )
}

async fn codes(
    items: impl Stream<Item = Result<Tax, lago_client::Error>>,
) -> Result<Vec<String>, lago_client::Error> {
    items.map_ok(|tax| tax.code).try_collect().await
}

#[tokio::test]
async fn a_page_is_a_slice_and_iterates() -> Outcome {
    let (_server, lago) = book([taxes(["a", "b", "c"], Some(2))]).await?;
    let page = lago.taxes().list().await?;
    assert_eq!(page.len(), 3);
    assert_eq!(page[1].code, "b");
    assert_eq!(page.last().map(|tax| tax.code.as_str()), Some("c"));
    assert_eq!(page.next_page(), Some(2));
    assert_eq!(page.total_count(), Some(99));
    assert_eq!(page.meta.as_ref().map(|meta| meta.total_pages), Some(9));
    let mut borrowed = Vec::new();
    for tax in &page {
        borrowed.push(tax.code.clone());
    }
    assert_eq!(borrowed, ["a", "b", "c"]);
    let mut owned: Vec<Tax> = Vec::new();
    for tax in page.clone() {
        owned.push(tax);
    }
    assert_eq!(owned, page.items);
    Ok(())
}

#[tokio::test]
async fn items_walks_all_pages_in_order_from_the_first() -> Outcome {
    let pages = [
        taxes(["a", "b"], Some(2)),
        taxes(["c"], Some(3)),
        taxes(["d", "e"], None),
    ];
    let (server, lago) = book(pages).await?;
    assert_eq!(
        codes(lago.taxes().list().items()).await?,
        ["a", "b", "c", "d", "e"]
    );
    // What the caller left alone is not sent.
    let targets = [
        "/api/v1/taxes",
        "/api/v1/taxes?page=2",
        "/api/v1/taxes?page=3",
    ];
    assert_eq!(server.targets(), targets);
    Ok(())
}

#[tokio::test]
async fn items_starts_at_the_page_that_was_asked_for() -> Outcome {
    let pages = [
        taxes(["a"], Some(2)),
        taxes(["b"], Some(3)),
        taxes(["c"], None),
    ];
    let (server, lago) = book(pages).await?;
    assert_eq!(
        codes(lago.taxes().list().page(2).items()).await?,
        ["b", "c"]
    );
    assert_eq!(
        server.targets(),
        ["/api/v1/taxes?page=2", "/api/v1/taxes?page=3"]
    );
    Ok(())
}

#[tokio::test]
async fn a_walk_may_skip_pages_when_the_server_does() -> Outcome {
    let pages = [
        taxes(["a"], Some(3)),
        taxes(["never"], Some(3)),
        taxes(["c"], None),
    ];
    let (_server, lago) = book(pages).await?;
    assert_eq!(codes(lago.taxes().list().items()).await?, ["a", "c"]);
    Ok(())
}

#[tokio::test]
async fn pages_yields_each_page_with_its_meta() -> Outcome {
    let (server, lago) = book([
        taxes(["a", "b"], Some(2)),
        taxes([], Some(3)),
        taxes(["c"], None),
    ])
    .await?;
    let pages: Vec<_> = lago.taxes().list().pages().try_collect().await?;
    let sizes: Vec<_> = pages
        .iter()
        .map(|page| (page.len(), page.next_page()))
        .collect();
    assert_eq!(sizes, [(2, Some(2)), (0, Some(3)), (1, None)]);
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn an_empty_page_in_the_middle_does_not_end_a_walk() -> Outcome {
    let pages = [
        taxes(["a"], Some(2)),
        taxes([], Some(3)),
        taxes([], Some(4)),
        taxes(["b"], None),
    ];
    let (_server, lago) = book(pages).await?;
    assert_eq!(codes(lago.taxes().list().items()).await?, ["a", "b"]);
    Ok(())
}

#[tokio::test]
async fn an_empty_list_is_one_request() -> Outcome {
    // As the server says it.
    let meta = json!({"current_page": 0, "next_page": null, "prev_page": null, "total_pages": 0, "total_count": 0});
    let (server, lago) = book([json!({"taxes": [], "meta": meta})]).await?;
    assert_eq!(codes(lago.taxes().list().items()).await?, [""; 0]);
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_walk_ends_when_the_next_page_does_not_grow() -> Outcome {
    for stuck in [2, 1, 0, -1] {
        let pages = [taxes(["a"], Some(2)), taxes(["b"], Some(stuck))];
        let (server, lago) = book(pages).await?;
        assert_eq!(
            codes(lago.taxes().list().items()).await?,
            ["a", "b"],
            "next_page {stuck}"
        );
        assert_eq!(server.requests().len(), 2, "next_page {stuck}");
    }
    let (server, lago) = book([taxes(["a"], Some(1))]).await?;
    assert_eq!(codes(lago.taxes().list().items()).await?, ["a"]);
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_page_without_meta_is_the_last() -> Outcome {
    for last in [
        json!({"taxes": [tax("b")]}),
        json!({"taxes": [tax("b")], "meta": null}),
    ] {
        let (server, lago) = book([taxes(["a"], Some(2)), last]).await?;
        let pages: Vec<_> = lago.taxes().list().pages().try_collect().await?;
        assert_eq!(pages.len(), 2);
        assert_eq!((pages[1].next_page(), pages[1].total_count()), (None, None));
        assert_eq!(codes(lago.taxes().list().items()).await?, ["a", "b"]);
        assert_eq!(server.requests().len(), 4);
    }
    Ok(())
}

#[tokio::test]
async fn an_error_in_the_middle_comes_once_after_what_came_before_it() -> Outcome {
    let (server, lago) = book([taxes(["a", "b"], Some(2))]).await?;
    let mut items = lago.taxes().list().items().take(TOO_MANY);
    let mut seen = Vec::new();
    while let Some(item) = items.next().await {
        seen.push(
            item.map(|tax| tax.code)
                .map_err(|error| error.is_validation()),
        );
    }
    assert_eq!(seen, [Ok("a".to_owned()), Ok("b".to_owned()), Err(true)]);
    // Over is over: nothing more comes and nothing more is asked.
    assert!(items.next().await.is_none());
    assert!(items.next().await.is_none());
    assert_eq!(server.requests().len(), 2);

    let mut pages = lago.taxes().list().pages();
    assert!(pages.next().await.is_some_and(|page| page.is_ok()));
    assert!(pages.next().await.is_some_and(|page| page.is_err()));
    assert!(pages.next().await.is_none());
    Ok(())
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_an_error_in_the_walk() -> Outcome {
    let (_server, lago) = book([taxes(["a"], Some(2)), json!({"taxes": [{}]})]).await?;
    let mut items = lago.taxes().list().items();
    assert!(items.next().await.is_some_and(|item| item.is_ok()));
    let error = items.next().await.and_then(Result::err);
    assert!(error.is_some_and(|error| error.is_decode()));
    assert!(items.next().await.is_none());
    Ok(())
}

#[tokio::test]
async fn a_walk_that_failed_goes_on_at_the_page_that_failed() -> Outcome {
    let failures = AtomicUsize::new(1);
    let server = Scripted::start(move |request| match page_of(request) {
        None => ScriptedResponse::json("200 OK", taxes(["a"], Some(2))),
        Some(2) if failures.swap(0, SeqCst) > 0 => refusal("422 Unprocessable Entity"),
        Some(2) => ScriptedResponse::json("200 OK", taxes(["b"], Some(3))),
        Some(_) => ScriptedResponse::json("200 OK", taxes(["c"], None)),
    })
    .await?;
    let lago = server.client()?;
    let mut pages = lago.taxes().list().pages();
    let first = pages.try_next().await?.ok_or("no page")?;
    let next = first.next_page().ok_or("no next page")?;
    assert!(pages.try_next().await.is_err());
    assert_eq!(
        codes(lago.taxes().list().page(next).items()).await?,
        ["b", "c"]
    );
    Ok(())
}

#[tokio::test]
async fn nothing_is_asked_before_it_is_needed() -> Outcome {
    let (server, lago) = book([taxes(["a", "b"], Some(2)), taxes(["c"], None)]).await?;
    // Something asked too early would stand before the probe of that moment.
    let probe = async |name: &str| lago.taxes().get(name).await.map(drop).map_err(drop);
    let mut items = pin!(lago.taxes().list().items());
    let _ = probe("before").await;
    items.try_next().await?;
    items.try_next().await?;
    let _ = probe("used-up").await;
    items.try_next().await?;
    let _ = probe("end").await;
    assert!(items.try_next().await?.is_none());
    let targets = [
        "/api/v1/taxes/before",
        "/api/v1/taxes",
        "/api/v1/taxes/used-up",
        "/api/v1/taxes?page=2",
        "/api/v1/taxes/end",
    ];
    assert_eq!(server.targets(), targets);
    Ok(())
}

#[tokio::test]
async fn dropping_a_pending_next_loses_and_repeats_nothing() -> Outcome {
    let mut server = Prompted::start().await?;
    let lago = server.client()?;
    let mut items = lago.taxes().list().items();
    let mut seen = Vec::new();
    for (target, response) in [
        ("/api/v1/taxes", taxes(["a", "b"], Some(2))),
        ("/api/v1/taxes?page=2", taxes(["c"], Some(3))),
        ("/api/v1/taxes?page=3", taxes(["d"], None)),
    ] {
        let items_of_page = response["taxes"].as_array().map_or(0, Vec::len);
        // The future of `next` is dropped while its page is under way.
        let waiting = tokio::select! {
            item = items.next() => return Err(format!("unanswered, but {item:?}").into()),
            waiting = server.next() => waiting.ok_or("the server is gone")?,
        };
        // And once more.
        tokio::select! {
            biased;
            item = items.next() => return Err(format!("unanswered, but {item:?}").into()),
            () = std::future::ready(()) => {}
        }
        assert_eq!(waiting.request.target, target);
        waiting.respond(ScriptedResponse::json("200 OK", response));
        for _ in 0..items_of_page {
            seen.push(items.try_next().await?.ok_or("ended too early")?.code);
        }
    }
    assert!(items.next().await.is_none());
    assert_eq!(seen, ["a", "b", "c", "d"]);
    // The next request that the server sees is this one.
    let probe = tokio::spawn(lago.taxes().get("probe").send());
    let waiting = server.next().await.ok_or("the server is gone")?;
    assert_eq!(waiting.request.target, "/api/v1/taxes/probe");
    waiting.respond(ScriptedResponse::json(
        "200 OK",
        json!({"tax": tax("probe")}),
    ));
    probe.await??;
    Ok(())
}

#[tokio::test]
async fn filters_and_headers_are_on_the_request_of_every_page() -> Outcome {
    let server = Scripted::start(|request| {
        let next = page_of(request).map_or(Some(2), |page| (page < 3).then_some(page + 1));
        ScriptedResponse::json("200 OK", page("invoices", Vec::new(), next))
    })
    .await?;
    let invoices: Vec<_> = server
        .client()?
        .invoices()
        .list()
        .external_customer_id("acme & co")
        .payment_statuses([InvoicePaymentStatus::Failed, InvoicePaymentStatus::Pending])
        .metadata([("region", "eu")])
        .per_page(7)
        .header("x-tenant", "blue")
        .items()
        .try_collect()
        .await?;
    assert_eq!(invoices, []);
    let filters = [
        "external_customer_id=acme+%26+co",
        "metadata%5Bregion%5D=eu",
        "payment_statuses%5B%5D=failed",
        "payment_statuses%5B%5D=pending",
        "per_page=7",
    ];
    for (request, page) in server
        .requests()
        .iter()
        .zip([None, Some("page=2"), Some("page=3")])
    {
        let mut expected: Vec<&str> = filters.into_iter().chain(page).collect();
        expected.sort_unstable();
        let (path, query) = request.target.split_once('?').ok_or("no query")?;
        let mut sent: Vec<&str> = query.split('&').collect();
        sent.sort_unstable();
        assert_eq!((path, sent), ("/api/v1/invoices", expected));
        assert_eq!(request.header("x-tenant"), "blue");
    }
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn walks_move_to_other_tasks() -> Outcome {
    let (_server, lago) = book([taxes(["a"], Some(2)), taxes(["b"], None)]).await?;
    let items = tokio::spawn(codes(lago.taxes().list().items()));
    let pages = tokio::spawn(lago.taxes().list().pages().try_collect::<Vec<_>>());
    // Begun here, ended there.
    let mut begun = lago.taxes().list().items();
    begun.try_next().await?;
    let rest = tokio::spawn(codes(begun));
    drop(lago);
    assert_eq!(items.await??, ["a", "b"]);
    assert_eq!(pages.await??.len(), 2);
    assert_eq!(rest.await??, ["b"]);
    Ok(())
}
