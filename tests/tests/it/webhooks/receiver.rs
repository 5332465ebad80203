//! The example, run as a program.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lago_client::webhooks::{SIGNATURE_HEADER, UNIQUE_KEY_HEADER, sign_hmac};
use serde_json::Value;
use tokio::sync::mpsc;

use super::recorded::{HMAC_KEY, Recorded, all};

type Outcome = Result<(), Box<dyn Error>>;

/// The program, its address and what it prints.
pub(super) struct Receiver {
    program: Child,
    pub(super) url: String,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Receiver {
    pub(super) async fn start() -> Result<Self, Box<dyn Error>> {
        let mut program = Command::new(env!("CARGO_BIN_EXE_webhook_receiver"))
            .arg("127.0.0.1:0")
            .env("LAGO_WEBHOOK_HMAC_KEY", HMAC_KEY)
            .stdout(Stdio::piped())
            .spawn()?;
        let printed = BufReader::new(program.stdout.take().ok_or("no output")?);
        let (print, lines) = mpsc::unbounded_channel();
        // It ends with the program.
        std::thread::spawn(move || {
            printed
                .lines()
                .map_while(Result::ok)
                .all(|line| print.send(line).is_ok())
        });
        let mut receiver = Self {
            program,
            url: String::new(),
            lines,
        };
        let line = receiver.line().await?;
        let url = line.strip_prefix("Deliver to ").ok_or("no address")?;
        receiver.url = url.to_owned();
        Ok(receiver)
    }

    /// What it prints next.
    pub(super) async fn line(&mut self) -> Result<String, Box<dyn Error>> {
        let line = tokio::time::timeout(Duration::from_secs(60), self.lines.recv()).await?;
        Ok(line.ok_or("it has ended")?)
    }

    /// Delivers with this signature, and returns the status.
    async fn deliver(&self, recorded: &Recorded, signature: &str) -> Result<u16, Box<dyn Error>> {
        let mut request = reqwest::Client::new()
            .post(&self.url)
            .body(recorded.body.clone());
        for (name, value) in &recorded.headers {
            let is_signature = name.eq_ignore_ascii_case(SIGNATURE_HEADER);
            request = request.header(name, if is_signature { signature } else { value });
        }
        Ok(request.send().await?.status().as_u16())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[tokio::test]
async fn the_example_prints_genuine_deliveries_once() -> Outcome {
    let mut receiver = Receiver::start().await?;
    let all = all();
    let recorded = |kind: &str| {
        let mut all = all.iter();
        all.find(|recorded| recorded.is_hmac() && recorded.webhook_type() == kind)
            .ok_or("no recording")
    };
    for (kind, words) in [
        ("invoice.created", invoice_in_words as fn(&Value) -> String),
        ("customer.created", |body| {
            format!("customer {}", text(&body["customer"]["external_id"]))
        }),
        ("plan.updated", |_| "nothing that matters here".to_owned()),
    ] {
        let recorded = recorded(kind)?;
        let body = serde_json::from_slice(&recorded.body)?;
        let id = recorded.header(UNIQUE_KEY_HEADER);
        let signature = recorded.header(SIGNATURE_HEADER);
        let forged = sign_hmac("another key", &recorded.body);
        assert_eq!(receiver.deliver(recorded, &forged).await?, 401);
        assert_eq!(receiver.deliver(recorded, signature).await?, 204);
        assert_eq!(receiver.deliver(recorded, signature).await?, 204);
        // Nothing was printed of the forged one.
        assert_eq!(
            receiver.line().await?,
            format!("{id} {kind}: {}", words(&body))
        );
        assert_eq!(receiver.line().await?, format!("{id} again"));
    }
    Ok(())
}

fn invoice_in_words(body: &Value) -> String {
    let invoice = &body["invoice"];
    let (number, currency, status) = (&invoice["number"], &invoice["currency"], &invoice["status"]);
    format!(
        "invoice {} of {} cents in {}, {}",
        text(number),
        invoice["total_amount_cents"],
        text(currency),
        text(status)
    )
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
