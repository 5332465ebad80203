//! Produces events, one JSON object a line from standard input, to the topic that a self-hosted Lago reads.
//!
//! ```console
//! $ export LAGO_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 LAGO_KAFKA_RAW_EVENTS_TOPIC=events-raw
//! $ export LAGO_API_URL=http://127.0.0.1:3000 LAGO_API_KEY=your-api-key
//! $ cargo run --manifest-path examples/kafka-producer/Cargo.toml < events.jsonl
//! ```

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use lago_client::ingest::kafka::Encoder;
use lago_client::{Client, types::EventInput};
use lago_kafka_producer::KafkaSink;
use rdkafka::ClientConfig;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("set {name}, as Lago itself has it"))
}

async fn run() -> Result<bool, Box<dyn Error>> {
    let mut config = ClientConfig::new();
    config.set(
        "bootstrap.servers",
        variable("LAGO_KAFKA_BOOTSTRAP_SERVERS")?,
    );
    let topic = variable("LAGO_KAFKA_RAW_EVENTS_TOPIC")?;
    let lago = Client::from_env()?;
    let organization = lago.organizations().get().await?.lago_id;
    let sink = KafkaSink::new(&config, topic, Encoder::new(organization))?;
    let events = lago
        .ingest()
        .dead_letters(|letter| {
            eprintln!(
                "{}: {}",
                letter.outcome,
                String::from_utf8_lossy(&letter.json)
            )
        })
        .start_with(sink)
        .await?;

    let (mut lines, mut number, mut unread) = (BufReader::new(stdin()).lines(), 0, 0);
    while let Some(line) = lines.next_line().await? {
        number += 1;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<EventInput>(&line) {
            Ok(event) => events.send(event).await?,
            Err(error) => {
                unread += 1;
                eprintln!("line {number} is no event: {error}");
            }
        }
    }
    let report = events.shutdown(Duration::from_secs(60)).await;
    println!(
        "{} delivered, {} rejected, {} lost",
        report.delivered, report.rejected, report.lost
    );
    Ok(unread + report.rejected + report.lost == 0)
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
