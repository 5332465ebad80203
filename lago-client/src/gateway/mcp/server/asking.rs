//! How a person is asked to agree, and whether an answer agrees.

use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationSchema, InputRequest,
    InputRequests, InputRequiredResult,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value;

use crate::gateway::confirm::LIFETIME;

/// Under which name a person's agreement is asked for and answered.
pub(super) const CONFIRM: &str = "confirm";

/// Asks a person by the response.
pub(super) fn round(question: String, state: String) -> InputRequiredResult {
    let request = InputRequest::Elicitation(ElicitRequest::new(form(question)));
    let requests = InputRequests::from([(CONFIRM.to_owned(), request)]);
    InputRequiredResult::new(Some(requests), Some(state))
}

/// Asks a person by a request. No answer is none that agrees.
pub(super) async fn ask(context: &RequestContext<RoleServer>, question: String) -> bool {
    let asking = context
        .peer
        .create_elicitation_with_timeout(form(question), Some(LIFETIME));
    let answer = tokio::select! {
        biased;
        () = context.ct.cancelled() => return false,
        answer = asking => answer,
    };
    let is_agreement =
        |answer: ElicitResult| serde_json::to_value(answer).is_ok_and(|answer| is_given(&answer));
    answer.is_ok_and(is_agreement)
}

fn form(message: String) -> ElicitRequestParams {
    let schema = ElicitationSchema::builder().required_bool_property(CONFIRM, |field| {
        field
            .title("Do it")
            .description("Nothing is done unless you agree")
    });
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema: schema.build_unchecked(),
    }
}

/// Whether a person agreed: accepted the form, and said yes in it.
pub(super) fn is_given(answer: &Value) -> bool {
    answer["action"] == "accept" && answer["content"][CONFIRM] == true
}
