//! Findings as people and as programs read them.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Finding, Rule, Severity};
use crate::yaml::read::Document;
use crate::yaml::spans::Spans;

/// A document with its text, to point into.
pub(crate) struct Shown<'t> {
    document: &'t Document,
    text: &'t str,
    /// None where the parser takes the text only with changes.
    spans: Option<Spans>,
}

impl<'t> Shown<'t> {
    pub(crate) fn new(document: &'t Document, text: &'t str) -> Self {
        Self {
            document,
            text,
            spans: Spans::of(text).ok(),
        }
    }

    /// The finding with the lines that it is about.
    pub(crate) fn text(&self, finding: &Finding) -> String {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let at = self.line_of(&finding.pointer);
        let mut places = vec![(at, AnnotationKind::Primary, String::new())];
        if let Some((beside, what)) = &finding.beside {
            places.push((self.line_of(beside), AnnotationKind::Context, what.clone()));
        }
        let mut report = level
            .primary_title(finding.message.clone())
            .id(finding.rule)
            .elements(std::iter::empty::<
                Snippet<'_, annotate_snippets::Annotation<'_>>,
            >());
        for (place, kind, label) in places {
            let label = (!label.is_empty()).then_some(label);
            let snippet = Snippet::source(place.line)
                .line_start(place.number)
                .path(self.document.name())
                .annotation(kind.span(place.within).label(label));
            report = report.element(snippet);
        }
        report = report
            .element(Level::NOTE.message(format!("at {}", finding.address)))
            .element(Level::HELP.message(finding.help.clone()));
        let rendered = Renderer::plain().render(&[report]);
        format!("{rendered}\n")
    }

    /// The finding as one object.
    pub(crate) fn json(&self, finding: &Finding) -> Value {
        let place = self.line_of(&finding.pointer);
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        json!({
            "rule": finding.rule,
            "severity": severity,
            "file": self.document.name(),
            "line": place.number,
            "column": place.within.start + 1,
            "address": finding.address,
            "pointer": finding.pointer,
            "message": finding.message,
            "help": finding.help,
            "beside": finding.beside.as_ref().map(|(pointer, what)| json!({
                "line": self.line_of(pointer).number, "pointer": pointer, "what": what,
            })),
        })
    }

    /// The first line of a node.
    fn line_of(&self, pointer: &str) -> Line<'t> {
        let found = self.spans.as_ref().and_then(|spans| {
            let whole = spans.nearest(pointer)?.whole();
            let start = self.text[..whole.start].rfind('\n').map_or(0, |at| at + 1);
            let line = self.text[start..].lines().next().unwrap_or_default();
            let end = whole.end.min(start + line.len()).max(whole.start);
            Some(Line {
                number: self.text[..start].matches('\n').count() + 1,
                line,
                within: whole.start - start..end - start,
            })
        });
        found.unwrap_or_else(|| {
            let number = self.document.line(pointer).unwrap_or(1);
            let line = self.text.lines().nth(number - 1).unwrap_or_default();
            let start = line.len() - line.trim_start().len();
            Line {
                number,
                line,
                within: start..line.len(),
            }
        })
    }
}

struct Line<'t> {
    number: usize,
    line: &'t str,
    within: std::ops::Range<usize>,
}

/// What a rule is about.
pub(crate) fn explained(rule: &Rule) -> String {
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!(
        "{} ({severity})\n\nFinds {}.\n\n{}",
        rule.id, rule.finds, rule.explanation
    )
}
