//! Decimals in JSON.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Unexpected, Visitor, value::MapAccessDeserializer},
    ser,
};

use super::{Decimal, Excerpt, Form};
use crate::Patch;

/// Writes the decimals of a field as strings: `#[serde(serialize_with = "crate::decimal::as_string")]`.
pub(crate) fn as_string<T: DecimalField, S: Serializer>(
    field: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    field.serialize_in(Form::String, serializer)
}

/// Writes the decimals of a field as JSON numbers: `#[serde(serialize_with = "crate::decimal::as_number")]`.
///
/// A text without point and exponent that fits 64 bits is written as that integer, everything else as the nearest
/// `f64`: beyond 17 digits a JSON number cannot hold it.
///
/// # Errors
/// When the value is so large or so small that the `f64` would be infinite or zero.
pub(crate) fn as_number<T: DecimalField, S: Serializer>(
    field: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    field.serialize_in(Form::Number, serializer)
}

/// The types of field that [`as_string`] and [`as_number`] take.
pub(crate) trait DecimalField {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error>;
}

impl DecimalField for Decimal {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        if form == Form::String {
            return serializer.serialize_str(self.as_str());
        }
        if let Ok(integer) = self.as_str().parse() {
            return serializer.serialize_i64(integer);
        }
        if let Ok(integer) = self.as_str().parse() {
            return serializer.serialize_u64(integer);
        }
        let float = self.to_f64();
        if !float.is_finite() || (float == 0.0 && !self.is_zero()) {
            let excerpt = Excerpt::new(self.as_str());
            return Err(ser::Error::custom(format_args!(
                "the decimal {:?} does not fit a JSON number",
                excerpt.as_str()
            )));
        }
        serializer.serialize_f64(float)
    }
}

impl<T: DecimalField> DecimalField for Option<T> {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(field) => serializer.serialize_some(&In(form, field)),
            None => serializer.serialize_none(),
        }
    }
}

impl<T: DecimalField> DecimalField for Patch<T> {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_value().serialize_in(form, serializer)
    }
}

impl<T: DecimalField> DecimalField for Vec<T> {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|field| In(form, field)))
    }
}

impl<T: DecimalField> DecimalField for &T {
    fn serialize_in<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_in(form, serializer)
    }
}

/// A field, to be written in this form.
struct In<'a, T>(Form, &'a T);

impl<T: DecimalField> Serialize for In<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.serialize_in(self.0, serializer)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize_in(self.spelling.form(), serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecimalVisitor)
    }
}

struct DecimalVisitor;

impl<'de> Visitor<'de> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number or a string with one")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(Decimal::integer(value, Form::Number))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal::unchecked(value, Form::Number))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimal, E> {
        Decimal::from_f64(value, Form::Number).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        Decimal::checked(text, Form::String).map_err(E::custom)
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Decimal, E> {
        Decimal::checked(text, Form::String).map_err(E::custom)
    }

    // How numbers arrive when some crate in the build enables serde_json's `arbitrary_precision`.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Decimal, A::Error> {
        match serde_json::Number::deserialize(MapAccessDeserializer::new(map)) {
            Ok(number) => {
                Decimal::checked(number.to_string(), Form::Number).map_err(de::Error::custom)
            }
            Err(_) => Err(de::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}
