//! Arguments of which nothing was lost when they were read.

use serde_json::{Map, Value};

use super::error::{ArgumentError, Problem};
use super::{Tool, ToolRequest, check};
use crate::gateway::lost::{Lost, What};

/// How much of a number is said, in characters.
const SHOWN: usize = 40;

impl Tool {
    /// The same as [`request`](Self::request), for arguments that were read from a text of which this was lost.
    ///
    /// # Errors
    ///
    /// Also where something was lost.
    pub(crate) fn request_of(
        &self,
        arguments: Map<String, Value>,
        lost: &[Lost],
    ) -> Result<ToolRequest, ArgumentError> {
        if lost.is_empty() {
            return self.request(arguments);
        }
        let problems = self.request(arguments.clone()).err();
        let mut problems = problems.map_or_else(Vec::new, |error| error.problems);
        let is_at = |problems: &[Problem], it: &Lost| {
            let mut problems = problems.iter();
            problems.any(|problem| problem.pointer == it.pointer)
        };
        let mut as_text = Value::Object(arguments);
        for it in lost {
            if let (Some(number), Some(place)) = (number(it), as_text.pointer_mut(&it.pointer)) {
                *place = number.into();
            }
        }
        let of_text = match &as_text {
            Value::Object(arguments) => check::problems(self, arguments),
            _ => Vec::new(),
        };
        for it in lost {
            // What is wrong with a number in any number of digits is said already.
            if number(it).is_none() || !is_at(&problems, it) {
                problems.push(problem(it, !is_at(&of_text, it)));
            }
        }
        Err(ArgumentError {
            tool: self.name,
            problems,
        })
    }
}

fn number(lost: &Lost) -> Option<&str> {
    match &lost.what {
        What::Digits(number) | What::Number(number) => Some(number),
        What::Value => None,
    }
}

/// What is wrong, and what would be right where it stands.
fn problem(lost: &Lost, may_be_text: bool) -> Problem {
    let right = |otherwise| match may_be_text {
        true => "give it as text, in quotes",
        false => otherwise,
    };
    let message = match &lost.what {
        What::Digits(number) => format!(
            "is {}, of which digits would be lost: {}",
            shown(number),
            right("give a number of fewer digits")
        ),
        What::Number(number) => format!(
            "is {}, which is further from zero than a number can be: {}",
            shown(number),
            right("give one that is nearer to zero")
        ),
        What::Value => "is given more than once: give one value".to_owned(),
    };
    Problem::at(lost.pointer.as_str(), message)
}

fn shown(number: &str) -> String {
    let mut shown: String = number.chars().take(SHOWN).collect();
    if shown.len() < number.len() {
        shown.push('…');
    }
    shown
}
