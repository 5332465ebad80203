//! Finding tools by words, for agents that are not told of all of them.

use super::tools::Tool;

/// How much a word counts where it stands.
const IN_NAME: u32 = 8;
const IN_TITLE: u32 = 4;
const IN_DESCRIPTION: u32 = 1;

/// Words that say nothing of what is meant.
const FILLING: [&str; 14] = [
    "a", "all", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
];

/// The tools that a query means, the best first and at most so many. Equal ones keep the order in which they came, so
/// that the same query has the same answer.
pub(crate) fn search(
    tools: impl IntoIterator<Item = &'static Tool>,
    query: &str,
    most: usize,
) -> Vec<&'static Tool> {
    let says_something = |word: &String| !FILLING.contains(&word.as_str());
    let asked: Vec<String> = words(query).filter(says_something).collect();
    let mut found: Vec<(u32, &'static Tool)> = tools
        .into_iter()
        .map(|tool| (score(tool, &asked), tool))
        .filter(|(score, _)| *score > 0)
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.truncate(most);
    found.into_iter().map(|(_, tool)| tool).collect()
}

/// What the words of a query that a tool has count together. That it has all of them counts more than any of them, and
/// a word of its name that nobody asked for counts against it.
fn score(tool: &Tool, asked: &[String]) -> u32 {
    let places = [
        (IN_NAME, tool.name),
        (IN_TITLE, tool.title),
        (IN_DESCRIPTION, tool.description),
    ];
    let places = places.map(|(weight, text)| (weight, words(text).collect::<Vec<_>>()));
    let of_word = |word: &String| {
        let in_place = |(weight, there): &(u32, Vec<String>)| match there {
            there if there.contains(word) => 2 * weight,
            there if there.iter().any(|other| other.starts_with(word.as_str())) => *weight,
            _ => 0,
        };
        places.iter().map(in_place).max().unwrap_or(0)
    };
    let scores: Vec<u32> = asked.iter().map(of_word).collect();
    let found = scores.iter().filter(|score| **score > 0).count();
    let whole = match found == asked.len() {
        true => 4 * IN_NAME,
        false => 0,
    };
    let (_, name) = &places[0];
    let besides = name.iter().filter(|word| !asked.contains(word)).count() as u32;
    match found {
        0 => 0,
        _ => (scores.iter().sum::<u32>() + whole)
            .saturating_sub(besides)
            .max(1),
    }
}

/// The words of a text in lower case, one thing and many of it alike.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| singular(word.to_lowercase()))
}

fn singular(mut word: String) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_and_one_are_the_same_word() {
        let all: Vec<String> =
            words("List_the billing-entities, fees & Invoices as address").collect();
        assert_eq!(
            all,
            [
                "list", "the", "billing", "entity", "fee", "invoice", "as", "address"
            ]
        );
    }
}
