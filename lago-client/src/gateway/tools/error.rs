//! What is wrong with arguments.

use std::fmt;

/// How many problems are told; whoever has more than that begins anew.
const MOST: usize = 20;

/// Arguments that a tool does not take. Nothing was sent.
///
/// Its text names each place and what would be right there, and no values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentError {
    /// The tool.
    pub tool: &'static str,
    /// All that is wrong, at least one.
    pub problems: Vec<Problem>,
}

/// Something that is wrong with arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where, as a JSON pointer into the arguments: `/charges/0/properties`; empty for the arguments as a whole.
    pub pointer: String,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl Problem {
    pub(super) fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "{}", self.message),
            pointer => write!(f, "`{pointer}` {}", self.message),
        }
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` was not called, because of its arguments:",
            self.tool
        )?;
        for problem in self.problems.iter().take(MOST) {
            write!(f, "\n- {problem}")?;
        }
        match self.problems.len().saturating_sub(MOST) {
            0 => Ok(()),
            more => write!(f, "\n- and {more} more"),
        }
    }
}

impl std::error::Error for ArgumentError {}
