//! Read back as rustdoc reads it.

use proptest::prelude::*;
use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag};

use super::*;

/// Everything in a text that is more than text: code that rustdoc would run, items that it would
/// look for, tags that it would warn of.
pub(crate) fn more_than_text(text: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let mut links = Vec::new();
    let mut looked_up = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        links.push(format!("link {}", link.reference));
        None
    };
    let mut found = Vec::new();
    let mut in_link = 0_usize;
    for event in Parser::new_with_broken_link_callback(text, options, Some(&mut looked_up)) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) if &*kind == "text" => {}
            Event::Start(Tag::CodeBlock(kind)) => found.push(format!("{kind:?}")),
            Event::Start(Tag::Link { dest_url, .. }) if !is_address(&dest_url) => {
                found.push(format!("link to {dest_url}"));
            }
            Event::Start(Tag::Link { .. }) => in_link += 1,
            Event::End(pulldown_cmark::TagEnd::Link) => in_link = in_link.saturating_sub(1),
            Event::Html(html) | Event::InlineHtml(html) => found.push(format!("HTML {html}")),
            Event::FootnoteReference(name) => found.push(format!("footnote {name}")),
            _ => {}
        }
    }
    found.extend(links);
    found
}

#[test]
fn plain_words_stay_as_they_are() {
    for text in [
        "Code of the plan, e.g. `startup`; see *Plans*.",
        "One:\n\n- first\n- second\n\n1. third",
        "Usage of one group: `group[cloud]=aws`, `a*b` or ``a`b``.",
        "Read [the guide](https://example.com/guide#top) or <https://example.com>.",
        "Already escaped: \\[x\\] \\<T>",
        "```text\nfn main() {}\n```",
    ] {
        assert_eq!(markdown(text), text);
        assert_eq!(more_than_text(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_rustdoc_would_run_or_follow_is_text() {
    for (said, expected) in [
        ("a\n\n    let x = 1;", "a\n\nlet x = 1;"),
        ("a\r\rb\tc", "a\n\nb c"),
        (
            "```rust\nlet x: = 1;\n```\nb",
            "```text\nlet x: = 1;\n```\nb",
        ),
        ("```\nnever closed", "```text\nnever closed\n```"),
        ("~~~\n```\n~~~", "````text\n```\n````"),
        ("- ```js\n  x\n  ```", "```text\n  x\n```"),
        ("*\u{a0}~~~", "```text\n```"),
        ("1.\u{3000}a", "1. a"),
        ("> 1. ~~~ rust\n> a\n> ~~~", "```text\n> a\n```"),
        ("-     code", "- code"),
        (
            "`Vec<T>` of [Plan] and <T>",
            "`Vec<T>` of \\[Plan\\] and \\<T>",
        ),
        ("a ` b [x]", "a \\` b \\[x\\]"),
        ("[Plan](crate::Plan)", "\\[Plan\\](crate::Plan)"),
        ("see https://example.com/a.", "see <https://example.com/a>."),
        ("[a]: http://example.com", "\\[a\\]: <http://example.com>"),
        ("*/ #![x] /// \\d", "*/ #!\\[x\\] /// \\\\d"),
        ("safe \u{202e}edoc", "safe edoc"),
    ] {
        assert_eq!(markdown(said), expected, "{said:?}");
        assert_eq!(more_than_text(expected), Vec::<String>::new(), "{said:?}");
    }
}

#[test]
fn values_are_code_whatever_is_in_them() {
    for (value, expected) in [
        ("EUR", "`EUR`"),
        ("", "`\"\"`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("a\nb\u{202e}", "`a\\nb\\u{202e}`"),
    ] {
        assert_eq!(code(value), expected);
    }
}

/// Pieces of which Markdown makes more than text.
fn pieces() -> impl Strategy<Value = String> {
    let tokens = proptest::sample::select(vec![
        "```",
        "````",
        "~~~",
        "`",
        "``",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\t",
        " ",
        "    ",
        "     ",
        "- ",
        "* ",
        "+",
        "1. ",
        "2)",
        "> ",
        ">",
        "#",
        "---",
        "===",
        "[",
        "]",
        "[x]",
        "[^1]:",
        "](",
        ")",
        "(",
        "<",
        ">",
        "<b>",
        "</b>",
        "<!--",
        "<?",
        "&lt;",
        "\\",
        "|",
        "|-|",
        ":-",
        "a",
        "Plan",
        "crate::Plan",
        "https://",
        "https://a.bc/d",
        "http://e",
        "!",
        "*/",
        "//",
        "#![",
        "rust",
        "text",
        "fn main() { panic!() }",
        "\u{a0}",
        "\u{202e}",
        "\0",
        "é",
        "*",
        "_",
        "~",
        "$",
        ":",
        ".",
        "'",
        "\"",
    ]);
    let piece = prop_oneof![9 => tokens.prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_text(said in pieces()) {
        let written = markdown(&said);
        prop_assert_eq!(more_than_text(&written), Vec::<String>::new(), "{:?}", written);
        prop_assert!(!written.chars().any(|char| char.is_control() && char != '\n'));
    }

    #[test]
    fn any_value_is_one_code_span(value in pieces()) {
        let written = format!("The value {}.", code(&value));
        prop_assert!(!written.contains('\n'));
        let events: Vec<Event<'_>> = Parser::new(&written).collect();
        let spans = events.iter().filter(|event| matches!(event, Event::Code(_))).count();
        prop_assert_eq!(spans, 1, "{:?}", events);
        prop_assert_eq!(events.len(), 5, "{:?}", events);
    }

    #[test]
    fn what_is_written_once_stays(said in pieces()) {
        let written = markdown(&said);
        prop_assert_eq!(markdown(&written), written);
    }
}

#[test]
fn plain_text_has_what_links_say_and_escapes_nothing() {
    for (said, expected) in [
        (
            "See [the guide](https://example.com/a).\nIt <b>helps</b>.",
            "See the guide. It <b>helps</b>.",
        ),
        ("A list [a, b] and `x[]`", "A list [a, b] and `x[]`"),
        ("[one](a) and [two](b)", "one and two"),
        ("open [ and (closed)", "open [ and (closed)"),
        ("", ""),
    ] {
        assert_eq!(plain(said), expected);
    }
}

#[test]
fn a_sentence_ends_where_another_begins() {
    for (said, first, rest) in [
        (
            "Price of one. Null for none.",
            "Price of one.",
            "Null for none.",
        ),
        ("Rate: `\"2.5\"` is 2.5 %.", "Rate: `\"2.5\"` is 2.5 %.", ""),
        (
            "A code, e.g. `Plan. Two`. `x` is one.",
            "A code, e.g. `Plan. Two`.",
            "`x` is one.",
        ),
        (
            "**Gone.** Prices. More.\n\nFar.",
            "**Gone.**",
            "Prices. More.",
        ),
        ("Approx. 3 days", "Approx. 3 days", ""),
        ("", "", ""),
    ] {
        assert_eq!(first_sentence(said), (first, rest));
    }
}
