//! What the canonical form looks like, and that it reads back as it was.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::to_yaml;
use crate::yaml::read::Document;

fn read(text: &str) -> Value {
    match Document::parse("canonical.yaml", text) {
        Ok(document) => document.root().clone(),
        Err(diagnostics) => panic!("{diagnostics}\n{text}"),
    }
}

#[test]
fn blocks_are_indented_by_two() {
    let value = json!({
        "tags": ["a", {"name": "b", "of": [1, 2]}, [["c"], "d"]],
        "empty": {"map": {}, "list": [], "text": ""},
        "responses": {"200": {"description": "OK"}},
    });
    insta::assert_snapshot!(to_yaml(&value), @r#"
    tags:
      - a
      - name: b
        of:
          - 1
          - 2
      - - - c
        - d
    empty:
      map: {}
      list: []
      text: ''
    responses:
      '200':
        description: OK
    "#);
    assert_eq!(read(&to_yaml(&value)), value);
}

#[test]
fn text_that_a_reader_could_take_for_something_else_is_quoted() {
    for text in [
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "N",
        "true",
        "False",
        "null",
        "~",
        "",
        "1",
        "-1",
        "+1.5",
        "12:30:45",
        "0123",
        "0o17",
        "1_000",
        "0x1F",
        "0b11",
        "1e3",
        ".5",
        ".inf",
        "-.INF",
        ".NaN",
        "2022-04-29",
        "2022-04-29T08:59:51Z",
        " a",
        "a ",
        "- a",
        "-",
        "---",
        "...",
        "? a",
        ": a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "'a",
        "[a",
        "{a",
        "]",
        "}",
        ",",
        "=",
        "<<",
        "#/components/schemas/Plan",
    ] {
        let yaml = to_yaml(&json!([text]));
        assert!(
            yaml == format!("- '{text}'\n") || yaml == format!("- \"{text}\"\n"),
            "{yaml}"
        );
        assert_eq!(read(&yaml), json!([text]));
    }
}

#[test]
fn ordinary_text_stands_bare() {
    for text in [
        "Plan",
        "a:b",
        "a#b",
        "it's",
        "/plans/{code}",
        "https://api.getlago.com/api/v1",
        "$ref",
        "1a901a90-1a90-1a90-1a90-1a901a901a90",
        "^[0-9]+$",
        "a, b [c] {d}",
        "x-y",
        "Größe",
        "3 days",
        "nope",
        "1.2.x",
    ] {
        assert_eq!(to_yaml(&json!([text])), format!("- {text}\n"));
    }
}

#[test]
fn numbers_stay_what_they_are() {
    let value = json!([
        1,
        1.0,
        -0.0,
        0.1,
        1e30,
        1.5e-9,
        1.5e300,
        u64::MAX,
        i64::MIN,
        5e-324
    ]);
    insta::assert_snapshot!(to_yaml(&value), @r#"
    - 1
    - 1.0
    - -0.0
    - 0.1
    - 1.0e+30
    - 1.5e-9
    - 1.5e+300
    - 18446744073709551615
    - -9223372036854775808
    - 5.0e-324
    "#);
    assert_eq!(read(&to_yaml(&value)), value);
}

#[test]
fn lines_become_a_literal_block() {
    let value = json!({
        "keep": "a\n\n  b: 'c' # d\n\n",
        "clip": "a\nb\n",
        "strip": "a\nb",
        "indented": "  a\nb",
        "blank": "\na",
        "list": ["a\nb\n", {"c": "d\ne"}],
        "odd": ["a \nb", "a\tb\nc", "\n", "a\r\nb"],
    });
    insta::assert_snapshot!(to_yaml(&value), @r#"
    keep: |+
      a

        b: 'c' # d

    clip: |
      a
      b
    strip: |-
      a
      b
    indented: |2-
        a
      b
    blank: |2-

      a
    list:
      - |
        a
        b
      - c: |-
          d
          e
    odd:
      - "a \nb"
      - "a\tb\nc"
      - "\n"
      - "a\r\nb"
    "#);
    assert_eq!(read(&to_yaml(&value)), value);
}

#[test]
fn keys_of_any_length_read_back() {
    for length in [999, 1000, 1001, 1024, 3000] {
        let key = "k".repeat(length);
        let value = json!({ &key: [{ &key: 1, "a": { &key: "b\nc" } }] });
        assert_eq!(read(&to_yaml(&value)), value);
    }
}

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b c",
        " ",
        "\n",
        "\t",
        ":",
        "#",
        "-",
        "- ",
        "'",
        "\"",
        "\\",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        ",",
        "?",
        "{",
        "}",
        "[",
        "]",
        "<<",
        "=",
        "~",
        "0",
        "1",
        ".",
        "e",
        "x",
        "_",
        "null",
        "yes",
        "2022-04-29",
        "...",
        "---",
        "\r",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "\0",
        "\u{7f}",
        "\u{fffe}",
        "é",
        "😀",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON", |f| f.is_finite())
            .prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn every_value_reads_back_as_it_was(value in value()) {
        prop_assert_eq!(read(&to_yaml(&value)), value);
    }

    /// JSON is YAML too, written by people's tools rather than by us.
    #[test]
    fn its_json_reads_alike(value in value()) {
        prop_assert_eq!(&read(&value.to_string()), &value);
        prop_assert_eq!(&read(&serde_json::to_string_pretty(&value).unwrap()), &value);
    }

    /// Readers drop or change what YAML does not count as printable.
    #[test]
    fn the_text_holds_no_character_that_yaml_forbids(value in value()) {
        let is_allowed = |c: char| c == '\n' || (!c.is_control() && c != '\u{feff}');
        prop_assert!(to_yaml(&value).chars().all(is_allowed));
    }
}
