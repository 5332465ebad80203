//! Brings the catalogue of a server to what a YAML file says: metrics, add-ons, plans with their charges, and coupons.
//!
//! ```console
//! $ export LAGO_API_KEY=your-api-key
//! $ cargo run --manifest-path examples/sync-catalogue/Cargo.toml -- catalogue.yaml --dry-run
//! ```
//!
//! What is missing is created, what differs is changed, and each difference is printed. What the file does not say stays
//! as it is, and nothing is deleted. With `--dry-run` nothing is changed. Ends with 0 when everything is as the file says,
//! 2 when a dry run found differences, and 1 when it could not go on.

mod catalogue;
mod diff;
mod server;
mod sync;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use lago_client::{Client, types::*};

use catalogue::{Catalogue, MetricIds};
use sync::Sync;

type Failure = Box<dyn std::error::Error>;

/// Brings the catalogue of a server to what a file says.
#[derive(Parser)]
struct Arguments {
    /// The catalogue, in YAML.
    file: PathBuf,
    /// Print what differs, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Arguments { file, dry_run } = Arguments::parse();
    match run(&file, dry_run).await {
        Ok(0) => println!("everything is as the file says"),
        Ok(count) if dry_run => {
            println!("{count} to be created or changed");
            return ExitCode::from(2);
        }
        Ok(count) => println!("{count} created or changed"),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// All of one kind: the calls for each are called alike, and have types of their own.
macro_rules! all {
    ($sync:ident, $noun:literal, $list:expr, $calls:expr; $Input:ty, $Update:ty) => {
        for wanted in &$list {
            let get = async |code: &str| $calls.get(code).await;
            let create = async |new: $Input| $calls.create(new).await;
            let update = async |code: &str, new: $Update| $calls.update(code, new).await;
            $sync.one($noun, wanted, get, create, update).await?;
        }
    };
}

/// How many objects were not as they should be.
async fn run(file: &Path, is_dry: bool) -> Result<usize, Failure> {
    let catalogue = Catalogue::read(file)?;
    let lago = Client::from_env()?;
    let (metrics, add_ons) = (lago.billable_metrics(), lago.add_ons());
    let (plans, coupons) = (lago.plans(), lago.coupons());
    let mut sync = Sync::new(is_dry);
    // In this order, because plans name metrics, and coupons name plans.
    all!(sync, "metric", catalogue.billable_metrics, metrics; BillableMetricInput, BillableMetricUpdate);
    all!(sync, "add-on", catalogue.add_ons, add_ons; AddOnInput, AddOnUpdate);
    sync.metrics = MetricIds::of(&catalogue, &lago).await?;
    all!(sync, "plan", catalogue.plans, plans; PlanInput, PlanUpdate);
    all!(sync, "coupon", catalogue.coupons, coupons; CouponInput, CouponUpdate);
    Ok(sync.count)
}
