//! What no published document has: it stands behind its feature, in files of its own, and changes nothing else.

use super::*;
use crate::regen::emit::Tree;
use crate::regen::emit::section::CONDITION;
use crate::sources;

/// The crates that people compile.
const CRATES: [&str; 2] = ["lago-client/src/", "lago-types/src/"];

/// The published code of a tree, without the lines that stand behind the feature.
fn published(tree: &Tree) -> Vec<(&str, Vec<&str>)> {
    let files = tree.iter().filter(|(path, _)| {
        CRATES.iter().any(|folder| path.starts_with(folder)) && !path.contains("/unpublished/")
    });
    files
        .map(|(path, text)| {
            let mut lines = text.lines().filter(|line| !line.is_empty());
            let mut kept = Vec::new();
            while let Some(line) = lines.next() {
                if let Some(conditional) = line.trim_start().strip_prefix(CONDITION) {
                    // It stands before a statement, or is that of the line below.
                    if conditional.is_empty() {
                        lines.next();
                    }
                } else if line.trim_start().starts_with("/// Fetch the XML file of") {
                    // What makes such a file is not published, so that the function has a condition or does without.
                    lines.find(|line| *line == "    }");
                } else {
                    kept.push(line);
                }
            }
            (path.as_str(), kept)
        })
        .collect()
}

#[test]
fn what_is_published_is_the_same_without_what_is_not() {
    let workspace = crate::workspace().unwrap();
    let with = |is_meant: fn(&Source) -> bool| {
        let spec = sources::own(&workspace, sources::DOCUMENT).unwrap();
        let mut inputs = Inputs::new(spec, sources::data(&workspace).unwrap(), false);
        inputs.overlay.retain(is_meant);
        regen(&inputs).unwrap().tree
    };
    let whole = with(|_| true);
    let without = with(|source| !source.name.starts_with("xtask/overlay/unpublished_"));
    let (with_all, alone) = (published(&whole), published(&without));
    let paths = |files: &[(&str, Vec<&str>)]| {
        let paths = files.iter().map(|(path, _)| (*path).to_owned());
        paths.collect::<Vec<_>>()
    };
    assert_eq!(paths(&with_all), paths(&alone));
    for ((path, lines), (_, expected)) in with_all.iter().zip(&alone) {
        let first = lines
            .iter()
            .zip(expected)
            .find(|(line, other)| line != other);
        assert_eq!(first, None, "{path}");
        assert_eq!(lines.len(), expected.len(), "{path}");
    }
    let is_unpublished = |tree: &Tree| tree.keys().any(|path| path.contains("/unpublished/"));
    assert!(is_unpublished(&whole) && !is_unpublished(&without));
    let says_so = |text: &String| text.contains(CONDITION);
    assert!(!without.values().any(says_so));
}

/// Plans are published; the entries add what they do not know.
fn beside_plans(entries: &str) -> Result<Tree, String> {
    let spec = format!(
        "{HEAD}{USE}components:\n  schemas:\n    Plan: {{type: object, properties: {{code: {{type: string}}, kind: {{$ref: '#/components/schemas/Kind'}}}}}}\n    Kind: {{type: string, enum: [a, b]}}\n"
    );
    let mut inputs = inputs(&spec);
    inputs.overlay[0].text = format!("{SERVER}entries:\n{entries}");
    regen(&inputs)
        .map(|generated| generated.tree)
        .map_err(|problems| problems.to_string())
}

/// An operation with these facts, which responds with a reference to this schema.
fn operation(target: &str, id: &str, facts: &str, schema: &str) -> String {
    format!(
        "- {{target: '{target}', change: {{operation: {{operationId: {id}, {facts} responses: {{'200': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/{schema}'}}}}}}}}}}}}}}, why: w, evidence: live server}}\n"
    )
}

