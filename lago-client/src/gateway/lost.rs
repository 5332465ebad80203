//! What JSON loses once it was read: of a number that a whole number of 64 bits and floating point do not hold its last
//! digits, and of values that have the same name all but one.
//!
//! A quantity that is billed must not be another on the way. So arguments in which something is lost are refused and not
//! carried: Lago reads a number with a fraction as floating point as well, and keeps each digit of a text; and which of two
//! values was meant nobody knows.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use lago_types::Decimal;
use serde_json::Number;

/// How many are looked for.
const MOST: usize = 20;

/// How deep values may be nested: serde_json reads no deeper ones.
const DEEPEST: usize = 128;

/// A text of so few bytes, without an exponent, has 15 digits at most, which floating point holds.
const HOLDS: usize = 15;

/// How many characters of a name are said.
const LONGEST_NAME: usize = 100;

/// Something in JSON that is lost once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    /// Where it stands, as a JSON pointer.
    pub(crate) pointer: String,
    pub(crate) what: What,
    /// The bytes in the text: of the number, or of the name that stands there again.
    bytes: Range<usize>,
}

/// What is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Digits of a number, which is given as it was written.
    Digits(String),
    /// All of a number, which is further from zero than any that is read; as it was written.
    Number(String),
    /// A value: another one has the same name.
    Value,
}

/// The first of all that is lost of JSON.
#[cfg(feature = "mcp")]
pub(crate) fn lost(json: &str) -> Vec<Lost> {
    found(json, |_| true)
}

/// Where the first values in JSON stand that have a name which another one has already, as JSON pointers.
pub(crate) fn repeated(json: &str) -> Vec<String> {
    let repeated = found(json, |what| *what == What::Value).into_iter();
    repeated.map(|lost| lost.pointer).collect()
}

fn found(json: &str, is_wanted: impl Fn(&What) -> bool) -> Vec<Lost> {
    let mut found = Vec::new();
    let mut within: Vec<Step<'_>> = Vec::new();
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        let what = match byte {
            b'{' | b'[' if within.len() == DEEPEST => break,
            b'{' => {
                within.push(Step::Names(Names::default()));
                None
            }
            b'[' => {
                within.push(Step::Index(0));
                None
            }
            b'}' | b']' => {
                within.pop();
                None
            }
            b',' => {
                match within.last_mut() {
                    Some(Step::Index(index)) => *index += 1,
                    Some(Step::Names(names)) => names.is_named = false,
                    None => {}
                }
                None
            }
            b'"' => {
                at = end_of_text(bytes, at);
                match within.last_mut() {
                    Some(Step::Names(names)) if !names.is_named => {
                        let is_new = names.name(json.get(start..at).unwrap_or_default());
                        (!is_new).then_some(What::Value)
                    }
                    _ => None,
                }
            }
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                at += bytes[at..].iter().take_while(is_part).count();
                of_number(json.get(start..at).unwrap_or_default())
            }
            _ => None,
        };
        if let Some(what) = what.filter(&is_wanted) {
            found.push(Lost {
                pointer: pointer(&within),
                what,
                bytes: start..at,
            });
            if found.len() == MOST {
                break;
            }
        }
    }
    found
}

/// How one value leads to another that it holds.
enum Step<'j> {
    Names(Names<'j>),
    Index(usize),
}

/// The names in an object so far.
#[derive(Default)]
struct Names<'j> {
    /// The latest, in quotes as it is written.
    latest: &'j str,
    /// Whether the text that comes next is a value, and not its name.
    is_named: bool,
    all: BTreeSet<Cow<'j, str>>,
}

impl<'j> Names<'j> {
    /// Adds one, in quotes, and says whether it is new.
    fn name(&mut self, quoted: &'j str) -> bool {
        self.latest = quoted;
        self.is_named = true;
        self.all.insert(unquoted(quoted))
    }
}

/// What a text says, or what stands there where it is none.
fn unquoted(quoted: &str) -> Cow<'_, str> {
    match quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => plain.into(),
        _ => serde_json::from_str::<String>(quoted).map_or(quoted.into(), Cow::from),
    }
}

/// Where a text ends that begins before this place: behind its closing quote.
fn end_of_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

/// What is lost of a number.
fn of_number(number: &str) -> Option<What> {
    if number.len() <= HOLDS && !number.contains(['e', 'E']) {
        return None;
    }
    let Ok(read) = serde_json::from_str::<Number>(number) else {
        return Some(What::Number(number.to_owned()));
    };
    let written = read.to_string();
    let has_same_value = || match (Decimal::parse(&written), Decimal::parse(number)) {
        (Ok(written), Ok(number)) => written == number,
        _ => false,
    };
    let is_kept = written == number || has_same_value();
    (!is_kept).then(|| What::Digits(number.to_owned()))
}

/// A name as a step of a JSON pointer. One that is not known may be of any length.
pub(crate) fn step(name: &str) -> String {
    let end = name.char_indices().nth(LONGEST_NAME).map(|(end, _)| end);
    let (name, more) = end.map_or((name, ""), |end| (&name[..end], "…"));
    format!("/{}{more}", name.replace('~', "~0").replace('/', "~1"))
}

