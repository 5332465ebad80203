//! Calls and downloads over a real TLS handshake, with whichever TLS is switched on: a server with a certificate of an
//! authority of the tests' own. The client trusts what the system trusts, so it runs in a process of its own to which
//! `SSL_CERT_FILE` names that authority, or none.
#![cfg(target_os = "linux")]
#![cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, mpsc};

use lago_client::{Client, RetryPolicy};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, ServerConfig};

type Outcome = Result<(), Box<dyn Error>>;

const ID: &str = "0bf4ad1c-0f0b-4a6c-8f6e-d7bb2c4a5c5e";
const PDF: &str = "%PDF-1.7 a file";

/// Where the process of a client finds the API, and the storage of its files.
const API: &str = "LAGO_TEST_API";
const STORAGE: &str = "LAGO_TEST_STORAGE";

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/tls", name]
        .iter()
        .collect()
}

/// What the first message of a client tells of who wrote it.
struct Hello {
    cipher_suites: usize,
    /// The key exchange that ring does not have.
    has_mlkem: bool,
}

impl Hello {
    /// Whether it is of the TLS that goes first among those that are switched on.
    fn is_expected(&self) -> bool {
        // OpenSSL offers some thirty, rustls ten at most.
        let is_native = self.cipher_suites > 15;
        match () {
            () if cfg!(feature = "native-tls") => is_native,
            () if cfg!(feature = "rustls-ring") => !is_native && !self.has_mlkem,
            () => !is_native && self.has_mlkem,
        }
    }
}

/// A server that gives each request the same response, and tells the first message of each connection.
struct Server {
    address: SocketAddr,
    hellos: mpsc::Receiver<Hello>,
}

impl Server {
    fn start(media_type: &'static str, body: String) -> Result<Self, Box<dyn Error>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = vec![CertificateDer::from_pem_file(fixture("server.pem"))?];
        let key = PrivateKeyDer::from_pem_file(fixture("server.key.pem"))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (tell, hellos) = mpsc::channel();
        // Ends with the process. What goes wrong with a connection is told by its client.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = response(stream, &config, &tell, media_type, &body);
            }
        });
        Ok(Self { address, hellos })
    }
}

/// Answers one request.
fn response(
    mut stream: TcpStream,
    config: &Arc<ServerConfig>,
    tell: &mpsc::Sender<Hello>,
    media_type: &str,
    body: &str,
) -> Outcome {
    let mut acceptor = Acceptor::default();
    let accepted = loop {
        acceptor.read_tls(&mut stream)?;
        if let Some(accepted) = acceptor.accept().map_err(|(error, _)| error)? {
            break accepted;
        }
    };
    let hello = accepted.client_hello();
    let groups = hello.named_groups().unwrap_or_default();
    tell.send(Hello {
        cipher_suites: hello.cipher_suites().len(),
        has_mlkem: groups.contains(&rustls::NamedGroup::X25519MLKEM768),
    })?;
    let connection = accepted.into_connection(Arc::clone(config));
    let connection = connection.map_err(|(error, _)| error)?;
    let mut stream = BufReader::new(rustls::StreamOwned::new(connection, stream));
    let mut line = String::new();
    while stream.read_line(&mut line)? > 2 {
        line.clear();
    }
    let stream = stream.get_mut();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(())
}

/// Runs [`client`] in a process of its own that trusts these certificates.
fn run_client(trusted: &str, api: &Server, storage: &Server) -> Result<String, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "client", "--ignored", "--nocapture"])
        .env("SSL_CERT_FILE", fixture(trusted))
        .env_remove("SSL_CERT_DIR")
        .env(API, format!("https://{}", api.address))
        .env(
            STORAGE,
            format!("https://localhost:{}", storage.address.port()),
        )
        .output()?;
    let said = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    assert!(output.status.success(), "{said}");
    Ok(said)
}

fn servers() -> Result<(Server, Server), Box<dyn Error>> {
    let storage = Server::start("application/pdf", PDF.to_owned())?;
    let url = format!("https://localhost:{}/a.pdf", storage.address.port());
    let examples = include_str!("../src/generated/example_responses.json");
    let examples: serde_json::Value = serde_json::from_str(examples)?;
    let mut receipt = examples["findPaymentReceipt"].clone();
    receipt["payment_receipt"]["lago_id"] = ID.into();
    receipt["payment_receipt"]["number"] = "1".into();
    receipt["payment_receipt"]["file_url"] = url.into();
    let api = Server::start("application/json", receipt.to_string())?;
    Ok((api, storage))
}

#[test]
fn calls_and_downloads_reach_a_server_of_a_trusted_authority() -> Outcome {
    let (api, storage) = servers()?;
    let said = run_client("ca.pem", &api, &storage)?;
    assert!(
        said.contains("number 1") && said.contains("file %PDF-1.7 a file"),
        "{said}"
    );
    for server in [api, storage] {
        let hellos: Vec<Hello> = server.hellos.try_iter().collect();
        assert!(!hellos.is_empty() && hellos.iter().all(Hello::is_expected));
    }
    Ok(())
}

#[test]
fn a_server_of_another_authority_gets_no_request() -> Outcome {
    let (api, storage) = servers()?;
    // An authority, and not the one of the server.
    let said = run_client("server.pem", &api, &storage)?;
    assert!(said.contains("refused ambiguous=false"), "{said}");
    Ok(())
}

/// The process of a client.
#[test]
#[ignore = "run by the other tests, with an environment of its own"]
fn client() -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let lago = Client::builder()
            .api_key("key")
            .base_url(std::env::var(API)?)
            .retry(RetryPolicy::never())
            .build()?;
        match lago.payment_receipts().get(ID).await {
            Ok(receipt) => println!("number {}", receipt.number),
            Err(error) if error.is_connect() => {
                println!("refused ambiguous={}: {error:?}", error.is_ambiguous());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        let file = lago.payment_receipts().fetch_pdf(ID).await?;
        println!("file {}", String::from_utf8_lossy(&file));
        Ok(())
    })
}
