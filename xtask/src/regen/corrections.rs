//! What a document becomes before anything is generated from it: with the corrections of the overlay, and with words.

use serde_json::Value;

use super::Source;
use super::overlay::Overlay;
use super::wording::Wording;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// The overlay and the words of a workspace.
#[derive(Debug)]
pub(crate) struct Corrections {
    overlay: Overlay,
    wording: Wording,
}

impl Corrections {
    /// Reads both.
    pub(crate) fn parse(overlay: &[Source], words: &[Source]) -> Result<Self, Diagnostics> {
        Ok(Self {
            overlay: Overlay::parse(overlay)?,
            wording: Wording::parse(words)?,
        })
    }

    /// Applies them; returns how many places the overlay has changed, and what did not apply.
    pub(crate) fn apply(&self, root: &mut Value) -> (usize, Vec<Diagnostic>) {
        // What the overlay says of a place follows the words on it.
        let wordings = self.wording.begin(root);
        let (corrections, mut findings) = self.overlay.apply(root);
        findings.extend(wordings.end(root));
        (corrections, findings)
    }
}
