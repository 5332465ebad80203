//! Runs a command, and beside it what that calls: the stand-in for Lago, behind a gateway that admits pages of any origin.
//! The command finds the address of the gateway in `LAGO_URL`, and that of what is behind it in `LAGO_BARE_URL`.

#[cfg(not(target_family = "wasm"))]
mod gateway;

#[cfg(not(target_family = "wasm"))]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<std::process::ExitCode, Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let program = words
        .next()
        .ok_or("usage: stand_in PROGRAM [ARGUMENT]...")?;
    let server = server::start().await?;
    let url = gateway::start(&server.url()).await?;
    let mut command = tokio::process::Command::new(program);
    let status = command
        .args(words)
        .env("LAGO_URL", url)
        .env("LAGO_BARE_URL", server.url())
        .status()
        .await?;
    // A signal has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.unwrap_or(1).into())
}

#[cfg(target_family = "wasm")]
fn main() {}

#[cfg(not(target_family = "wasm"))]
mod server {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};

    use lago_client::mock::{MockResponse, MockServer, ReceivedRequest, example};
    use lago_wasm_tests::{
        BUSY, CUT, INVOICE, LOST, MOVED, PAUSE, PUBLIC_KEY, SILENT, TAXES, THERE,
    };
    use serde_json::{Value, json};

    pub(super) async fn start() -> io::Result<MockServer> {
        let is_busy = AtomicBool::new(true);
        let coded = |codes: &[&str]| -> Vec<Value> {
            let objects = codes
                .iter()
                .map(|code| json!({ "code": code, "name": code }));
            objects.collect()
        };
        MockServer::builder()
            .seed(json!({ "plans": coded(&[THERE, BUSY, CUT]), "taxes": coded(&TAXES) }))
            .respond_with(move |request| said(request, &is_busy))
            .start()
            .await
    }

    /// What is said otherwise than a stand-in would.
    fn said(request: &ReceivedRequest, is_busy: &AtomicBool) -> Option<MockResponse> {
        let operation = request.operation?.resource;
        let sent = request.json().unwrap_or_default();
        let code = match operation {
            "plans.get" => request.path_parameters.first()?.1.as_str(),
            "plans.create" => sent["plan"]["code"].as_str()?,
            "webhooks.json_public_key" => {
                let key = json!({ "webhook": { "public_key": PUBLIC_KEY } });
                return Some(MockResponse::new(200).json(key));
            }
            "invoices.get" | "invoices.download" => {
                // At the address that the caller knows, which is that of the gateway.
                let file = format!("http://{}/files/example.pdf", request.header("host")?);
                let mut invoice = example("invoices.get").ok()?;
                invoice["invoice"]["lago_id"] = INVOICE.into();
                invoice["invoice"]["file_url"] = file.into();
                return Some(MockResponse::new(200).json(invoice));
            }
            _ => return None,
        };
        match code {
            BUSY => {
                let refused = MockResponse::error(503, "unavailable");
                let refused = refused.header("retry-after", &PAUSE.to_string());
                // Each run of the tests finds it busy once, and free again.
                is_busy.fetch_not(Ordering::Relaxed).then_some(refused)
            }
            SILENT => Some(MockResponse::silence()),
            CUT => Some(
                MockResponse::new(200)
                    .json(json!({ "plan": { "code": CUT } }))
                    .cut_off(),
            ),
            LOST => Some(MockResponse::hang_up()),
            MOVED => {
                let place = format!("/api/v1/plans/{THERE}");
                Some(MockResponse::new(302).header("location", &place))
            }
            _ => None,
        }
    }
}
