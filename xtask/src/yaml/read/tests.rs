//! What documents read as, and what they are refused for.

use serde_json::{Value, json};

use super::Document;

fn read(text: &str) -> Value {
    match Document::parse("api.yaml", text) {
        Ok(document) => document.root().clone(),
        Err(diagnostics) => panic!("{diagnostics}"),
    }
}

fn refuse(text: &str) -> String {
    match Document::parse("api.yaml", text) {
        Ok(document) => panic!("read as {}", document.root()),
        Err(diagnostics) => diagnostics.to_string(),
    }
}

#[test]
fn yaml_and_json_read_alike() {
    let value = json!({"a": [1, -2.5, true, null, "x"], "b": {"c": {}, "d": []}});
    assert_eq!(
        read("a: [1, -2.5, true, ~, x]\nb:\n  c: {}\n  d: []\n"),
        value
    );
    assert_eq!(read(&value.to_string()), value);
    assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()), value);
    assert_eq!(
        read("{\n\t\"a\":\"\\ud83d\\ude00\\/\"\n}"),
        json!({"a": "😀/"})
    );
}

#[test]
fn quotes_and_blocks_make_text() {
    assert_eq!(
        read("['1', \"true\", 'null']"),
        json!(["1", "true", "null"])
    );
    assert_eq!(
        read("a: |\n  1\n  2\nb: >-\n  c\n  d\n"),
        json!({"a": "1\n2\n", "b": "c d"})
    );
    assert_eq!(read("a: !!str 1\nb: !!int 1"), json!({"a": "1", "b": 1}));
    assert_eq!(read("a: ! 1"), json!({"a": "1"}));
}

#[test]
fn keys_become_their_text() {
    assert_eq!(
        read("200: a\ntrue: b\n1.50: c\n~: d\n"),
        json!({"200": "a", "true": "b", "1.50": "c", "~": "d"})
    );
    assert_eq!(
        read("a: &k 200\nb:\n  *k : c\n"),
        json!({"a": 200, "b": {"200": "c"}})
    );
}

#[test]
fn aliases_repeat_their_anchor() {
    assert_eq!(
        read("a: &x {b: [1]}\nc: *x\nd: [*x]\n"),
        json!({"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}]})
    );
}

#[test]
fn merge_keys_fill_in_what_is_missing() {
    let text = "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\n\
                single: {<<: *one, a: 0}\nboth: {<<: [*one, *two], d: 3}\nplain: {'<<': 1}\n";
    let value = read(text);
    assert_eq!(value["single"], json!({"a": 0, "b": 1}));
    assert_eq!(value["both"], json!({"a": 1, "b": 1, "c": 2, "d": 3}));
    assert_eq!(value["plain"], json!({"<<": 1}));
    assert!(refuse("a: {<<: 1}").contains("`<<` merges something that is no mapping"));
}

#[test]
fn every_node_has_its_line_or_that_of_its_parent() {
    let text =
        "a:\n  b: &x\n    c: 1\n  d:\n    - 1\n    -\n      e: 2\n    - f: 3\n      g: 4\nh: *x\n";
    let document = Document::parse("api.yaml", text).unwrap();
    for (pointer, line) in [
        ("", 1),
        ("/a", 1),
        ("/a/b", 2),
        ("/a/b/c", 3),
        ("/a/d/0", 5),
        ("/a/d/1/e", 7),
        ("/a/d/2", 8),
        ("/a/d/2/g", 9),
        ("/h/c", 10),
        ("/a/nowhere/at/all", 1),
    ] {
        assert_eq!(document.line(pointer), Some(line), "{pointer}");
    }
    let diagnostic = document.diagnostic("/a/b", "Wrong.", "Mend it.");
    assert_eq!(
        diagnostic.to_string(),
        "error: api.yaml:2: Wrong.\n  at /a/b\n  help: Mend it."
    );
}

#[test]
fn a_key_that_stands_twice_is_named_with_both_lines() {
    let text = "components:\n  schemas:\n    Plan: {}\n    Fee: {}\n    Plan: {a: 1, a: 2}\n";
    let message = refuse(text);
    assert!(message.contains("api.yaml:5: two schemas are named `Plan`, on lines 3 and 5"));
    assert!(message.contains("at /components/schemas/Plan\n"));
    assert!(message.contains("the key `a` stands twice, on lines 5 and 5"));
    assert!(message.contains("at /components/schemas/Plan/a"));
}

#[test]
fn what_is_no_single_document_is_refused() {
    for (text, message) in [
        ("", "the file is empty"),
        ("# nothing\n---\n", "the file is empty"),
        (
            "a: 1\n---\nb: 2\n",
            "api.yaml:2: the file holds more than one document",
        ),
        ("a: 1\nb: [1\nc: 2\n", "this is not YAML"),
        ("a: *x", "this is not YAML"),
        ("a: &x [*x]", "an alias stands inside the node it repeats"),
        ("? [a]\n: 1", "a list or a mapping stands as a key"),
        ("a: .inf", "api.yaml:1: JSON has no number `.inf`\n  at /a"),
        ("a: !secret b", "the tag `!secret` has no meaning here"),
        ("a: !!int b", "`b` is no `!!int`"),
        ("a: 1\0b: 2", "the file holds a NUL character"),
    ] {
        let said = refuse(text);
        assert!(said.contains(message), "{text:?}: {said}");
    }
}

#[test]
fn expansion_is_bounded() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let item = format!("*a{}, ", level - 1);
        laughs += &format!("a{level}: &a{level} [{}]\n", item.repeat(9));
    }
    assert!(refuse(&laughs).contains("too large once its aliases are expanded"));

    let mut tower = "a0: &a0 []\n".to_owned();
    for level in 1..500 {
        tower += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert!(refuse(&tower).contains("nests deeper than 128 levels"));
    assert!(refuse(&"- ".repeat(100_000)).contains("nests deeper"));
    refuse(&"[".repeat(100_000));
}

/// The parser is a dependency: its panics would be ours.
#[test]
fn no_input_panics() {
    let whole = "%YAML 1.2\n---\na: &x {b: [1, 'c', \"d\\u00e9\\n\"], ? e : f}\n\
                 g: |2-\n    h\n\n  i\nj: >+\n  k\n  l\n\n'm': *x\n<<: *x\n? n\n: !!str o\n- \tp\né: \u{85}\u{feff}\n...\n# q\n";
    for (at, _) in whole.char_indices() {
        for text in [whole[..at].to_owned(), whole[at..].to_owned()] {
            let _ = Document::parse("cut", &text);
        }
        for other in [
            "\t", "\r", ":", "-", "[", "}", "\"", "'", "&", "*", "!", "|", "%", "?", "\n",
            "\u{feff}",
        ] {
            let _ = Document::parse(
                "spoilt",
                &format!("{}{other}{}", &whole[..at], &whole[at..]),
            );
        }
    }
    let pieces = [
        "a", ":", " ", "\n", "\t", "-", "- ", "? ", "[", "]", "{", "}", ",", "&a", "*a", "!", "!!",
        "|", ">", "'", "\"", "\\", "%", "@", "`", "#", "---", "...", "\r", "\u{feff}", "é", "😀",
        "0",
    ];
    let mut state = 1_u32;
    for _ in 0..50_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            text += pieces[state as usize % pieces.len()];
        }
        let _ = Document::parse("noise", &text);
    }
}
