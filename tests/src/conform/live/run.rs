//! A whole check: what is made, what is read, what is taken away.

use chrono::Utc;
use lago_client::Method;

use super::findings::Findings;
use super::lifecycle::Lifecycle;
use super::plan::Plan;
use super::session::Session;
use super::settings::{LiveError, Progress, Settings, Stop};

/// Checks a server. `tell` hears of each call before it is made.
///
/// # Errors
///
/// The server does not respond at all, or refuses the key; a recording cannot be written. What was made
/// by then is taken away all the same.
pub async fn check(
    settings: &Settings,
    stop: &Stop,
    tell: &mut dyn FnMut(Progress<'_>),
) -> Result<Findings, LiveError> {
    let mut session = Session::start(settings).await?;
    let mut plan = Plan::new(session.replayer.operations(), Utc::now().date_naive());
    let mut lifecycle = settings.write.as_deref().map(Lifecycle::new);
    let mut done = 0;
    let mut tell = |call: &'static str, waiting| {
        tell(Progress {
            call,
            done,
            waiting,
        });
        done += 1;
    };
    let swept = async {
        // The first call tells whether there is a server, so it makes nothing.
        ask(&mut session, &mut plan, &mut tell).await?;
        if let Some(lifecycle) = &mut lifecycle {
            lifecycle.make(&mut session, stop, &mut tell).await?;
        }
        while !stop.is_asked() && !session.is_gone() {
            if !ask(&mut session, &mut plan, &mut tell).await? {
                break;
            }
        }
        Ok(())
    };
    let swept = swept.await;
    let left_behind = match lifecycle {
        Some(lifecycle) => lifecycle.take_away(&mut session, &mut tell).await,
        None => Vec::new(),
    };
    if let Err(error) = swept {
        return match left_behind.as_slice() {
            [] => Err(error),
            left => Err(LiveError::Setup(format!(
                "{error}\nleft behind:\n{}",
                left.join("\n")
            ))),
        };
    }
    let incomplete = match () {
        () if stop.is_asked() => Some("it was stopped"),
        () if session.is_gone() => Some("the server stopped responding"),
        () => None,
    };
    let is_done = incomplete.is_none();
    let mut findings = session.ledger.findings(|operation| match is_done {
        _ if operation.method != Method::Get => None,
        true => Some(plan.lacks(operation)),
        false => Some("the check ended before".to_owned()),
    });
    findings.left_behind = left_behind;
    findings.incomplete = incomplete.map(str::to_owned);
    Ok(findings)
}

/// Makes the next call of the sweep; false when there is none.
async fn ask(
    session: &mut Session,
    plan: &mut Plan,
    tell: &mut dyn FnMut(&'static str, usize),
) -> Result<bool, LiveError> {
    let Some(step) = plan.next() else {
        return Ok(false);
    };
    tell(step.operation.resource, plan.waiting());
    let came = session
        .call(step.operation, &step.args, step.is_probe)
        .await?;
    if let Some(body) = came.success() {
        plan.saw(&step, body);
    }
    Ok(true)
}
