//! What a scalar means in the core schema of YAML 1.2.

use saphyr_parser::{ScalarStyle, Tag};
use serde_json::{Number, Value};

/// The value of a scalar as it stands in the file, or what is wrong with it.
pub(super) fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag {
        None if style == ScalarStyle::Plain => plain(text),
        None => Ok(Value::String(text.to_owned())),
        Some(tag) if tag.is_yaml_core_schema() => tagged(text, &tag.suffix),
        // The lone `!` says "not what it looks like": a string.
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => {
            Ok(Value::String(text.to_owned()))
        }
        Some(tag) => Err(unknown_tag(tag)),
    }
}

/// The value of unquoted text.
pub(crate) fn plain(text: &str) -> Result<Value, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(format!("JSON has no number `{text}`"));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(text, digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(text, digits, 8);
    }
    if is_digits(unsigned) {
        return integer(text);
    }
    if is_float(unsigned) {
        return float(text);
    }
    Ok(Value::String(text.to_owned()))
}

/// What the file calls the tag, for a diagnostic.
pub(super) fn unknown_tag(tag: &Tag) -> String {
    format!("the tag `{}{}` has no meaning here", tag.handle, tag.suffix)
}

fn tagged(text: &str, kind: &str) -> Result<Value, String> {
    if kind == "str" {
        return Ok(Value::String(text.to_owned()));
    }
    let value = plain(text)?;
    let fits = match kind {
        "null" => value.is_null(),
        "bool" => value.is_boolean(),
        "int" => value.is_i64() || value.is_u64(),
        "float" => value.is_number(),
        _ => false,
    };
    if fits {
        Ok(value)
    } else {
        Err(format!("`{text}` is no `!!{kind}`"))
    }
}

fn radix(text: &str, digits: &str, radix: u32) -> Result<Value, String> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Ok(Value::String(text.to_owned()));
    }
    u64::from_str_radix(digits, radix)
        .map(Value::from)
        .map_err(|_| too_long(text))
}

fn integer(text: &str) -> Result<Value, String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits
        .parse::<i64>()
        .map(Value::from)
        .or_else(|_| digits.parse::<u64>().map(Value::from))
        .map_err(|_| too_long(text))
}

fn float(text: &str) -> Result<Value, String> {
    text.parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map(Value::Number)
        .ok_or_else(|| too_long(text))
}

/// Rounding would change a fact without a word.
fn too_long(text: &str) -> String {
    format!("the number `{text}` does not fit in 64 bits")
}

/// `.5`, `5.`, `5.5`, each with or without an exponent, and `5e3`.
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_mantissa = if whole.is_empty() {
        is_digits(fraction)
    } else {
        is_digits(whole) && (fraction.is_empty() || is_digits(fraction))
    };
    let is_exponent = |text: &str| is_digits(text.strip_prefix(['-', '+']).unwrap_or(text));
    is_mantissa && exponent.is_none_or(is_exponent)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_text_means_what_the_core_schema_says() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("Null", json!(null)),
            ("TRUE", json!(true)),
            ("false", json!(false)),
            ("-12", json!(-12)),
            ("+12", json!(12)),
            ("0123", json!(123)),
            ("18446744073709551615", json!(u64::MAX)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("1.0", json!(1.0)),
            ("-.5", json!(-0.5)),
            ("5.", json!(5.0)),
            ("6e2", json!(600.0)),
            ("1.5E-2", json!(0.015)),
        ] {
            assert_eq!(plain(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_stays_text() {
        for text in [
            "yes",
            "on",
            "y",
            "tRUE",
            "nULL",
            "0x",
            "0xg",
            "0o8",
            "-0x1",
            "1_000",
            "12:30:45",
            "2022-04-29",
            ".",
            "-",
            "+",
            "e5",
            ".e5",
            "1e",
            "1e+",
            "1.2.3",
            "--1",
            "inf",
        ] {
            assert_eq!(plain(text), Ok(json!(text)), "{text}");
        }
    }

    #[test]
    fn a_number_that_json_would_change_is_refused() {
        for text in [
            ".inf",
            "-.INF",
            ".nan",
            "1e999",
            "18446744073709551616",
            "-9223372036854775809",
        ] {
            assert!(plain(text).is_err(), "{text}");
        }
    }
}
