//! Deliveries in a database, and what they change in it.

use std::error::Error;

use lago_client::types::{Webhook, WebhookEvent};
use rusqlite::{Connection, OptionalExtension, Result, params};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS deliveries (
        place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL, is_done INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX IF NOT EXISTS deliveries_to_do ON deliveries (place) WHERE NOT is_done;
    CREATE TABLE IF NOT EXISTS invoices (
        id TEXT PRIMARY KEY, number TEXT NOT NULL, status TEXT NOT NULL, cents INTEGER NOT NULL, as_of INTEGER NOT NULL);";

/// A delivery may come after others that happened later, so an invoice is never replaced by what it was before.
const INVOICE: &str = "
    INSERT INTO invoices VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET number = excluded.number,
        status = excluded.status, cents = excluded.cents, as_of = excluded.as_of WHERE as_of <= excluded.as_of";

pub(crate) struct Inbox(Connection);

impl Inbox {
    pub(crate) fn open(path: &str) -> Result<Self> {
        let database = Connection::open(path)?;
        // Who stores and who works do not wait for each other.
        database.pragma_update(None, "journal_mode", "wal")?;
        database.execute_batch(TABLES)?;
        Ok(Self(database))
    }

    /// Stores a delivery; one that is there is left as it is.
    pub(crate) fn store(&self, id: &str, body: &[u8]) -> Result<()> {
        let insert =
            "INSERT INTO deliveries (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING";
        self.0.execute(insert, params![id, body]).map(|_| ())
    }

    /// Works on everything that is not done, in the order in which it came.
    pub(crate) fn work(&mut self) -> Result<()> {
        let mut last = 0;
        while let Some((place, body)) = self.after(last)? {
            last = place;
            match self.settle(place, &body) {
                Ok(what) => println!("{what}"),
                Err(error) => eprintln!("delivery {place} is not done: {error}"),
            }
        }
        Ok(())
    }

    fn after(&self, place: i64) -> Result<Option<(i64, Vec<u8>)>> {
        let next = "SELECT place, body FROM deliveries WHERE NOT is_done AND place > ?1 ORDER BY place LIMIT 1";
        let row = self
            .0
            .query_row(next, [place], |row| Ok((row.get(0)?, row.get(1)?)));
        row.optional()
    }

    /// Does what a delivery asks for, and says what that was. The mark that it is done is in the same transaction: an
    /// interruption loses nothing, and nothing takes effect twice.
    fn settle(&mut self, place: i64, body: &[u8]) -> std::result::Result<String, Box<dyn Error>> {
        let webhook = Webhook::from_slice(body)?;
        let mut what = webhook.webhook_type.to_string();
        let step = self.0.transaction()?;
        match webhook.event {
            WebhookEvent::InvoiceCreated(invoice)
            | WebhookEvent::InvoiceOneOffCreated(invoice)
            | WebhookEvent::InvoicePaymentStatusUpdated(invoice)
            | WebhookEvent::InvoiceVoided(invoice) => {
                let (id, status) = (invoice.lago_id.to_string(), invoice.status.as_str());
                let as_of = invoice.updated_at.map_or(0, |time| time.timestamp_micros());
                let (number, cents) = (&invoice.number, invoice.total_amount_cents);
                let changed = step.execute(INVOICE, params![id, number, status, cents, as_of])?;
                what += &match changed {
                    0 => format!(": {number} is known as it was later"),
                    _ => format!(": {number} of {cents} cents is {status}"),
                };
            }
            // What this service does not care for, and what a newer server tells of.
            _ => {}
        }
        step.execute(
            "UPDATE deliveries SET is_done = 1 WHERE place = ?1",
            [place],
        )?;
        step.commit()?;
        Ok(what)
    }
}
