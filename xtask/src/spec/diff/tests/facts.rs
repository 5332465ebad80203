//! Nothing is overlooked: a second walk, which knows no rules, lists every fact of both documents, and each that
//! differs has a finding.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::finding::Place;
use super::super::{Comparison, Finding, Side, rules};
use super::reading::{Facts, facts, followed, keyed};
use crate::pointer::parse;

/// Whether a node is a schema or a map of names, and no value of a keyword.
fn is_schema(root: &Value, pointer: &str) -> bool {
    let node = root.pointer(pointer);
    let says = |key: &str| node.is_some_and(|node| node.get(key).is_some());
    ["type", "properties", "$ref", "allOf"]
        .into_iter()
        .any(says)
}

/// What findings say of one document.
struct Said {
    /// Places at which something differs, with the values that are told.
    at: BTreeMap<Vec<String>, Vec<String>>,
    /// Places of which all is said.
    below: BTreeSet<Vec<String>>,
}

impl Said {
    fn new((root, elsewhere): (&Value, &Value), findings: &[Finding], old: bool) -> Self {
        let (mut at, mut below) = (BTreeMap::<_, Vec<String>>::new(), BTreeSet::new());
        for finding in findings {
            let (place, other, value) = match old {
                true => (&finding.old, &finding.new, &finding.before),
                false => (&finding.new, &finding.old, &finding.after),
            };
            let Some(place) = place else { continue };
            let path = keyed(root, &place.pointer);
            // A keyword that the other side has not came or went with all that is in it.
            let keyword = place
                .pointer
                .rsplit_once('/')
                .map_or("", |(_, keyword)| keyword);
            let is_alone = other.as_ref().is_none_or(|other| {
                let there = format!("{}/{keyword}", other.pointer);
                !other.pointer.ends_with(&format!("/{keyword}"))
                    && elsewhere.pointer(&there).is_none()
            });
            let holds = !keyword.is_empty() && !is_schema(root, &place.pointer);
            if other.is_none() || finding.rule.whole || is_alone && holds {
                below.insert(path.clone());
            }
            at.entry(path)
                .or_default()
                .extend(value.iter().map(Value::to_string));
        }
        Self { at, below }
    }

    /// Whether a fact is told: at its place, by what holds it, or by something larger that came, went or was
    /// replaced as a whole.
    fn covers(&self, fact: &[String], value: &str) -> bool {
        if (0..=fact.len()).any(|end| self.below.contains(&fact[..end])) {
            return true;
        }
        let has = |path: &[String]| self.at.contains_key(path);
        let told = |path: &[String]| {
            self.at
                .get(path)
                .is_some_and(|values| values.iter().any(|told| told == value))
        };
        let (Some(last), holder) = (fact.last(), &fact[..fact.len().saturating_sub(1)]) else {
            return false;
        };
        let listed = match holder.last().map(String::as_str) {
            // A value of a list is told with the list.
            Some("enum" | "tags") => told(holder),
            Some("type") => has(holder) || has(&holder[..holder.len() - 1]),
            // What is required is told of the property, or as the name.
            Some("required") => {
                let name: String = serde_json::from_str(last).unwrap_or_default();
                let mut property = holder[..holder.len() - 1].to_vec();
                property.extend(["properties".to_owned(), name]);
                has(&property)
            }
            _ => false,
        };
        if let [paths, _, part, ..] = fact
            && paths == "paths"
            && part == "parameters"
        {
            // What is said of a whole path came or went with its operations, or with another name of it.
            let whole = |at: &&Vec<String>| at.len() == 3 && at[..2] == fact[..2];
            let by_name = last == "name" && self.at.keys().any(|at| whole(&at));
            if self.below.iter().any(|at| whole(&at)) || by_name {
                return true;
            }
        }
        // Requirements of security are lists of maps of lists.
        let inside = fact
            .iter()
            .position(|part| part == "security" || part == "discriminator");
        let inside = inside.is_some_and(|at| has(&fact[..=at]));
        listed || inside || has(fact) || has(&unwrapped(holder)) || has(holder)
    }

