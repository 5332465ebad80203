//! What holds for every decimal, against an independent model.

use std::{
    cmp::Ordering,
    hash::{BuildHasher, RandomState},
};

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn read(json: &str) -> Decimal {
    serde_json::from_str(json).unwrap()
}

/// A text and the value that it was made from, in units of 10⁻⁹: the model, which shares no code with `Decimal`.
#[derive(Clone, Debug)]
struct Modelled {
    text: String,
    scaled: i128,
}

const SCALE: i32 = 9;

fn modelled() -> impl Strategy<Value = Modelled> {
    let mantissa = prop_oneof![-20_i64..20, -2000_i64..2000, any::<i64>()];
    let spelling = (0_usize..25, 0_usize..3, 0_usize..3, any::<[bool; 3]>());
    (mantissa, -SCALE..=SCALE, spelling).prop_map(|(mantissa, exponent, spelling)| Modelled {
        text: spell(mantissa, exponent, spelling),
        scaled: i128::from(mantissa) * 10_i128.pow((exponent + SCALE).unsigned_abs()),
    })
}

/// `mantissa × 10^exponent` in one of its spellings: the point anywhere, zeros at both ends, with or without what may
/// be left out.
fn spell(
    mantissa: i64,
    exponent: i32,
    (point, leading, trailing, [plus, bare_point, always_exponent]): (
        usize,
        usize,
        usize,
        [bool; 3],
    ),
) -> String {
    let sign = match (mantissa < 0, plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    };
    let mut digits = format!("{}{}", "0".repeat(leading), mantissa.unsigned_abs());
    let fraction = point.min(digits.len());
    let places = "0".repeat(trailing);
    if fraction + trailing > 0 || bare_point {
        digits.insert(digits.len() - fraction, '.');
    }
    match exponent + fraction as i32 {
        0 if !always_exponent => format!("{sign}{digits}{places}"),
        exponent if plus => format!("{sign}{digits}{places}E{exponent:+}"),
        exponent => format!("{sign}{digits}{places}e{exponent}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn order_equality_and_hash_follow_the_model(a in modelled(), b in modelled()) {
        let (x, y) = (decimal(&a.text), decimal(&b.text));
        let expected = a.scaled.cmp(&b.scaled);
        prop_assert_eq!(x.cmp(&y), expected, "{} {}", a.text, b.text);
        prop_assert_eq!(x.partial_cmp(&y), Some(expected));
        prop_assert_eq!(y.cmp(&x), expected.reverse());
        prop_assert_eq!(x == y, expected == Ordering::Equal);
        for power in 0..28 {
            let limit = 10_u128.pow(u32::from(power) + SCALE.unsigned_abs());
            prop_assert_eq!(x.is_below(power), a.scaled.unsigned_abs() < limit, "{} {}", a.text, power);
        }
        let state = RandomState::new();
        prop_assert_eq!(state.hash_one(&x) == state.hash_one(&y), x == y);
        prop_assert_eq!(x.is_zero(), a.scaled == 0);
        prop_assert_eq!(x.is_negative(), a.scaled < 0);
    }

    #[test]
    fn a_canonical_spelling_equals_every_other(a in modelled()) {
        let canonical = decimal(&format!("{}e-{SCALE}", a.scaled));
        let x = decimal(&a.text);
        prop_assert_eq!(&x, &canonical, "{}", a.text);
        let state = RandomState::new();
        prop_assert_eq!(state.hash_one(&x), state.hash_one(&canonical));
        let unit = 10_i128.pow(SCALE.unsigned_abs());
        let integer = (a.scaled % unit == 0).then(|| i64::try_from(a.scaled / unit).ok()).flatten();
        prop_assert_eq!(x.to_i64(), integer);
    }

    #[test]
    fn text_survives_json(a in modelled()) {
        let json = json!(a.text).to_string();
        let value = read(&json);
        prop_assert_eq!(value.as_str(), &a.text);
        prop_assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }

    #[test]
    fn floats_survive(float in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL | proptest::num::f64::ZERO) {
        let value = Decimal::from_f64(float).unwrap();
        prop_assert_eq!(value.to_f64(), float);
        let value: Decimal = serde_json::from_value(json!(float)).unwrap();
        prop_assert_eq!(serde_json::to_value(&value).unwrap(), json!(float));
    }

    #[test]
    fn integers_survive(signed in any::<i64>(), unsigned in any::<u64>()) {
        prop_assert_eq!(Decimal::from(signed).to_i64(), Some(signed));
        for json in [signed.to_string(), unsigned.to_string()] {
            prop_assert_eq!(serde_json::to_string(&read(&json)).unwrap(), json);
        }
    }

    #[test]
    fn garbage_does_not_panic(text in prop_oneof![any::<String>(), "[-+.eE0-9]{0,40}"]) {
        let _ = serde_json::from_str::<Decimal>(&text);
        if let Ok(value) = serde_json::from_value::<Decimal>(json!(text)) {
            prop_assert_eq!(value.as_str(), &text);
            prop_assert_eq!(&value, &value.clone());
            prop_assert!(!value.to_f64().is_nan());
            let _ = (value.to_i64(), RandomState::new().hash_one(&value), format!("{value:?}"));
            let _ = as_number(&value, serde_json::value::Serializer);
        } else if let Ok(float) = text.parse::<f64>() {
            // Rust also reads `inf` and `NaN`, and exponents of any size.
            prop_assert!(!float.is_finite() || text.contains(['e', 'E']), "{}", text);
        }
    }
}
