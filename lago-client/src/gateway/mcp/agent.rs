//! What comes of an agent's call, whatever it came by: which tool is meant, whether it may be called, whether a person
//! has agreed, and what the agent reads of the outcome.

use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::compact::{self, Meant};
use super::listing::{self, FIELDS, Listed};
use crate::client::Client;
use crate::error::Error;
use crate::gateway::choice::{Choice, NotOffered, reads};
use crate::gateway::confirm::{self, Confirmations};
use crate::gateway::fingerprint::Fingerprint;
use crate::gateway::log::say;
use crate::gateway::lost::{Lost, What};
use crate::gateway::progress::{self, Progress};
use crate::gateway::proof::is_of_lago;
use crate::gateway::results::{self, Answer, Fields, Look};
use crate::gateway::tools::{self, Tool};
use crate::raw::RawRequest;
use crate::response::Response;

/// Answers calls of agents.
#[derive(Debug)]
pub(super) struct Agent {
    choice: Choice,
    is_compact: bool,
    /// A call that needs the agreement of a person is made without it where nobody can be asked.
    is_unconfirmed: bool,
    confirmations: Confirmations,
}

/// Whose call it is.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// With the key of the caller.
    pub(super) client: Client,
    /// Tells callers with different keys apart.
    pub(super) fingerprint: Fingerprint,
}

/// A call of a tool.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Map<String, Value>,
    /// What was lost of the arguments when they were read, by where it stands in them.
    pub(super) lost: Vec<Lost>,
    /// What a person said who was asked, if anybody was.
    pub(super) consent: Option<Consent>,
    /// Whether the client can ask a person.
    pub(super) can_ask: bool,
}

/// What a person said who was asked.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    /// What [`Reply::Ask`] gave.
    pub(super) state: String,
    pub(super) is_given: bool,
}

/// What comes of a call.
#[derive(Debug)]
pub(super) enum Reply {
    Answer(Answer),
    /// A person has to agree; the call comes again with what it said.
    Ask {
        question: String,
        state: String,
    },
    /// A person would have to agree, and the client cannot ask one.
    NobodyToAsk(String),
    /// There is no such tool; the text is for whoever wrote the call.
    Unknown(String),
}

/// A call that may be made.
struct Prepared {
    tool: &'static Tool,
    /// Those that are sent.
    arguments: Map<String, Value>,
    /// What the agent wants of the response.
    fields: Option<Fields>,
    request: RawRequest,
}

/// What came of a call that was made.
type Outcome = Result<Response<Bytes>, Error>;

impl Agent {
    pub(super) fn new(choice: Choice, is_compact: bool, is_unconfirmed: bool) -> Self {
        Self {
            choice,
            is_compact,
            is_unconfirmed,
            confirmations: Confirmations::default(),
        }
    }

    /// The tools that agents are told of.
    pub(super) fn tools(&self) -> Vec<Listed> {
        match self.is_compact {
            true => compact::tools(&self.choice),
            false => listing::of_operations(&self.choice),
        }
    }

    /// Whether there are a few tools in place of one for each operation.
    pub(super) fn is_compact(&self) -> bool {
        self.is_compact
    }

    /// Whether anything can be changed.
    pub(super) fn allows_writes(&self) -> bool {
        self.choice.allows_writes()
    }

    /// What comes of a call. When `cancelled` is ready nobody waits for it any more: a call that only reads ends, one
    /// that changes something goes on to its end, because nobody could say what came of it otherwise.
    pub(super) async fn call(
        &self,
        caller: &Caller,
        call: Call,
        progress: &Progress,
        cancelled: impl Future<Output = ()> + Send,
    ) -> Reply {
        progress.say(&call.name);
        match self.prepared(caller, call, progress) {
            Ok(prepared) => Reply::Answer(self.made(prepared, progress, cancelled).await),
            Err(reply) => reply,
        }
    }

