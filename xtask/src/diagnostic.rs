//! What a person reads when a document, an overlay entry or a name is wrong.

use std::fmt;

/// One problem: where it is, what is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// The file as the person named it.
    pub(crate) file: String,
    /// One-based line, when the problem has a place in the file.
    pub(crate) line: Option<usize>,
    /// RFC 6901 pointer to the node.
    pub(crate) pointer: Option<String>,
    /// What is wrong, in one sentence.
    pub(crate) message: String,
    /// What to do, in one sentence.
    pub(crate) advice: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(pointer) = &self.pointer {
            write!(
                f,
                "\n  at {}",
                if pointer.is_empty() { "/" } else { pointer }
            )?;
        }
        write!(f, "\n  help: {}", self.advice)
    }
}

/// All the problems of one run: a person mends them in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostics(pub(crate) Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self(vec![one])
    }
}