fn pointer(within: &[Step<'_>]) -> String {
    let steps = within.iter().map(|step| match step {
        Step::Names(names) => self::step(&unquoted(names.latest)),
        Step::Index(index) => format!("/{index}"),
    });
    steps.collect()
}

/// JSON that can be read: in place of each number that cannot stands the one that is furthest from zero. Whoever reads it
/// has to refuse what holds it.
#[cfg(feature = "mcp")]
pub(crate) fn readable<'j>(json: &'j str, lost: &[Lost]) -> Cow<'j, str> {
    let mut readable = String::new();
    let mut done = 0;
    for Lost { what, bytes, .. } in lost {
        if let (What::Number(number), Some(before)) = (what, json.get(done..bytes.start)) {
            readable.push_str(before);
            let furthest = if number.starts_with('-') {
                f64::MIN
            } else {
                f64::MAX
            };
            readable.push_str(&format!("{furthest:e}"));
            done = bytes.end;
        }
    }
    match json.get(done..) {
        Some(rest) if done > 0 => {
            readable.push_str(rest);
            readable.into()
        }
        _ => json.into(),
    }
}

#[cfg(feature = "mcp")]
#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// The digits of a number without an exponent, sign first, zeros that do not count left out. Its exponent is small.
    fn plain(number: &str) -> String {
        let (sign, unsigned) = match number.strip_prefix('-') {
            Some(unsigned) => ("-", unsigned),
            None => ("", number),
        };
        let lower = unsigned.to_ascii_lowercase();
        let (digits, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
        let exponent: i32 = exponent.parse().unwrap();
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        // 400 zeros on either side are more than any exponent here moves the point.
        let zeros = "0".repeat(400);
        let all = format!("{zeros}{whole}{fraction}{zeros}");
        let point = (400 + whole.len()) as i32 + exponent;
        let (whole, fraction) = all.split_at(point as usize);
        let (whole, fraction) = (
            whole.trim_start_matches('0'),
            fraction.trim_end_matches('0'),
        );
        match whole.is_empty() && fraction.is_empty() {
            true => "0".to_owned(),
            false => format!("{sign}{whole}.{fraction}"),
        }
    }

    fn any_number() -> impl Strategy<Value = String> {
        let whole = prop_oneof![Just("0".to_owned()), "[1-9][0-9]{0,24}"];
        let fraction = prop_oneof![Just(String::new()), "\\.[0-9]{1,24}"];
        let exponent = prop_oneof![3 => Just(String::new()), 1 => "[eE][+-]?[0-9]{1,2}"];
        let number = ("-?", whole, fraction, exponent);
        number.prop_map(|(sign, whole, fraction, exponent)| {
            format!("{sign}{whole}{fraction}{exponent}")
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// What is let through has the same value where it is written again, and what is not has another.
        #[test]
        fn a_number_is_told_where_another_would_be_sent(number in any_number()) {
            let read: Value = serde_json::from_str(&number).unwrap();
            let is_another = plain(&read.to_string()) != plain(&number);
            prop_assert_eq!(!lost(&number).is_empty(), is_another);
        }

        #[test]
        fn whole_numbers_of_64_bits_and_floats_as_they_are_written_pass(
            signed in any::<i64>(), unsigned in any::<u64>(), float in any::<f64>(),
        ) {
            let json = json!([signed, unsigned]).to_string();
            prop_assert_eq!(lost(&json), []);
            // The reader may miss a float by its last bit, which is told then.
            let written = json!([float]).to_string();
            let read: Value = serde_json::from_str(&written).unwrap();
            let again = read.to_string();
            prop_assert_eq!(lost(&written).is_empty(), again == written);
        }

        #[test]
        fn no_text_is_too_odd(text in "[\\[\\]{}:,\"\\\\0-9.eE+a-é -]{0,40}") {
            lost(&text);
        }
    }

    fn pointers(json: &str) -> Vec<String> {
        let found = lost(json).into_iter();
        found.map(|it| it.pointer).collect()
    }

    #[test]
    fn numbers_keep_their_value_in_many_spellings() {
        for number in [
            "0",
            "-0",
            "-0.0",
            "1.50",
            "1e2",
            "1E+2",
            "100e-2",
            "0.10",
            "9007199254740993",
            "18446744073709551615",
            "-9223372036854775808",
            "0e99999",
            "1.000000000000000000000",
            "5e-324",
            "1.7976931348623157e308",
            "123456789012345680000",
        ] {
            assert_eq!(lost(number), [], "{number}");
        }
        for number in [
            "18446744073709551616",
            "-9223372036854775809",
            "123456789012345678901",
            "0.1234567890123456789",
            "1e400",
            "-1e400",
            "1e-400",
            "9007199254740993.0",
            "1e99999999999999999999",
        ] {
            assert_eq!(lost(number).len(), 1, "{number}");
        }
    }

    #[test]
    fn a_pointer_leads_to_the_number_and_to_nothing_else() {
        const LONG: &str = "0.1234567890123456789";
        let json = format!(
            r#"{{ "n": {LONG}, "text": "{LONG}", "a/b~\"c\"": [1, {{"d": [[], {LONG}], "e": true}}, {LONG}],
               "{LONG}": null, "\\": {LONG} }}"#
        );
        assert_eq!(
            pointers(&json),
            ["/n", "/a~1b~0\"c\"/1/d/1", "/a~1b~0\"c\"/2", "/\\"]
        );
        assert_eq!(pointers(LONG), [""]);
    }

    #[test]
    fn what_is_kept_of_a_hostile_text_is_bounded() {
        let many = format!("[{}1e999]", "1e999,".repeat(1000));
        assert_eq!(lost(&many).len(), MOST);
        let deep = format!("{}1e999", "[".repeat(1_000_000));
        assert_eq!(lost(&deep), []);
        let named = format!("{{\"{}\": 1e999}}", "n".repeat(1_000_000));
        assert!(pointers(&named)[0].len() < 200);
        let long = lost(&format!("{}.5", "9".repeat(1_000_000)));
        assert_eq!(long.len(), 1);
    }
}
