//! A sample of all faults, spread over their kinds and over what the API is about.

use std::collections::BTreeMap;

use super::{Fault, all, faulty};
use crate::diagnostic::Diagnostics;
use crate::regen::emit::Tree;
use crate::regen::names::{ident, words::singular};
use crate::regen::{Clock, Inputs, lower, regen};

/// What was drawn.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Faults from which code comes that is another than without them.
    pub(crate) drawn: Vec<Fault>,
    /// Faults that were drawn before others of their kinds and cannot be tried, with the reason.
    pub(crate) left_out: Vec<(Fault, String)>,
}

/// Every fault that can be, without looking what comes of it.
pub(crate) fn listed(inputs: &Inputs) -> Result<Vec<Fault>, Diagnostics> {
    let mut prepared = lower(inputs, &mut Clock::start())?;
    Ok(all(inputs, &mut prepared.api)?.concat())
}

/// As many faults as asked for, as many of each kind; the same for the same seed.
pub(crate) fn sample(inputs: &Inputs, size: usize, seed: u64) -> Result<Sample, Diagnostics> {
    let mut prepared = lower(inputs, &mut Clock::start())?;
    let mut kinds = all(inputs, &mut prepared.api)?;
    let right = code(&regen(inputs)?.tree);
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    let mut sample = Sample {
        drawn: Vec::new(),
        left_out: Vec::new(),
    };
    for faults in &mut kinds {
        dice.shuffle(faults);
    }
    while sample.drawn.len() < size && kinds.iter().any(|faults| !faults.is_empty()) {
        for faults in &mut kinds {
            if sample.drawn.len() == size {
                break;
            }
            while let Some(fault) = rarest(faults, &used) {
                match faulty(inputs, &fault) {
                    Ok((generated, _)) if code(&generated.tree) == right => sample
                        .left_out
                        .push((fault, "the code is the same".to_owned())),
                    Ok(_) => {
                        *used.entry(noun(&fault.address)).or_default() += 1;
                        sample.drawn.push(fault);
                        break;
                    }
                    Err(Diagnostics(why)) => {
                        let why = why.first().map(|one| one.message.clone());
                        sample.left_out.push((fault, why.unwrap_or_default()));
                    }
                }
            }
        }
    }
    Ok(sample)
}

/// Takes the first of the faults whose noun has been drawn least.
fn rarest(faults: &mut Vec<Fault>, used: &BTreeMap<String, usize>) -> Option<Fault> {
    let times = |fault: &Fault| used.get(&noun(&fault.address)).copied().unwrap_or_default();
    let (index, _) = faults
        .iter()
        .enumerate()
        .min_by_key(|(_, fault)| times(fault))?;
    Some(faults.remove(index))
}

/// What a place is about: the first noun of a path, of the name of a type or of a webhook, or of an entry's file.
fn noun(address: &str) -> String {
    let last_word = || address.split(' ').nth(1).unwrap_or_default();
    let name = match address {
        _ if address.starts_with("xtask/") => {
            let file = address.split([' ', '.']).next().unwrap_or_default();
            file.rsplit('/').next().unwrap_or_default()
        }
        _ if address.starts_with("webhook ") => {
            last_word().split(['.', '_']).next().unwrap_or_default()
        }
        _ if address.contains(" /") => {
            let mut segments = last_word().split(['/', '?']);
            segments.find(|one| !one.is_empty()).unwrap_or_default()
        }
        _ => address,
    };
    let snake = ident::snake(name);
    singular(snake.split(['_', '.']).next().unwrap_or_default())
}

/// A tree without comments.
fn code(tree: &Tree) -> Tree {
    let without_comments = |text: &String| {
        let lines = text.lines();
        let code = lines.filter(|line| !line.trim_start().starts_with("//"));
        code.collect::<Vec<_>>().join("\n")
    };
    tree.iter()
        .map(|(path, text)| (path.clone(), without_comments(text)))
        .collect()
}
