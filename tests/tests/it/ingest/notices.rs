//! What somebody who reads a log learns of events that do not get through.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use lago_client::ingest::{DeliveryFailure, Notice};
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::ScriptedResponse;

use super::*;

/// Keeps notices.
#[derive(Clone, Default)]
struct Notices(Arc<Mutex<Vec<Notice>>>);

impl Notices {
    fn take(&self) -> impl FnMut(Notice) + Send + 'static {
        let kept = Arc::clone(&self.0);
        move |notice| lock(&kept).push(notice)
    }

    fn all(&self) -> Vec<Notice> {
        lock(&self.0).clone()
    }

    /// The failures among them.
    fn failures(&self) -> Vec<DeliveryFailure> {
        let failure = |notice| match notice {
            Notice::Failing(failure) => Some(failure),
            _ => None,
        };
        self.all().into_iter().filter_map(failure).collect()
    }
}

/// Lets time pass until something is so.
async fn until(mut is: impl FnMut() -> bool) {
    while !is() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_the_server_says_that_is_no_verdict_is_told_at_once_then_seldom_and_nothing_is_lost()
-> Outcome {
    let page = "<html>jane@secret.example</html>";
    for (status, body, advice) in [
        ("400 Bad Request", page, "why it refuses the request"),
        ("418 I'm a teapot", "", "why it refuses the request"),
        (
            "422 Unprocessable Content",
            "{}",
            "why it refuses the request",
        ),
        ("408 Request Timeout", page, "may work in a moment"),
        ("429 Too Many Requests", page, "limits how many requests"),
        (
            "500 Internal Server Error",
            page,
            "look into the log of the server",
        ),
        (
            "503 Service Unavailable",
            "",
            "look into the log of the server",
        ),
        ("200 OK", page, "is the base URL that of Lago's API"),
        (
            "200 OK",
            r#"{"events":{"secret":1}}"#,
            "is the base URL that of Lago's API",
        ),
        ("401 Unauthorized", page, ""),
    ] {
        let is_well = Arc::new(AtomicBool::new(false));
        let works = Arc::clone(&is_well);
        let lago = Lago::with(
            Store::new(Kind::Postgres),
            move |store, request| match works.load(SeqCst) {
                true => said(store.post(&request.body, || false)),
                false => ScriptedResponse::new(status, &[("content-type", "text/html")], body),
            },
        )
        .await?;
        let notices = Notices::default();
        let builder = lago.server.client()?.ingest().notices(notices.take());
        let events = builder.start().await?;
        for number in 0..250 {
            events.send(event(number)).await?;
        }
        until(|| !notices.all().is_empty()).await;
        let [failure] = &notices.failures()[..] else {
            return Err(format!("{status}: {:?}", notices.all()).into());
        };
        let code = status.split(' ').next().unwrap_or_default();
        assert!(
            failure.reason.starts_with("POST /events/batch: ")
                && failure.reason.contains(code)
                && failure.reason.contains(advice),
            "{failure}"
        );
        assert!(
            failure.attempts == 1 && (1..=250).contains(&failure.queued),
            "{failure}"
        );
        assert_eq!(
            (failure.lasts, failure.others_succeed),
            (Duration::ZERO, false)
        );
        assert_eq!(failure.is_paused, code == "401", "{status}");

        tokio::time::sleep(Duration::from_secs(600)).await;
        let told = notices.failures();
        // At 0, 60, 180 and 420 seconds, or with the first attempt after that.
        assert_eq!(told.len(), 4, "{status}: {told:?}");
        assert!(
            told[3].lasts >= Duration::from_secs(420) && told[3].attempts > 10,
            "{status}"
        );
        let stats = events.stats();
        assert_eq!(
            (stats.queued, stats.rejected, stats.lost),
            (250, 0, 0),
            "{status}"
        );
        let failing = stats.failing.ok_or("nothing fails")?;
        assert!(failing.lasts >= Duration::from_secs(600) && failing.queued == 250);

        is_well.store(true, SeqCst);
        events.flush().await;
        assert_eq!(lago.rows(), rows((0..250).map(event)), "{status}");
        let all = notices.all();
        let Some(Notice::Delivering { after }) = all.last() else {
            return Err(format!("{status}: {all:?}").into());
        };
        assert!(
            *after >= Duration::from_secs(600) && all.len() == 5,
            "{status}: {all:?}"
        );
        assert_eq!(events.stats().failing, None);
        for notice in all {
            let line = format!("{notice} {notice:?}");
            assert!(
                !line.contains("secret") && !line.contains(API_KEY),
                "{line}"
            );
        }
        let report = events.shutdown(FOR_EVER).await;
        assert_eq!((report.delivered, report.lost), (250, 0), "{status}");
    }
    Ok(())
}

/// A server that fails now and then is told about, and not each time.
#[tokio::test(start_paused = true)]
async fn hiccups_do_not_fill_a_log() -> Outcome {
    let turns = std::sync::atomic::AtomicU32::new(0);
    let lago = Lago::with(Store::new(Kind::Postgres), move |store, request| {
        match turns.fetch_add(1, SeqCst) % 3 {
            0 => ScriptedResponse::new("502 Bad Gateway", &[], ""),
            _ => said(store.post(&request.body, || false)),
        }
    })
    .await?;
    let notices = Notices::default();
    let builder = lago.server.client()?.ingest().notices(notices.take());
    let events = builder.start().await?;
    let start = tokio::time::Instant::now();
    for number in 0..1_000 {
        events.send(event(number)).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let minutes = start.elapsed().as_secs().div_ceil(60);
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.lost), (1_000, 0));
    let failures = notices.failures().len() as u64;
    assert!(
        (2..=minutes + 1).contains(&failures),
        "{failures} in {minutes} minutes"
    );
    assert!(notices.all().len() as u64 <= 2 * failures);
    Ok(())
}