    /// A call that may be made, or what there is to say instead.
    fn prepared(
        &self,
        caller: &Caller,
        call: Call,
        progress: &Progress,
    ) -> Result<Prepared, Reply> {
        let lost = self.lost_of_tool(call.lost)?;
        let (tool, mut arguments) = self.meant(&call.name, call.arguments)?;
        if tool.name != call.name {
            progress.say(tool.name);
        }
        // The choice has left them out; this is what holds even if it had not.
        if !reads(tool) && !self.allows_writes() {
            return Err(refused(NotOffered::Writes(tool).to_string()));
        }
        let asked = Fingerprint::of_call(tool.name, &arguments);
        let question = confirm::question(tool, &arguments);
        let fields = match reads(tool) {
            true => arguments.remove(FIELDS),
            false => None,
        };
        let fields = fields.filter(|fields| !fields.is_null());
        let fields = fields.as_ref().map(Fields::read).transpose();
        let fields = fields.map_err(|why| refused(why.to_string()))?;
        results::with_page_size(tool, &mut arguments);
        let request = tool.request_of(arguments.clone(), &lost);
        let request = request.map_err(|why| refused(format!("Nothing was done: {why}")))?;
        if confirm::is_needed(tool) {
            let question = match question {
                Ok(question) => question,
                Err(why) if call.can_ask => return Err(refused(why)),
                // Nobody is asked.
                Err(_) => String::new(),
            };
            let agreed = self.agreed(caller, asked, question, call.consent, call.can_ask);
            agreed.inspect_err(|reply| {
                progress.say(match reply {
                    Reply::Ask { .. } => "asked",
                    _ => "unconfirmed",
                });
            })?;
        }
        Ok(Prepared {
            tool,
            arguments,
            fields,
            request: request.on(&caller.client),
        })
    }

    /// Makes a call, and says what came of it.
    async fn made(
        &self,
        prepared: Prepared,
        progress: &Progress,
        cancelled: impl Future<Output = ()> + Send,
    ) -> Answer {
        let Prepared {
            tool,
            arguments,
            fields,
            request,
        } = prepared;
        let sending = request.response();
        let mut cancelled = pin!(cancelled);
        let outcome = match reads(tool) {
            true => tokio::select! {
                biased;
                () = &mut cancelled => return Answer::refusal("It was cancelled. Nothing was done."),
                outcome = sending => outcome,
            },
            false if is_ready(cancelled.as_mut()).await => {
                return Answer::refusal("It was cancelled before it began. Nothing was done.");
            }
            false => {
                progress.begin_change(tool.name);
                sending.await
            }
        };
        let is_foreign = (outcome.as_ref())
            .is_ok_and(|response| !is_of_lago(Some(tool.operation), &response.value));
        note(progress, tool, &outcome, is_foreign);
        let mut answer = match &outcome {
            Ok(response) if is_foreign => results::foreign(tool, response, self.look(tool)),
            Ok(response) => results::succeeded(tool, &arguments, &response.value, fields.as_ref()),
            Err(error) => results::failed(tool, error, self.look(tool)),
        };
        if !reads(tool) && is_ready(cancelled).await {
            let went_on = "It was cancelled while it ran, and went on.";
            answer.note = format!("{went_on} {}", answer.note);
            say_what_came(tool, &outcome, is_foreign);
        }
        // Only now everything is noted.
        progress.end_change();
        answer
    }

    /// With which tool to look whether a call was executed.
    fn look(&self, tool: &Tool) -> Option<Look> {
        Look::after(tool, tools::all(), &self.choice)
    }

