//! What `cargo xtask webhook` does: hand over to the program that links the client.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::forward;

#[derive(Subcommand)]
pub(crate) enum Webhook {
    Send(Send),
}

/// Delivers an example of a webhook, signed by HMAC, as a server would.
///
/// Prints what the receiver answers. The status is 1 unless it responds with 200, 201, 202 or 204, which
/// is what a server takes for success.
#[derive(Args)]
pub(crate) struct Send {
    /// The type of webhook, `invoice.created`.
    #[arg(long = "type", value_name = "TYPE", required_unless_present = "list")]
    webhook_type: Option<String>,
    /// Where to, `http://127.0.0.1:4000/lago`.
    #[arg(long, value_name = "URL", required_unless_present = "list")]
    to: Option<String>,
    /// The HMAC key that the receiver knows.
    #[arg(long, value_name = "KEY", required_unless_present = "list")]
    hmac_key: Option<String>,
    /// Print all types of webhooks, and deliver nothing.
    #[arg(long, exclusive = true)]
    list: bool,
}

impl Send {
    /// The arguments of the program.
    fn arguments(&self) -> Vec<&str> {
        let options = [
            ("--type", &self.webhook_type),
            ("--to", &self.to),
            ("--hmac-key", &self.hmac_key),
        ];
        let given = options
            .into_iter()
            .filter_map(|(name, value)| Some([name, value.as_deref()?]));
        match self.list {
            true => vec!["--list"],
            false => given.flatten().collect(),
        }
    }
}

/// Does what is asked; the status of the program is the one to end with.
pub(crate) fn run(root: &Path, command: &Webhook) -> ExitCode {
    let Webhook::Send(send) = command;
    let mut program = forward::program(root, "webhook_send");
    program.args(send.arguments());
    forward::run(program)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(subcommand)]
        command: Webhook,
    }

    /// What the program is given for a command line.
    fn given(line: &str) -> Result<Vec<String>, String> {
        let words = std::iter::once("webhook").chain(line.split_whitespace());
        let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
        let Webhook::Send(send) = cli.command;
        Ok(send.arguments().into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn the_program_is_given_what_the_caller_says() {
        let line = "send --hmac-key k --to http://localhost --type fee.created";
        let expected = [
            "--type",
            "fee.created",
            "--to",
            "http://localhost",
            "--hmac-key",
            "k",
        ];
        assert_eq!(given(line).unwrap(), expected);
        assert_eq!(given("send --list").unwrap(), ["--list"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = given("send --type fee.created").unwrap_err();
        assert!(
            error.contains("--to <URL>") && error.contains("--hmac-key <KEY>"),
            "{error}"
        );
        assert!(given("send --list --type fee.created").is_err());
    }
}