const SCHEMA: &str = "- {target: Card, change: {schema: {type: object, properties: {kind: {$ref: '#/components/schemas/Kind'}, plan: {$ref: '#/components/schemas/Plan'}}}}, why: w, evidence: live server}\n";

const SECOND: &str = "servers: [{url: 'https://api.example.com/api/v2'}], parameters: [{name: code, in: path, required: true, schema: {type: string}}],";

#[test]
fn an_added_operation_stands_behind_the_feature_with_the_types_that_only_it_uses() {
    let entries = [
        SCHEMA.to_owned(),
        operation("GET /cards/{code}", "findCard", SECOND, "Card"),
        operation("GET /plans/cards", "findCardOfPlans", "", "Card"),
    ];
    let tree = beside_plans(&entries.concat()).unwrap();
    let client = |file: &str| &tree[&format!("lago-client/src/generated/{file}")];
    let types = |file: &str| &tree[&format!("lago-types/src/generated/{file}")];
    for (text, expected) in [
        (
            client("operations.rs"),
            "    #[cfg(feature = \"unpublished\")]\n    row(\"findCard\", Get, \"/api/v2\", \"/cards/{code}\", ",
        ),
        (
            client("operations.rs"),
            "    #[cfg(feature = \"unpublished\")]\n    pub(crate) const FIND_CARD: ",
        ),
        (
            client("operations.rs"),
            "    row(\"findPlans\", Get, \"/api/v1\", \"/plans\", ",
        ),
        (
            client("mod.rs"),
            "#[cfg(feature = \"unpublished\")]\npub(crate) mod unpublished;",
        ),
        (client("unpublished/resources.rs"), "pub fn cards(&self)"),
        (client("unpublished/resources/plans.rs"), "impl Plans {"),
        (
            client("unpublished/resources/cards.rs"),
            "/// `GET /api/v2/cards/{code}`, not in the published document.",
        ),
        (
            client("unpublished/resources/cards.rs"),
            "promises nothing about it",
        ),
        (
            types("mod.rs"),
            "#[cfg(feature = \"unpublished\")]\nmod unpublished;",
        ),
        (types("unpublished/card.rs"), "pub struct Card {"),
        (types("unpublished/card.rs"), "use crate::{Kind, Plan};"),
        (types("enums.rs"), "pub enum Kind {"),
    ] {
        assert!(text.contains(expected), "{expected}\n---\n{text}");
    }
    for (text, unexpected) in [
        (client("resources.rs"), "cards"),
        (client("resources/plans.rs"), "Card"),
        (types("enums.rs"), "Card"),
        (client("example_responses.json"), "findCard"),
    ] {
        assert!(!text.contains(unexpected), "{unexpected}\n---\n{text}");
    }
}

#[test]
fn where_an_operation_is_has_to_be_known() {
    for servers in [
        "servers: [{url: 'https://api.example.com/'}],",
        "servers: [{url: 'https://api.example.com/api/v'}],",
        "servers: [{url: 'https://a.example.com/api/v2'}, {url: 'https://b.example.com/api/v2'}],",
    ] {
        let entry = operation("GET /plans/all", "findAll", servers, "Plan");
        let problems = beside_plans(&entry).unwrap_err();
        assert!(
            problems.contains("the client cannot tell where") && problems.contains("`/api/`"),
            "{problems}"
        );
    }
}

#[test]
fn an_operation_describes_what_its_path_takes() {
    let entry = operation("GET /plans/{code}", "findPlan", "", "Plan");
    let mut inputs = inputs(&format!(
        "{HEAD}{USE}components:\n  schemas:\n    Plan: {{type: object, properties: {{code: {{type: string}}}}}}\n"
    ));
    inputs.overlay[0].text = format!("{SERVER}entries:\n{entry}");
    inputs.strict = true;
    let problems = regen(&inputs).unwrap_err().to_string();
    assert!(
        problems.contains("does not describe the parameter `code` of its path"),
        "{problems}"
    );
}
