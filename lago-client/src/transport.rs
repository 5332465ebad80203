//! One request, and what it proves when no response comes.
//!
//! The HTTP clients that are made here follow no redirects: where there is no connection, nothing was sent. One
//! that a caller brings may follow them, and nobody can see whether it does. Then the server may have acted on
//! the request and named another place, to which there is no connection; from outside that looks the same. So
//! without a response such a client proves that nothing was sent only where it refuses a request at once: what
//! was never waited for cannot have got a response.

use std::future::poll_fn;
use std::pin::pin;

use crate::connecting;
use crate::error::{Error, Kind};
use crate::operation::Operation;

/// Sends a request through an HTTP client, of which it is known whether it was made here. Beside the response it
/// tells whether that came from another URL.
pub(crate) async fn send(
    http: &reqwest::Client,
    is_ours: bool,
    operation: &'static Operation,
    request: reqwest::Request,
) -> Result<(reqwest::Response, bool), Error> {
    let asked = (!is_ours).then(|| request.url().clone());
    let sending = async {
        let mut sending = pin!(http.execute(request));
        let mut is_at_once = true;
        let outcome = poll_fn(|cx| {
            let outcome = sending.as_mut().poll(cx);
            is_at_once &= outcome.is_ready();
            outcome
        });
        (outcome.await, is_at_once)
    };
    let ((outcome, is_at_once), was_unconnected) = connecting::watch(sending).await;
    match outcome {
        Ok(response) => {
            let is_elsewhere = asked.is_some_and(|asked| asked != *response.url());
            Ok((response, is_elsewhere))
        }
        Err(error) if was_unconnected && error.is_timeout() => {
            Err(Error::unconnected(operation, error))
        }
        // Of the request to which a redirect led.
        Err(error) if error.is_builder() && !is_at_once => {
            Err(Error::new(Kind::Transport, Some(operation)).with_source(error.without_url()))
        }
        Err(error) => Err(Error::transport(operation, error, None).of_another_request(!is_ours)),
    }
}