    /// Whether an empty map or list is what is left when all that the other side had in it went.
    fn emptied(&self, path: &[String], value: &str, base: &[String]) -> bool {
        let place: Vec<String> = base.iter().chain(path).cloned().collect();
        let inside = |at: &Vec<String>| at.len() > place.len() && at.starts_with(&place);
        matches!(value, "{}" | "[]") && (self.at.keys().any(inside) || self.at.contains_key(&place))
    }
}

/// The schema around one that is only there to be null, or to be annotated.
fn unwrapped(path: &[String]) -> Vec<String> {
    let mut path = path.to_vec();
    while let [.., wrapper, _] = &path[..]
        && matches!(wrapper.as_str(), "oneOf" | "anyOf" | "allOf")
    {
        path.truncate(path.len() - 2);
    }
    path
}

/// The facts that differ, and those of them without a finding.
pub(super) fn overlooked(old: &Side, new: &Side, comparison: &Comparison) -> (usize, Vec<String>) {
    let findings = &comparison.findings;
    let said = [
        Said::new((&old.root, &new.root), findings, true),
        Said::new((&new.root, &old.root), findings, false),
    ];
    let moves = moves(old, new, findings);
    // What moved, or is written otherwise, is compared where it is now and as what it is.
    let gone: BTreeSet<Vec<String>> = moves.iter().map(|one| keyed(&old.root, &one.was)).collect();
    let came: BTreeSet<Vec<String>> = moves.iter().map(|one| keyed(&new.root, &one.is)).collect();
    let names: BTreeMap<&str, &str> = moves.iter().filter_map(Move::reference).collect();
    let mut differing = 0;
    let mut missed = BTreeSet::new();
    for one in &moves {
        let renamed = |part: &String| {
            let own = one.names.get(part).map(String::as_str);
            let known = names.get(part.as_str()).copied().or(own);
            known.map_or_else(|| part.clone(), str::to_owned)
        };
        let plain = |value: &str| renamed(&value.trim_matches('"').to_owned());
        let inner = |place: &[String], places: &BTreeSet<Vec<String>>, base: &[String]| {
            (1..=place.len()).any(|end| places.contains(&place[..end]) && place[..end] != *base)
        };
        let base = (keyed(&old.root, &one.was), keyed(&new.root, &one.is));
        let (was, is) = (followed(&old.root, &one.was), followed(&new.root, &one.is));
        let at = |base: Vec<String>, path: &[String]| {
            base.into_iter()
                .chain(path.iter().cloned())
                .collect::<Vec<_>>()
        };
        let olds: Facts = facts(&old.root, &was, one.merges)
            .into_iter()
            .map(|(path, fact)| (path.iter().map(renamed).collect(), fact))
            .collect();
        let news = facts(&new.root, &is, one.merges);
        for (path, (place, before)) in &olds {
            let after = news.get(path).map(|(_, value)| value);
            if after.is_some_and(|after| plain(after) == plain(before))
                || inner(place, &gone, &base.0)
                || inner(&at(keyed(&old.root, &was), path), &gone, &base.0)
            {
                continue;
            }
            differing += 1;
            if after.is_none()
                && !said[0].covers(place, before)
                && !said[0].covers(&at(keyed(&old.root, &was), path), before)
                && !said[0].covers(&at(base.0.clone(), path), before)
                && !said[1].emptied(path, before, &base.1)
            {
                missed.insert(format!("old {}", place.join("/")));
            }
        }
        for (path, (place, after)) in &news {
            let before = olds.get(path).map(|(_, value)| value);
            if before.is_some_and(|before| plain(after) == plain(before))
                || inner(place, &came, &base.1)
                || inner(&at(keyed(&new.root, &is), path), &came, &base.1)
            {
                continue;
            }
            differing += usize::from(before.is_none());
            if !said[1].covers(place, after)
                && !said[1].covers(&at(keyed(&new.root, &is), path), after)
                && !said[1].covers(&at(base.1.clone(), path), after)
                && !said[0].emptied(path, after, &base.0)
            {
                missed.insert(format!("new {}", place.join("/")));
            }
        }
    }
    (differing, missed.into_iter().collect())
}

