//! Numbers that are others once JSON was read: what is read holds whole numbers of 64 bits and floating point, and a
//! quantity that is billed must not lose its last digits on the way.
//!
//! They are refused and not carried: Lago reads a number with a fraction as floating point as well, and keeps each digit
//! of a text.

use lago_types::Decimal;
use serde_json::{Map, Number, Value};

use super::error::{self, ArgumentError, Problem};
use super::{Tool, ToolRequest, check};

/// How many are looked for.
const MOST: usize = 20;

/// How deep arguments may be nested: serde_json reads no deeper ones.
const DEEPEST: usize = 128;

/// A text of so few bytes, without an exponent, has 15 digits at most, which floating point holds.
const HOLDS: usize = 15;

/// How much of a number is said, in characters.
const SHOWN: usize = 40;

/// A number in the text of arguments that is another once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rounded {
    /// Where it stands, as a JSON pointer.
    pub(crate) pointer: String,
    /// As it was written.
    number: String,
}

/// The first numbers in JSON that are others once it was read.
pub(crate) fn rounded(json: &str) -> Vec<Rounded> {
    let mut found = Vec::new();
    let mut within: Vec<Step<'_>> = Vec::new();
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' | b'[' if within.len() == DEEPEST => break,
            b'{' => within.push(Step::Name("")),
            b'[' => within.push(Step::Index(0)),
            b'}' | b']' => {
                within.pop();
            }
            b',' => {
                if let Some(Step::Index(index)) = within.last_mut() {
                    *index += 1;
                }
            }
            b'"' => {
                at = end_of_text(bytes, at);
                // In an object the text right before a number is its name.
                if let Some(Step::Name(name)) = within.last_mut() {
                    *name = json.get(start..at).unwrap_or_default();
                }
            }
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                at += bytes[at..].iter().take_while(is_part).count();
                let number = json.get(start..at).unwrap_or_default();
                if is_rounded(number) {
                    found.push(Rounded {
                        pointer: pointer(&within),
                        number: number.to_owned(),
                    });
                    if found.len() == MOST {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// How one value leads to another that it holds.
enum Step<'j> {
    /// By a name, in quotes as it is written.
    Name(&'j str),
    Index(usize),
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

fn is_rounded(number: &str) -> bool {
    if number.len() <= HOLDS && !number.contains(['e', 'E']) {
        return false;
    }
    let Ok(read) = serde_json::from_str::<Number>(number) else {
        return true;
    };
    let written = read.to_string();
    let has_same_value = || match (Decimal::parse(&written), Decimal::parse(number)) {
        (Ok(written), Ok(number)) => written == number,
        _ => false,
    };
    written != number && !has_same_value()
}

fn pointer(within: &[Step<'_>]) -> String {
    let steps = within.iter().map(|step| match step {
        Step::Name(quoted) => {
            let name = serde_json::from_str::<String>(quoted);
            error::step(name.as_deref().unwrap_or(quoted))
        }
        Step::Index(index) => format!("/{index}"),
    });
    steps.collect()
}

impl Rounded {
    /// What is wrong with it, and what would be right where it stands.
    pub(crate) fn problem(&self, may_be_text: bool) -> Problem {
        let mut shown: String = self.number.chars().take(SHOWN).collect();
        if shown.len() < self.number.len() {
            shown.push('…');
        }
        let right = match may_be_text {
            true => "give it as text, in quotes",
            false => "give a number of fewer digits",
        };
        let message = format!("is {shown}, of which digits would be lost: {right}");
        Problem::at(self.pointer.as_str(), message)
    }
}

impl Tool {
    /// The same as [`request`](Self::request), for arguments that were read from a text with these numbers.
    ///
    /// # Errors
    ///
    /// Also where there is such a number, since its digits are lost already.
    pub(crate) fn request_of(
        &self,
        arguments: Map<String, Value>,
        rounded: &[Rounded],
    ) -> Result<ToolRequest, ArgumentError> {
        if rounded.is_empty() {
            return self.request(arguments);
        }
        let problems = self.request(arguments.clone()).err();
        let mut problems = problems.map_or_else(Vec::new, |error| error.problems);
        let is_at = |problems: &[Problem], it: &Rounded| {
            let mut problems = problems.iter();
            problems.any(|problem| problem.pointer == it.pointer)
        };
        let mut as_text = Value::Object(arguments);
        for it in rounded {
            if let Some(place) = as_text.pointer_mut(&it.pointer) {
                *place = it.number.as_str().into();
            }
        }
        let of_text = match &as_text {
            Value::Object(arguments) => check::problems(self, arguments),
            _ => Vec::new(),
        };
        for it in rounded {
            // What is wrong with it in any number of digits is said already.
            if !is_at(&problems, it) {
                problems.push(it.problem(!is_at(&of_text, it)));
            }
        }
        Err(ArgumentError {
            tool: self.name,
            problems,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

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
            prop_assert_eq!(!rounded(&number).is_empty(), is_another);
        }

        #[test]
        fn whole_numbers_of_64_bits_and_floats_as_they_are_written_pass(
            signed in any::<i64>(), unsigned in any::<u64>(), float in any::<f64>(),
        ) {
            let json = json!([signed, unsigned]).to_string();
            prop_assert_eq!(rounded(&json), []);
            // The reader may miss a float by its last bit, which is told then.
            let written = json!([float]).to_string();
            let read: Value = serde_json::from_str(&written).unwrap();
            let again = read.to_string();
            prop_assert_eq!(rounded(&written).is_empty(), again == written);
        }

        #[test]
        fn no_text_is_too_odd(text in "[\\[\\]{}:,\"\\\\0-9.eE+a-é -]{0,40}") {
            rounded(&text);
        }
    }

    fn pointers(json: &str) -> Vec<String> {
        let found = rounded(json).into_iter();
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
            assert_eq!(rounded(number), [], "{number}");
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
            assert_eq!(rounded(number).len(), 1, "{number}");
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
        assert_eq!(rounded(&many).len(), MOST);
        let deep = format!("{}1e999", "[".repeat(1_000_000));
        assert_eq!(rounded(&deep), []);
        let named = format!("{{\"{}\": 1e999}}", "n".repeat(1_000_000));
        assert!(pointers(&named)[0].len() < 200);
        let long = rounded(&format!("{}.5", "9".repeat(1_000_000)));
        assert!(long[0].problem(true).message.len() < 200);
    }
}
