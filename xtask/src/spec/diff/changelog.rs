//! The fragment of CHANGELOG.md that an update of the document asks for, in words of our own.

use std::collections::BTreeMap;

use super::report::{Report, Rust};
use super::semver::{RustChange, What};
use super::surface::Kind;

/// How many names a line lists before it counts the rest.
const LISTED: usize = 8;

/// How wide a line is.
const WIDTH: usize = 116;

/// The lines of the fragment; none when programs do not see the difference.
pub(super) fn fragment(report: &Report) -> Vec<String> {
    let Rust::Compared { changes, .. } = &report.rust else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let (was, is) = &report.comparison.versions;
    let added = |kind: Kind| {
        let of_kind = changes
            .iter()
            .filter(move |change| change.kind == kind && change.what == What::Added);
        of_kind
            .map(|change| change.path.as_str())
            .collect::<Vec<_>>()
    };
    let methods: Vec<String> = added(Kind::Method).into_iter().filter_map(call).collect();
    let nouns: Vec<String> = added(Kind::Module).into_iter().map(last).collect();
    let deliveries: Vec<String> = added(Kind::Variant)
        .into_iter()
        .filter(|path| path.contains("::WebhookEvent::"))
        .map(last)
        .collect();
    if was != is {
        lines.push(format!("- Lago's API {is}, from {was}."));
    }
    if !nouns.is_empty() {
        lines.push(format!("- New nouns: {}.", listed(&nouns)));
    }
    if !methods.is_empty() {
        lines.push(format!("- New calls: {}.", listed(&methods)));
    }
    if !deliveries.is_empty() {
        lines.push(format!(
            "- New deliveries: `WebhookEvent::` {}.",
            listed(&deliveries)
        ));
    }
    for (kind, word) in [(Kind::Field, "fields"), (Kind::Variant, "values")] {
        let harmless = changes.iter().filter(|change| {
            change.kind == kind && change.what == What::Added && change.breaks.is_none()
        });
        let grouped = by_owner(harmless.filter(|change| !change.path.contains("::WebhookEvent::")));
        if !grouped.is_empty() {
            lines.push(format!("- New {word}: {}.", grouped.join("; ")));
        }
    }
    let deprecated: Vec<String> = changes
        .iter()
        .filter(|change| change.what == What::Deprecated)
        .map(|change| short(&change.path))
        .collect();
    if !deprecated.is_empty() {
        lines.push(format!("- Deprecated: {}.", listed(&deprecated)));
    }
    let mut breaking: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.breaks.is_some()) {
        let owner = super::surface::owner(&change.path).unwrap_or_default();
        breaking
            .entry(short(owner))
            .or_default()
            .push(broken(change));
    }
    for (owner, said) in breaking {
        let owner = if owner.is_empty() {
            String::new()
        } else {
            format!("`{owner}`: ")
        };
        lines.push(format!("- Breaking: {owner}{}.", said.join("; ")));
    }
    lines.into_iter().flat_map(|line| wrapped(&line)).collect()
}

/// What breaks, as it follows the name of its owner.
fn broken(change: &RustChange) -> String {
    let name = match change.path.split_once(": ") {
        Some((_, name)) => name.to_owned(),
        None => last(&change.path),
    };
    match (&change.what, change.kind) {
        (What::Removed, kind) => format!("the {} `{name}` is gone", kind.word()),
        (What::Added, _) => format!("`{name}` has to be given"),
        (What::Changed(was, is), Kind::Output) => format!("returns `{is}`, no longer `{was}`"),
        (What::Changed(was, is), _) => format!("`{name}` is `{is}`, was `{was}`"),
        (What::Deprecated, _) => format!("`{name}` is deprecated"),
    }
}

/// Names of owners with what is new in them.
fn by_owner<'c>(changes: impl Iterator<Item = &'c RustChange>) -> Vec<String> {
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for change in changes {
        if let Some(owner) = super::surface::owner(&change.path) {
            owners
                .entry(short(owner))
                .or_default()
                .push(last(&change.path));
        }
    }
    owners
        .into_iter()
        .map(|(owner, names)| format!("`{owner}` {}", listed(&names)))
        .collect()
}

/// `resources::plans::Plans::list()` as `plans().list()`; none of setters and constructors.
fn call(path: &str) -> Option<String> {
    let rest = path.strip_prefix("lago_client::resources::")?;
    let mut parts = rest.split("::");
    let (module, owner, method) = (parts.next()?, parts.next()?, parts.next()?);
    // The methods of an accessor, not the settings of a request, whose type is that of a call.
    let is_accessor = owner
        .to_lowercase()
        .starts_with(&module.replace('_', "").replace("r#", ""));
    is_accessor.then(|| format!("{module}: {method}"))
}

/// A path without what every path begins with.
pub(super) fn short(path: &str) -> String {
    path.replace("lago_client::resources::", "")
        .replace("lago_client::", "")
        .replace("lago_types::", "")
}

fn last(path: &str) -> String {
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().checked_sub(LISTED) {
        Some(more) if more > 0 => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}

/// A line of a list, broken as the file has it.
fn wrapped(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].trim().is_empty() && lines[last].len() + 1 + word.len() > WIDTH {
            lines.push(format!("  {word}"));
        } else {
            let space = if lines[last].is_empty() { "" } else { " " };
            lines[last] += &format!("{space}{word}");
        }
    }
    lines
}