    fn meant(
        &self,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<(&'static Tool, Map<String, Value>), Reply> {
        if self.is_compact {
            return match compact::meant(&self.choice, name, arguments) {
                Some(Meant::Call(tool, arguments)) => Ok((tool, arguments)),
                Some(Meant::Answer(answer)) => Err(Reply::Answer(answer)),
                None => Err(unknown(name, "")),
            };
        }
        match self.choice.find(name) {
            Ok(tool) => Ok((tool, arguments)),
            Err(NotOffered::Unknown(question)) => Err(unknown(name, &question)),
            Err(refused) => Err(Reply::Answer(Answer::refusal(refused.to_string()))),
        }
    }

    /// What was lost, by where it stands in the arguments of the tool that is meant. Outside of them a call is refused where
    /// it may mean two things.
    fn lost_of_tool(&self, lost: Vec<Lost>) -> Result<Vec<Lost>, Reply> {
        if !self.is_compact {
            return Ok(lost);
        }
        let mut within = Vec::new();
        for mut lost in lost {
            match lost.pointer.strip_prefix(compact::TO_ARGUMENTS) {
                Some(pointer) if pointer.starts_with('/') => {
                    lost.pointer = pointer.to_owned();
                    within.push(lost);
                }
                _ if lost.what == What::Value => {
                    let pointer = lost.pointer;
                    let why = format!(
                        "Nothing was done: `{pointer}` is given more than once: give one value."
                    );
                    return Err(refused(why));
                }
                // A number is none of the arguments of the four tools.
                _ => {}
            }
        }
        Ok(within)
    }

    /// Whether a person has agreed to a call, or need not.
    fn agreed(
        &self,
        caller: &Caller,
        call: Fingerprint,
        question: String,
        consent: Option<Consent>,
        can_ask: bool,
    ) -> Result<(), Reply> {
        let now = Instant::now();
        if let Some(Consent { state, is_given }) = consent {
            let redeemed = self
                .confirmations
                .redeem(&state, call, caller.fingerprint, now);
            return match redeemed {
                Ok(()) if is_given => Ok(()),
                Ok(()) => Err(refused(
                    "The person who was asked did not agree. Nothing was done; do not try again unless asked to."
                        .to_owned(),
                )),
                Err(why) => Err(refused(why.to_string())),
            };
        }
        match (can_ask, self.is_unconfirmed) {
            (true, _) => {
                let state = self.confirmations.ask(call, caller.fingerprint, now);
                Err(Reply::Ask { question, state })
            }
            (false, true) => Ok(()),
            (false, false) => Err(Reply::NobodyToAsk(
                "A person has to agree to this, and this client cannot ask one (elicitation; over HTTP since protocol \
                 2026-07-28). Nothing was done. No argument can confirm it: whoever runs the server can allow it \
                 without asking (--unconfirmed)."
                    .to_owned(),
            )),
        }
    }
}

/// Says in the log what came of a call for which its client does not wait any more.
fn say_what_came(tool: &Tool, outcome: &Outcome, is_foreign: bool) {
    let came = match outcome {
        Ok(_) if is_foreign => "it may have been done: the response is not Lago's".to_owned(),
        Ok(response) => format!("it ended with {}", response.status.as_u16()),
        Err(error) if error.is_ambiguous() => format!("it may have been done: {error}"),
        Err(error) => format!("nothing was done: {error}"),
    };
    let name = tool.name;
    say(&format_args!("{name} was cancelled while it ran; {came}"));
}

fn refused(note: String) -> Reply {
    Reply::Answer(Answer::refusal(note))
}

/// Whether something is ready, without waiting for it.
async fn is_ready(mut work: Pin<&mut impl Future<Output = ()>>) -> bool {
    std::future::poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx).is_ready())).await
}

/// Notes what came of a call.
fn note(progress: &Progress, tool: &Tool, outcome: &Outcome, is_foreign: bool) {
    let (status, attempts) = match outcome {
        Ok(response) => (Some(response.status), response.attempts),
        Err(error) => (error.status(), error.attempts()),
    };
    progress.set_attempts(attempts);
    match status {
        Some(status) => progress.say(status.as_str()),
        None => progress.say("no-response"),
    }
    let is_in_doubt = is_foreign || outcome.as_ref().is_err_and(Error::is_ambiguous);
    if !reads(tool) && is_in_doubt {
        progress.say(progress::AMBIGUOUS);
    }
}

/// Says that there is no such tool, without giving back a name of any length.
fn unknown(name: &str, question: &str) -> Reply {
    let shown: String = name.chars().take(100).collect();
    Reply::Unknown(format!("there is no tool `{shown}`.{question}"))
}
