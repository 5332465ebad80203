//! Checks a live server, or replays recordings of one, behind `cargo xtask conform`.

use std::error::Error;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lago_client::RetryPolicy;
use lago_tests::conform::live::{
    Findings, Progress, Settings, Stop, check, is_cloud, json, junit, prefix, replayed, text, url,
};
use lago_tests::conform::recording::Recordings;

/// There is nothing that could be checked, or not all of it.
const NOT_RUN: u8 = 2;

/// The environment has the key, so that no list of processes shows it.
const KEY: &str = "LAGO_API_KEY";

/// As a client waits unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Parser)]
#[command(
    name = "conform",
    bin_name = "cargo xtask conform",
    about = "Holds a server against the document of its API and the overlay.",
    after_help = "The status is 0 when nothing differs, 1 when something does, 2 when too little could be looked at to \
                  say so."
)]
#[command(group(ArgGroup::new("what").required(true).args(["url", "replay"])))]
struct Arguments {
    /// Check the server at this address, with the key in LAGO_API_KEY. It is only read, unless --write is given.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Replay recordings: a folder with exchanges/*.json and webhooks/*.json, here or in folders below.
    #[arg(long, value_name = "DIR")]
    replay: Option<PathBuf>,
    /// Also make a customer, a plan, an invoice and so on, change them and take them away again.
    #[arg(long, requires = "url", conflicts_with = "replay")]
    write: bool,
    /// Let --write do so on Lago's cloud.
    #[arg(long, requires = "write")]
    yes_on_cloud: bool,
    /// Keep what is said, without personal data and secrets, in a folder that --replay takes.
    #[arg(long, value_name = "DIR", requires = "url", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(NOT_RUN)
        }
    }
}

async fn run(arguments: Arguments) -> Result<u8, Box<dyn Error>> {
    let format = arguments.format;
    if let Some(folder) = &arguments.replay {
        let (findings, report) = replayed(&Recordings::read(folder)?).await?;
        print(&findings, format);
        if format == Format::Text {
            println!("{report}");
        }
        let is_clean = report.failures.is_empty() && findings.drifts.is_empty();
        return Ok(u8::from(!is_clean));
    }
    let settings = settings(&arguments)?;
    let stop = Stop::default();
    listen(stop.clone(), settings.write.clone());
    let bar = bar();
    let findings = check(&settings, &stop, &mut |progress: Progress<'_>| {
        bar.set_length((progress.done + progress.waiting + 1) as u64);
        bar.set_position(progress.done as u64);
        bar.set_message(progress.call.to_owned());
    })
    .await;
    bar.finish_and_clear();
    let findings = findings?;
    print(&findings, format);
    Ok(findings.status())
}

fn settings(arguments: &Arguments) -> Result<Settings, String> {
    let url = url(arguments.url.as_deref().unwrap_or_default())?;
    if arguments.write && is_cloud(&url) && !arguments.yes_on_cloud {
        return Err(
            "--write would make customers and invoices on Lago's cloud.\n\
             If the organization of the key is one for tests, add --yes-on-cloud."
                .to_owned(),
        );
    }
    let key = std::env::var(KEY).unwrap_or_default();
    if key.trim().is_empty() {
        return Err(format!(
            "{KEY} is not set: put the API key of an organization of this server into it"
        ));
    }
    Ok(Settings {
        url,
        key: key.trim().to_owned(),
        write: arguments.write.then(prefix),
        record: arguments.record.clone(),
        timeout: TIMEOUT,
        retry: RetryPolicy::default(),
    })
}

fn print(findings: &Findings, format: Format) {
    match format {
        Format::Text => println!("{}", text(findings)),
        Format::Json => println!("{:#}", json(findings)),
        Format::Junit => println!("{}", junit(findings)),
    }
}

/// A line on the terminal, if standard error is one.
fn bar() -> ProgressBar {
    let target = match std::io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{pos} of {len}  {msg}") {
        bar.set_style(style);
    }
    bar
}

/// The first Ctrl-C ends the check in order, the second one at once.
fn listen(stop: Stop, made: Option<String>) {
    tokio::spawn(async move {
        // Without a handler Ctrl-C does what it always does.
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        eprintln!("stopping after this call; Ctrl-C once more ends at once");
        stop.ask();
        if tokio::signal::ctrl_c().await.is_ok() {
            if let Some(prefix) = made {
                eprintln!("left behind: whatever has a name that begins with {prefix}");
            }
            std::process::exit(NOT_RUN.into());
        }
    });
}
