//! Asking the server which events it has.

use std::fs::File;
use std::io::{BufWriter, Write};

use futures::stream::{self, StreamExt, TryStreamExt};
use lago_client::Client;
use lago_client::types::EventInput;

use super::Failure;
use super::arguments::Arguments;
use super::input::{self, Items, place};
use super::progress::{Progress, table};

/// How many are asked about at once.
const AT_ONCE: usize = 8;

/// What the server says of an event.
enum Found {
    Same,
    /// Another event has its `transaction_id`.
    Other(String),
    Missing,
}

/// Says what is missing. False when something is.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let name = arguments.name();
    let lago = Client::from_env()?;
    let path = arguments.missing();
    let failed = |error| format!("cannot write {}: {error}", path.display());
    let mut missing_events = BufWriter::new(File::create(&path).map_err(failed)?);
    let items = input::open(arguments, 0, 0)?;
    let length = input::length(arguments);
    let items: Items = match arguments.sample {
        None => items,
        Some(size) => Box::new(sample(items, size)?.into_iter().map(Ok)),
    };
    let mut progress = Progress::start(length, 0);

    let lago = &lago;
    let ask = move |item: Result<input::Item, Failure>| async move {
        let item = item?;
        let found = match &item.event {
            Ok(event) => Some(find(lago, event).await?),
            Err(_) => None,
        };
        Ok::<_, Failure>((item, found))
    };
    let mut responses = stream::iter(items).map(ask).buffered(AT_ONCE);
    let (mut there, mut other, mut missing, mut unreadable) = (0, 0, 0, 0);
    while let Some((item, found)) = responses.try_next().await? {
        progress.done(item.end);
        progress.tell();
        match (found, item.event) {
            (Some(Found::Same), _) => there += 1,
            (Some(Found::Other(what)), _) => {
                other += 1;
                eprintln!("{name}:{}: {what}", item.line);
            }
            (Some(Found::Missing), Ok(event)) => {
                missing += 1;
                let line = format!("{}\n", serde_json::to_string(&event)?);
                missing_events.write_all(line.as_bytes()).map_err(failed)?;
            }
            (_, Err(problem)) => {
                unreadable += 1;
                eprintln!("{}", place(&name, item.line, &problem));
            }
            (None, Ok(_)) => {}
        }
    }
    missing_events.flush().map_err(failed)?;
    progress.end();
    let note = if missing == 0 {
        String::new()
    } else {
        format!("see {}", path.display())
    };
    table(&[
        ("there", there, String::new()),
        ("missing", missing, note),
        (
            "other",
            other,
            "another event has the transaction_id".to_owned(),
        ),
        ("unreadable", unreadable, String::new()),
    ]);
    Ok(missing + other + unreadable == 0)
}

async fn find(lago: &Client, event: &EventInput) -> Result<Found, Failure> {
    let known = match lago.events().get(&event.transaction_id).await {
        Ok(known) => known,
        Err(error) if error.is_not_found() => return Ok(Found::Missing),
        Err(error) => return Err(error.into()),
    };
    if known.code != event.code {
        return Ok(Found::Other(format!(
            "the server has it with the code {}",
            known.code
        )));
    }
    match known.external_subscription_id {
        Some(subscription) if subscription != event.external_subscription_id => Ok(Found::Other(
            format!("the server has it for the subscription {subscription}"),
        )),
        _ => Ok(Found::Same),
    }
}

/// So many items, each with the same chance, in their order.
fn sample(items: Items, size: usize) -> Result<Vec<input::Item>, Failure> {
    let mut chosen = Vec::new();
    for (index, item) in items.enumerate() {
        let item = item?;
        // Reservoir sampling: the chance of each is the same, however many there are.
        if chosen.len() < size {
            chosen.push(item);
        } else {
            let place = fastrand::usize(..=index);
            if let Some(chosen) = chosen.get_mut(place) {
                *chosen = item;
            }
        }
    }
    chosen.sort_by_key(|item| item.end);
    Ok(chosen)
}
