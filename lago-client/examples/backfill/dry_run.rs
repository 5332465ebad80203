//! Reading everything and sending nothing.

use lago_client::types::Decimal;

use super::Failure;
use super::arguments::Arguments;
use super::input::{self, place};
use super::progress::{Progress, table};

/// How many problems are printed.
const PRINTED: u64 = 20;

/// Says what sending would meet. False when there is something that cannot be sent.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let name = arguments.name();
    let (mut events, mut unreadable) = (0_u64, 0_u64);
    let mut times: Option<(Decimal, Decimal)> = None;
    let mut progress = Progress::start(input::length(arguments), 0);
    for item in input::open(arguments, 0, 0)? {
        let item = item?;
        progress.done(item.end);
        match item.event {
            Ok(event) => {
                events += 1;
                if let Some(time) = event.timestamp {
                    times = Some(match times {
                        None => (time.clone(), time),
                        Some((first, last)) if time < first => (time, last),
                        Some((first, last)) if time > last => (first, time),
                        known => known.unwrap_or((time.clone(), time)),
                    });
                }
            }
            Err(problem) => {
                unreadable += 1;
                if unreadable <= PRINTED {
                    eprintln!("{}", place(&name, item.line, &problem));
                }
            }
        }
        if (events + unreadable).is_multiple_of(1_000) {
            progress.tell();
        }
    }
    progress.end();
    if unreadable > PRINTED {
        eprintln!("and {} more", unreadable - PRINTED);
    }
    let span = times.map(|(first, last)| format!("timestamps from {first} to {last}"));
    table(&[
        ("events", events, span.unwrap_or_default()),
        ("unreadable", unreadable, String::new()),
    ]);
    println!("nothing was sent");
    Ok(unreadable == 0)
}
