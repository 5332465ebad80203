//! The service, with deliveries of the stand-in for Lago: each takes effect once, whenever it comes and whatever breaks.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use lago_client::mock::{MockServer, delivery};
use lago_client::types::*;
use lago_client::webhooks::{ALGORITHM_HEADER, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, sign_hmac};
use rusqlite::Connection;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const KEY: &str = "key";

/// So that a test that would hang fails.
const LONG: Duration = Duration::from_secs(60);

struct Service {
    program: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Service {
    fn start(database: &Path) -> Outcome<Self> {
        let mut program = Command::new(env!("CARGO_BIN_EXE_webhook-inbox"))
            .arg(database)
            .arg("127.0.0.1:0")
            .env("LAGO_WEBHOOK_HMAC_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(program.stdout.take().ok_or("no output")?);
        let mut service = Self {
            program,
            output,
            address: String::new(),
        };
        let line = service.line()?;
        let address = line
            .strip_prefix("Deliver to http://")
            .and_then(|rest| rest.strip_suffix("/lago"));
        service.address = address.ok_or("no address")?.to_owned();
        Ok(service)
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    /// Delivers, and gives the status of the response.
    async fn deliver(&self, id: &str, key: &str, body: &str) -> Outcome<u16> {
        let signature = sign_hmac(key, body.as_bytes());
        let head = format!(
            "POST /lago HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             {SIGNATURE_HEADER}: {signature}\r\n{ALGORITHM_HEADER}: hmac\r\n{UNIQUE_KEY_HEADER}: {id}\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        let mut response = String::new();
        stream.read_to_string(&mut response).await?;
        let status = response.split(' ').nth(1).ok_or("no status")?;
        Ok(status.parse()?)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The stand-in makes an invoice and voids it: two deliveries, in order.
async fn bill(service: &Service) -> Outcome<Invoice> {
    let add_ons =
        json!({"add_ons": [{"code": "setup", "amount_cents": 5_000, "amount_currency": "EUR"}]});
    let server = MockServer::builder()
        .seed(add_ons)
        .webhooks_to(format!("http://{}/lago", service.address), KEY)
        .start()
        .await?;
    let lago = server.client()?;
    lago.customers()
        .create(CustomerInput::new("acme").currency(Currency::Eur))
        .await?;
    let invoice = OneOffInvoiceInput::new("acme", [OneOffInvoiceFeeInput::new("setup")]);
    let invoice = lago
        .invoices()
        .create(invoice.currency(Currency::Eur))
        .await?;
    let invoice = lago.invoices().void(invoice.lago_id).await?;
    // So many deliveries are on their way until they were taken.
    let delivered = async {
        while server.webhooks_delivered() != (3, 0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, delivered).await?;
    Ok(invoice)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_is_worked_on_once() -> Outcome {
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("inbox.sqlite");
    let mut service = Service::start(&database)?;

    let invoice = bill(&service).await?;
    let number = &invoice.number;
    let line = |what: &str| format!("{what}: {number} of 5000 cents is");
    assert_eq!(service.line()?, "customer.created");
    assert_eq!(
        service.line()?,
        line("invoice.one_off_created") + " finalized"
    );
    assert_eq!(service.line()?, line("invoice.voided") + " voided");

    // It comes late, twice; and somebody forges one.
    let mut late = delivery("invoice.created").ok_or("no such delivery")?;
    late["invoice"]["lago_id"] = json!(invoice.lago_id);
    let late = late.to_string();
    for (id, key, status) in [
        ("late", KEY, 204),
        ("late", KEY, 204),
        ("forged", "another", 401),
    ] {
        assert_eq!(service.deliver(id, key, &late).await?, status);
    }
    assert_eq!(
        service.line()?,
        "invoice.created: LAG-1234-001-002 is known as it was later"
    );
    drop(service);

    // Stored, and interrupted before anything was done.
    let rows = Connection::open(&database)?;
    let insert = "INSERT INTO deliveries (id, body) VALUES ('open', ?1)";
    let open = delivery("customer.updated").ok_or("no such delivery")?;
    rows.execute(insert, [open.to_string().as_bytes()])?;
    let mut service = Service::start(&database)?;
    assert_eq!(service.line()?, "customer.updated");
    for id in ["late", "new"] {
        assert_eq!(service.deliver(id, KEY, &late).await?, 204);
    }
    // So nothing came of the other one.
    assert_eq!(
        service.line()?,
        "invoice.created: LAG-1234-001-002 is known as it was later"
    );

    let count = |rule: &str| -> rusqlite::Result<i64> {
        let query = format!("SELECT count(*) FROM {rule}");
        rows.query_row(&query, [], |row| row.get(0))
    };
    assert_eq!(count("deliveries")?, 6);
    assert_eq!(count("deliveries WHERE NOT is_done")?, 0);
    assert_eq!(count("invoices WHERE status = 'voided'")?, 1);
    Ok(())
}
