use proptest::prelude::*;

use super::*;
use crate::decimal;

fn parse(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn digits_and_places_are_kept() {
    for (one, other, sum, difference, product) in [
        ("10.50", "1", "11.50", "9.50", "10.50"),
        ("0.1", "0.2", "0.3", "-0.1", "0.02"),
        (
            "9007199254740993.0",
            "1",
            "9007199254740994.0",
            "9007199254740992.0",
            "9007199254740993.0",
        ),
        ("-1", "1", "0", "-2", "-1"),
        ("1e2", "-3", "97", "103", "-3e2"),
        ("0.00", "0", "0.00", "0.00", "0.00"),
        ("99.95", "0.05", "100.00", "99.90", "4.9975"),
        ("1e-3", "+.5", "0.501", "-0.499", "0.0005"),
        (
            "30864197253086429912",
            "0.01",
            "30864197253086429912.01",
            "30864197253086429911.99",
            "308641972530864299.12",
        ),
    ] {
        let (a, b) = (parse(one), parse(other));
        assert_eq!((&a + &b).as_str(), sum, "{one} + {other}");
        assert_eq!((&a - &b).as_str(), difference, "{one} - {other}");
        assert_eq!(&a * &b, parse(product), "{one} * {other}");
    }
    assert_eq!((decimal!("10.50") * decimal!("2.0")).as_str(), "21.000");
    assert_eq!((-decimal!("10.50")).as_str(), "-10.50");
    assert_eq!((-decimal!("-0")).as_str(), "0");
}

#[test]
fn owned_borrowed_assigned_and_integers() {
    let mut price = decimal!("2.50");
    price += 1;
    price -= &decimal!("0.5");
    price *= 2_u64;
    assert_eq!(price, 6);
    assert_eq!(&price + 1_i8 - decimal!("1") + &price, 12);
    let fees = vec![decimal!("0.1"); 10];
    assert_eq!(fees.iter().sum::<Decimal>(), 1);
    assert_eq!(fees.into_iter().sum::<Decimal>().as_str(), "1.0");
    assert_eq!(std::iter::empty::<Decimal>().sum::<Decimal>(), 0);
}

#[test]
fn no_text_makes_a_result_long() {
    let huge = parse("1e999999999999");
    assert_eq!(&huge + 1, huge);
    assert_eq!(&huge - &huge, 0);
    assert_eq!(&huge + &huge, parse("2e999999999999"));
    assert_eq!(parse("1e-999999999999") + 1, 1);
    assert_eq!(parse("0e999999999999") + 1, 1);
    assert_eq!(parse("0e-999999999999") + parse("0e999999999999"), 0);
    let largest = parse("1e9223372036854775807");
    assert_eq!(&largest * &parse("1e1"), largest);
    assert_eq!(parse("1e-9223372036854775808") * decimal!("0.1"), 0);
    let long = parse(&"9".repeat(100_000));
    for result in [
        &long * &long,
        &long + 1,
        &long - decimal!("0.5"),
        huge.round(u32::MAX),
    ] {
        assert!(
            result.as_str().len() <= MOST_DIGITS + 20,
            "{}",
            result.as_str().len()
        );
    }
    assert_eq!(
        parse("1e900") + decimal!("0.5"),
        parse(&format!("1{}.5", "0".repeat(900)))
    );
}

#[test]
fn a_half_is_rounded_away_from_zero() {
    for (text, places, rounded) in [
        ("2.345", 2, "2.35"),
        ("2.3449", 2, "2.34"),
        ("-2.345", 2, "-2.35"),
        ("0.5", 0, "1"),
        ("-0.4999", 0, "0"),
        ("9.99", 1, "10.0"),
        ("0.04", 0, "0"),
        ("0.004", 1, "0.0"),
        ("7", 2, "7.00"),
        ("1e3", 1, "1000.0"),
        ("0", 3, "0.000"),
        ("1e-999999999999", 2, "0.00"),
        ("84175083417508451338.0", 0, "84175083417508451338"),
    ] {
        assert_eq!(
            parse(text).round(places).as_str(),
            rounded,
            "{text} to {places}"
        );
    }
}

/// Thousandths, which `i128` computes with exactly: the model.
fn thousandths() -> impl Strategy<Value = i64> {
    prop_oneof![-2000_i64..2000, any::<i64>()]
}

fn spelled(thousandths: i64) -> Decimal {
    let (sign, digits) = (
        if thousandths < 0 { "-" } else { "" },
        thousandths.unsigned_abs(),
    );
    parse(&format!("{sign}{}.{:03}", digits / 1000, digits % 1000))
}

fn integer(value: i128, exponent: i32) -> Decimal {
    parse(&format!("{value}e{exponent}"))
}

proptest! {
    #[test]
    fn results_follow_the_model(a in thousandths(), b in thousandths()) {
        let (x, y) = (spelled(a), spelled(b));
        let (a, b) = (i128::from(a), i128::from(b));
        prop_assert_eq!(&x + &y, integer(a + b, -3));
        prop_assert_eq!(&x - &y, integer(a - b, -3));
        prop_assert_eq!(&x * &y, integer(a * b, -6));
        prop_assert_eq!(-&x, integer(-a, -3));
        let half_away = (a.abs() + 500) / 1000 * a.signum();
        prop_assert_eq!(x.round(0).to_i128(), Some(half_away));
        prop_assert_eq!([&x, &y, &x].into_iter().sum::<Decimal>(), &x + &y + &x);
    }

    #[test]
    fn what_is_added_can_be_taken_away(
        a in "-?[0-9]{1,40}(\\.[0-9]{0,40})?(e-?[0-9]{1,2})?", b in "-?[0-9]{1,40}(\\.[0-9]{0,40})?(e-?[0-9]{1,2})?",
    ) {
        let (a, b) = (parse(&a), parse(&b));
        prop_assert_eq!(&(&(&a + &b) - &b), &a);
        prop_assert_eq!(&a + &b, &b + &a);
        prop_assert_eq!(&a * &b, &b * &a);
        prop_assert_eq!(&(&a + &b) * &a, &a * &a + &b * &a);
    }

    #[test]
    fn nothing_panics_and_nothing_grows(a in "[-+]?[0-9]{1,30}(\\.[0-9]{0,30})?(e[-+]?[0-9]{1,18})?", b in any::<i64>()) {
        let a = parse(&a);
        for result in [&a + b, &a - b, &a * b, &a * &a, -&a, a.round(2)] {
            prop_assert!(result.as_str().len() < MOST_DIGITS + 30);
            prop_assert!(Decimal::parse(result.as_str()).is_ok());
        }
    }
}
