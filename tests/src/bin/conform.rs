//! Replays recordings of a server, behind `cargo xtask conform`.

use std::path::Path;
use std::process::ExitCode;

use lago_tests::conform::recording::Recordings;
use lago_tests::conform::replay::{Report, replay};

const USAGE: &str = "usage: conform --replay DIR";

/// Something did not arrive as it was recorded.
const FAILED: u8 = 1;
/// There is nothing that could be replayed.
const BAD_INPUT: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [option, folder] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(BAD_INPUT);
    };
    if option != "--replay" {
        eprintln!("{USAGE}");
        return ExitCode::from(BAD_INPUT);
    }
    match run(Path::new(folder)).await {
        Ok(report) => {
            println!("{report}");
            match report.failures.as_slice() {
                [] => ExitCode::SUCCESS,
                _ => ExitCode::from(FAILED),
            }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(BAD_INPUT)
        }
    }
}

async fn run(folder: &Path) -> Result<Report, Box<dyn std::error::Error>> {
    Ok(replay(&Recordings::read(folder)?).await?)
}
