//! Deliveries to web servers whose threads wait: a real one that knows no async runtime.

use std::error::Error;
use std::sync::Arc;
use std::thread;

use futures::future::try_join_all;
use lago_client::webhooks::{Check, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, VerifyError};
use lago_tests::support::server::{Prompted, Scripted, ScriptedResponse};
use tiny_http::{Response, Server};
use tokio::runtime::{Builder, Runtime};

use super::fetching::{BODY, JSON_KEY, headers, telling};
use super::signer::Signer;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

const ISSUER: &str = "https://lago.example.com";

/// Where servers of tests run; what is tested has no runtime.
fn elsewhere() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// Responds to deliveries as a receiver does, until the server is told to end.
fn take(server: &Server, verifier: &Verifier) {
    for mut request in server.incoming_requests() {
        let mut body = Vec::new();
        request.as_reader().read_to_end(&mut body).unwrap();
        let pairs = request.headers().iter();
        let pairs = pairs.map(|header| (header.field.as_str().as_str(), header.value.as_str()));
        let status = match verifier.receive_blocking(pairs, body) {
            Ok(_) => 204,
            Err(error) => error.status().as_u16(),
        };
        request.respond(Response::empty(status)).unwrap();
    }
}

/// The statuses with which deliveries with this signature were received.
async fn deliver(url: &str, token: &str, count: usize) -> reqwest::Result<Vec<u16>> {
    // A connection for each, as Lago makes them: tiny_http gives each a thread for as long as it is open.
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .build()?;
    let posts = (0..count).map(|_| {
        let post = http.post(url).header(SIGNATURE_HEADER, token);
        let post = post.header(UNIQUE_KEY_HEADER, "id-1").body(BODY);
        async { Ok(post.send().await?.status().as_u16()) }
    });
    try_join_all(posts).await
}

#[test]
fn the_threads_of_a_web_server_fetch_a_key_once_for_all() -> Outcome {
    const THREADS: usize = 4;
    let runtime = elsewhere()?;
    let lago = runtime.block_on(Scripted::always(telling(Signer::FIRST)))?;
    let verifier = Verifier::fetch_with_issuer(&lago.client()?, ISSUER);
    let receiver = Server::http("127.0.0.1:0")?;
    let url = format!("http://{}/lago", receiver.server_addr());
    let genuine = Signer::FIRST.deliver(BODY, ISSUER);
    let forged = Signer::FORGER.deliver(BODY, ISSUER);
    let (taken, asked, refused) = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| take(&receiver, &verifier));
        }
        let taken = runtime.block_on(deliver(&url, &genuine, 20));
        let asked = lago.targets();
        let refused = runtime.block_on(deliver(&url, &forged, 1));
        for _ in 0..THREADS {
            receiver.unblock();
        }
        (taken, asked, refused)
    });
    assert_eq!(taken?, [204; 20]);
    assert_eq!(asked, [JSON_KEY]);
    assert_eq!(refused?, [401]);
    Ok(())
}

#[test]
fn threads_wait_for_a_key_that_is_on_its_way() -> Outcome {
    let runtime = elsewhere()?;
    let mut lago = runtime.block_on(Prompted::start())?;
    let verifier = Verifier::fetch_with_issuer(&lago.client()?, ISSUER);
    let token = Signer::FIRST.deliver(BODY, ISSUER);
    thread::scope(|scope| {
        let receive = || {
            verifier
                .receive_blocking(headers(&token), BODY)
                .map(|delivery| delivery.id)
        };
        let first = scope.spawn(receive);
        let asked = runtime
            .block_on(lago.next())
            .ok_or("the server was not asked")?;
        let second = scope.spawn(receive);
        // What is no token is refused meanwhile: no key would change that.
        let refused = verifier.receive_blocking(headers("secret"), BODY);
        assert_eq!(
            refused.err().map(|error| error.check()),
            Some(Check::Algorithm)
        );
        asked.respond(telling(Signer::FIRST));
        for thread in [first, second] {
            assert_eq!(thread.join().unwrap()?, "id-1");
        }
        Ok(())
    })
}

#[test]
fn a_key_that_cannot_be_had_is_told_at_the_start_and_to_deliveries() -> Outcome {
    let runtime = elsewhere()?;
    let trouble = ScriptedResponse::new("502 Bad Gateway", &[], "<html>");
    let lago = runtime.block_on(Scripted::always(trouble))?;
    let verifier = Verifier::fetch(&lago.client()?);
    let token = Signer::FIRST.deliver(BODY, &lago.origin());
    let problems = [
        verifier.warm_up_blocking().err(),
        verifier.receive_blocking(headers(&token), BODY).err(),
        Verifier::hmac(" ").warm_up_blocking().err(),
    ];
    for problem in problems {
        let problem = problem.ok_or("trusted")?;
        assert_eq!(
            (problem.check(), problem.status().as_u16()),
            (Check::Key, 503)
        );
    }
    Ok(())
}

#[test]
fn in_a_runtime_a_verifier_that_fetches_refuses_and_says_what_to_do() -> Outcome {
    let runtime = elsewhere()?;
    let lago = runtime.block_on(Scripted::always(telling(Signer::FIRST)))?;
    let verifier = Verifier::fetch(&lago.client()?);
    let token: Arc<str> = Signer::FIRST.deliver(BODY, &lago.origin()).into();
    let says_so = |error: Option<VerifyError>| {
        let error = error.unwrap();
        assert_eq!((error.check(), error.status().as_u16()), (Check::Key, 503));
        assert!(format!("{error:?}").contains("tokio runtime"), "{error:?}");
        assert!(format!("{error:?}").contains("await"), "{error:?}");
        assert!(
            !format!("{error:?}").contains("delivers again"),
            "{error:?}"
        );
    };
    runtime.block_on(async { says_so(verifier.warm_up_blocking().err()) });
    assert!(lago.targets().is_empty());
    verifier.warm_up_blocking()?;
    // Also with a key, which may be another tomorrow.
    runtime.block_on(async { says_so(verifier.receive_blocking(headers(&token), BODY).err()) });
    assert!(verifier.receive_blocking(headers(&token), BODY).is_ok());
    // The same verifier, the other way.
    assert!(
        runtime
            .block_on(verifier.receive(headers(&token), BODY))
            .is_ok()
    );
    assert_eq!(lago.targets(), [JSON_KEY]);

    // Nothing of these has to be waited for.
    let verifier = Verifier::jwt(Signer::FIRST.told(), lago.origin())?;
    let received = runtime.block_on(async {
        verifier.warm_up_blocking()?;
        verifier.receive_blocking(headers(&token), BODY)
    });
    assert_eq!(received?.id, "id-1");
    Ok(())
}