/// Two places that are the same thing, by what the findings say.
struct Move {
    was: String,
    is: String,
    /// Whether members of `allOf` count as what holds them.
    merges: bool,
    /// Whether it is a component that is called otherwise.
    renames: bool,
    /// Parameters of the path that are called otherwise.
    names: BTreeMap<String, String>,
    references: (String, String),
}

impl Move {
    fn reference(&self) -> Option<(&str, &str)> {
        self.renames
            .then_some((self.references.0.as_str(), self.references.1.as_str()))
    }
}

/// The member of a choice or of `allOf` that a place, or the keyword at it, is of.
fn member(pointer: &str) -> Option<&str> {
    let is_member = |at: &&str| {
        let segments = parse(at);
        let holder = segments.iter().rev().nth(1).map(String::as_str);
        matches!(holder, Some("oneOf" | "anyOf" | "allOf"))
    };
    let holder = pointer.rsplit_once('/').map_or("", |(holder, _)| holder);
    [pointer, holder].into_iter().find(is_member)
}

/// A finding of what is in both documents, with its places.
fn places(finding: &Finding) -> Option<(&Place, &Place, &Finding)> {
    Some((finding.old.as_ref()?, finding.new.as_ref()?, finding))
}

fn moves(old: &Side, new: &Side, findings: &[Finding]) -> Vec<Move> {
    let of = |was: &str, is: &str, merges: bool, renames: bool| Move {
        was: was.to_owned(),
        is: is.to_owned(),
        merges,
        renames,
        names: BTreeMap::new(),
        references: (format!("#{was}"), format!("#{is}")),
    };
    let mut moves = vec![of("", "", false, false)];
    let envelopes: Vec<(&str, &str)> = findings
        .iter()
        .filter_map(places)
        .filter(|(.., finding)| {
            finding.rule == &rules::WRAPPED_IN_PROPERTY
                || finding.rule == &rules::UNWRAPPED_FROM_PROPERTY
        })
        .map(|(was, is, _)| (was.pointer.as_str(), is.pointer.as_str()))
        .collect();
    for (was, is, finding) in findings.iter().filter_map(places) {
        let (was, is) = (
            was.pointer.trim_end_matches("/$ref"),
            is.pointer.trim_end_matches("/$ref"),
        );
        if let (Some(before), Some(after)) = (member(was), member(is))
            && keyed(&old.root, before) != keyed(&new.root, after)
        {
            // Without a name, a member goes by its type, which may be what differs.
            moves.push(of(before, after, false, false));
        }
        if finding.rule == &rules::COMPONENT_RENAMED {
            moves.push(of(was, is, false, true));
        } else if finding.rule == &rules::PATH_PARAMETER_RENAMED && was.ends_with("/name") {
            // Said of the parameter; the path has it, too.
        } else if finding.rule == &rules::PATH_PARAMETER_RENAMED {
            let whole = |at: &str| at.rsplit_once('/').map_or("", |(path, _)| path).to_owned();
            let mut path = of(&whole(was), &whole(is), false, false);
            let names = findings
                .iter()
                .filter(|other| other.rule == &rules::PATH_PARAMETER_RENAMED);
            for other in names {
                if let (Some(Value::String(before)), Some(Value::String(after))) =
                    (&other.before, &other.after)
                {
                    path.names
                        .insert(format!("path:{before}"), format!("path:{after}"));
                }
            }
            moves.push(path);
        }
        // What stands in an envelope is not what held it.
        let is_envelope = envelopes.iter().any(|(old, new)| *old == was || *new == is);
        let is_form =
            finding.rule == &rules::RESTRUCTURED && !was.ends_with("/security") && !is_envelope;
        let is_move = finding.rule == &rules::REFERENCE_CHANGED && !is_envelope
            || finding.rule == &rules::WRAPPED_IN_PROPERTY
            || finding.rule == &rules::UNWRAPPED_FROM_PROPERTY;
        if is_form || is_move {
            moves.push(of(was, is, true, false));
        }
    }
    // What is written otherwise is compared as what it is, and in no other way.
    let merging: BTreeSet<(String, String)> = moves
        .iter()
        .filter(|one| one.merges)
        .map(|one| (one.was.clone(), one.is.clone()))
        .collect();
    moves.retain(|one| one.merges || !merging.contains(&(one.was.clone(), one.is.clone())));
    moves
}
