//! Buys credits for an order, once, however often it is run and whatever becomes of a response:
//!
//! ```console
//! $ LAGO_API_KEY=your-api-key cargo run -p lago-client --example top_up -- WALLET ORDER CREDITS
//! ```
//!
//! Lago knows no key by which it would recognise a repeated request. So the order is written into the metadata of the
//! transaction, and looked for before anything is bought, and when a request may have been executed. Processes of one
//! machine take turns by a lock on a file; with several machines, let it be a row of your database. Where it ends with
//! an error, run it again, later: that buys nothing twice.

use std::fs::File;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use futures::TryStreamExt;
use lago_client::{Client, Error, types::*};
use uuid::Uuid;

type Failure = Box<dyn std::error::Error>;

/// How often the credits are asked for, at most.
const PURCHASES: u32 = 3;

/// Buys credits for an order, once.
#[derive(Parser)]
struct Arguments {
    /// The wallet, by the id that Lago gave it.
    wallet: Uuid,
    /// What the credits are bought for: the same order is never bought twice.
    order: String,
    /// How many credits.
    credits: Decimal,
    /// How many seconds to wait before looking what became of a request that had no response: it may still be running.
    #[arg(long, default_value_t = 60)]
    wait: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (wallet, order) = (arguments.wallet, &arguments.order);
    let lago = Client::from_env()?;
    // Two that look at the same moment would both find nothing. It is released when the file is closed.
    let path = std::env::temp_dir().join(format!("top-up-{wallet}.lock"));
    let failed = |error| format!("{}: {error}", path.display());
    let turn = File::create(&path).map_err(failed)?;
    turn.lock().map_err(failed)?;
    let mut purchases = 0;
    loop {
        if let Some(bought) = find(&lago, arguments).await? {
            return tell(arguments, &bought);
        }
        if purchases == PURCHASES {
            return Err(format!(
                "no sign of {order} after {purchases} requests: run it again, later"
            )
            .into());
        }
        purchases += 1;
        let purchase = WalletTransactionInput::new(wallet).metadata([key(order)]);
        let purchase = purchase.paid_credits(arguments.credits.clone());
        match lago.wallet_transactions().create(purchase).await {
            Ok(bought) => {
                let bought = bought.first().ok_or("the server names no transaction")?;
                return tell(arguments, bought);
            }
            Err(error) if error.is_ambiguous() => {
                eprintln!("{error}; looking in {} s", arguments.wait);
                tokio::time::sleep(Duration::from_secs(arguments.wait)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn key(order: &str) -> TransactionMetadata {
    TransactionMetadata::new().key("order").value(order)
}

/// The transaction of the order, if there is one.
async fn find(lago: &Client, order: &Arguments) -> Result<Option<WalletTransaction>, Error> {
    let list = lago.wallets().wallet_transactions().list(order.wallet);
    let purchases = list.transaction_status(TransactionStatus::Purchased);
    let (mut purchases, key) = (purchases.items(), key(&order.order));
    while let Some(purchase) = purchases.try_next().await? {
        let mut metadata = purchase.metadata.iter().flatten();
        if metadata.any(|entry| *entry == key) {
            return Ok(Some(purchase));
        }
    }
    Ok(None)
}

/// What was bought, which should be what was asked for.
fn tell(arguments: &Arguments, bought: &WalletTransaction) -> Result<(), Failure> {
    let (order, amount) = (&arguments.order, &bought.credit_amount);
    if *amount != arguments.credits || bought.status == WalletTransactionStatus::Failed {
        let was = format!("{order} was used for {amount} credits, {}", bought.status);
        return Err(format!("{was}: give this purchase another name").into());
    }
    println!("{order}: {amount} credits, {}", bought.status);
    Ok(())
}
