//! Names of a document as identifiers of Rust 2024.
//!
//! A document may call things as it likes: `type`, `2fa`, `größe`, nothing at all. Every name has
//! an identifier here, in ASCII, so that it can also be the name of a file. For plain names it is
//! the one that typify and progenitor choose; two names with one identifier are for the caller to
//! find.

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Strict and reserved words of edition 2024.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be raw identifiers.
const NEVER_RAW: [&str; 4] = ["crate", "self", "Self", "super"];

/// What a module of generated code may not be called: crates that the code beside it names, and
/// files that are always there.
const NO_MODULES: [&str; 14] = [
    "alloc",
    "chrono",
    "core",
    "enums",
    "lago_client",
    "lago_types",
    "reqwest",
    "schemars",
    "schemas",
    "serde",
    "serde_json",
    "std",
    "uuid",
    "webhook_events",
];

/// Whether Rust keeps the word for itself.
fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// A name as words of ASCII, which `heck` splits as it splits the name itself.
fn ascii(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for char in name.chars() {
        match char {
            '\'' => {}
            char if char.is_ascii_alphanumeric() || char == '_' => plain.push(char),
            char if char.is_alphanumeric() => {
                plain.push_str(&format!("-u{:x}-", u32::from(char)));
            }
            _ => plain.push('-'),
        }
    }
    plain
}

/// An identifier begins with a letter.
fn begun(words: String, prefix: char) -> String {
    match words.starts_with(|first: char| first.is_ascii_alphabetic()) {
        true => words,
        false => format!("{prefix}{words}"),
    }
}

/// The words of a name in snake case; they may be a keyword.
pub(crate) fn snake(name: &str) -> String {
    begun(ascii(name).to_snake_case(), 'x')
}

/// The words of a name in camel case; they may be `Self`.
pub(crate) fn pascal(name: &str) -> String {
    begun(ascii(name).to_upper_camel_case(), 'X')
}

/// What typify and progenitor make of snake or camel case: a keyword gets an underscore.
pub(crate) fn escaped(words: String) -> String {
    match is_keyword(&words) {
        true => words + "_",
        false => words,
    }
}

/// The name of an argument, a field or a method; a keyword is written as a raw identifier.
pub(crate) fn value(name: &str) -> Ident {
    let words = snake(name);
    let span = Span::call_site();
    if NEVER_RAW.contains(&words.as_str()) {
        Ident::new(&(words + "_"), span)
    } else if is_keyword(&words) {
        Ident::new_raw(&words, span)
    } else {
        Ident::new(&words, span)
    }
}

/// The name of a module, which is also that of its file.
pub(crate) fn module(name: &str) -> String {
    let words = escaped(snake(name));
    match NO_MODULES.contains(&words.as_str()) {
        true => words + "_",
        false => words,
    }
}

/// The names of the variants of an enum, in the order of its values, each once.
///
/// When the words alone do not tell values apart, what stands between words counts too, and when
/// that does not either, their place in the list: `<` and `>` are `X` and `X2`.
pub(crate) fn variants(values: &[String]) -> Vec<String> {
    let distinct = |names: &[String]| {
        let known: std::collections::BTreeSet<&String> = names.iter().collect();
        known.len() == names.len()
    };
    let named = |words: fn(&str) -> String| -> Vec<String> {
        values
            .iter()
            .map(|value| match escaped(words(value)) {
                // What the enum calls the text that it does not know.
                taken if taken == "Unknown" => "UnknownValue".to_owned(),
                free => free,
            })
            .collect()
    };
    let by_words = named(signed);
    if distinct(&by_words) {
        return by_words;
    }
    let mut names = named(|value| {
        let shown = value.replace(|c: char| c == '_' || !(c.is_alphanumeric()), "X");
        signed(&shown)
    });
    let mut known = std::collections::BTreeSet::new();
    for (index, name) in names.iter_mut().enumerate() {
        let mut number = index + 1;
        let stem = name.clone();
        while !known.insert(name.clone()) {
            *name = format!("{stem}{number}");
            number += values.len();
        }
    }
    names
}

/// Camel case, but the two values that are mostly numbers of a vote.
fn signed(value: &str) -> String {
    match value {
        "+1" => "Plus1".to_owned(),
        "-1" => "Minus1".to_owned(),
        _ => pascal(value),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_name_has_an_identifier() {
        for (name, expected) in [
            ("lagoId", "lago_id"),
            ("gen", "r#gen"),
            ("self", "self_"),
            ("Self", "self_"),
            ("super", "super_"),
            ("crate", "crate_"),
            ("_", "x"),
            ("", "x"),
            ("2fa", "x2fa"),
            ("größe", "gr_uf6_udf_e"),
            ("don't", "dont"),
            ("a.b-c[d]", "a_b_c_d"),
        ] {
            assert_eq!(value(name).to_string(), expected, "{name}");
        }
        assert_eq!(module("mod"), "mod_");
        assert_eq!(module("serde"), "serde_");
        assert_eq!(pascal("self"), "Self");
    }

    #[test]
    fn values_that_read_alike_are_different_variants() {
        let variants = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            super::variants(&values)
        };
        assert_eq!(variants(&["EUR", "count_agg"]), ["Eur", "CountAgg"]);
        assert_eq!(variants(&["+1", "-1"]), ["Plus1", "Minus1"]);
        assert_eq!(variants(&["unknown", "Self"]), ["UnknownValue", "Self_"]);
        assert_eq!(variants(&["a-b", "a_b", "A b"]), ["AXb", "AXb2", "AXb3"]);
        assert_eq!(variants(&["", "<", ">"]), ["X", "X2", "X3"]);
    }

    proptest! {
        #[test]
        fn any_name_is_an_identifier_of_this_edition(name in any::<String>()) {
            for word in [value(&name).to_string(), module(&name), escaped(pascal(&name))] {
                let file = format!("fn {word}() {{}}");
                prop_assert!(syn::parse_file(&file).is_ok(), "{file}");
                prop_assert!(word.starts_with("r#") || !is_keyword(&word), "{word}");
            }
            prop_assert_eq!(snake(&snake(&name)), snake(&name));
        }

        #[test]
        fn variants_are_distinct(values in proptest::collection::btree_set("[aA1_ .<>-]{0,3}", 0..20)) {
            let values: Vec<String> = values.into_iter().collect();
            let variants = variants(&values);
            prop_assert_eq!(variants.iter().collect::<BTreeSet<_>>().len(), values.len());
        }
    }
}
