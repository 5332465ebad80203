//! Messages over the standard streams, each a line. A line that is none is answered, where rmcp ignores it, and a call
//! that comes in brings what was seen in its text.

use std::io;
use std::sync::Arc;

use rmcp::model::GetExtensions as _;
use rmcp::service::{RoleServer, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::super::lines::{self, Line, Lines};
use super::super::message::{MOST_BYTES, Malformed};
use super::super::text::{lost_arguments, readable};
use crate::gateway::log::say;

type Received = RxJsonRpcMessage<RoleServer>;

/// A pair of streams.
pub(super) struct Streams<R, W> {
    input: Lines<R>,
    output: Arc<Mutex<W>>,
    /// Writes the answer to a line that was no message.
    answering: Option<JoinHandle<()>>,
}

impl<R: AsyncRead + Unpin, W> Streams<R, W> {
    pub(super) fn new((input, output): (R, W)) -> Self {
        Self {
            input: Lines::new(input, MOST_BYTES),
            output: Arc::new(Mutex::new(output)),
            answering: None,
        }
    }
}

impl<R, W> Transport<RoleServer> for Streams<R, W>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let output = Arc::clone(&self.output);
        async move { lines::write(&output, serde_json::to_vec(&message)?).await }
    }

    /// What is dropped while it waits goes on with the next call: an answer is written by a task of its own, so that it
    /// is whole.
    async fn receive(&mut self) -> Option<Received> {
        loop {
            if let Some(answering) = &mut self.answering {
                // Where it cannot be written nobody reads it.
                let _ = answering.await;
                self.answering = None;
            }
            // What cannot be read has ended.
            let line = self.input.next().await.ok()??;
            let malformed = match line {
                Line::TooLong => Malformed::too_long(),
                Line::Whole(text) => match read(&text) {
                    Ok(message) => return Some(message),
                    Err(malformed) => malformed,
                },
            };
            say(&malformed.note());
            if malformed.has_answer() {
                let output = Arc::clone(&self.output);
                self.answering = Some(tokio::spawn(async move {
                    let _ = lines::write(&output, malformed.answer().into_bytes()).await;
                }));
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.lock().await.flush().await
    }
}

/// A message, with what was seen in its text.
fn read(text: &[u8]) -> Result<Received, Malformed> {
    if let Some(malformed) = Malformed::of_readable(text) {
        return Err(malformed);
    }
    let lost = lost_arguments(text);
    let message = serde_json::from_slice(&readable(text, &lost));
    let mut message: Received = message.map_err(|_| Malformed::of(text))?;
    if let Received::Request(request) = &mut message {
        request.request.extensions_mut().insert(lost);
    }
    Ok(message)
}
