//! Values of JSON as literals of Rust.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

/// A literal of a value of JSON that holds no others, or else a text.
pub(super) fn literal(value: Option<&Value>, name: &str) -> TokenStream {
    match value {
        Some(Value::Bool(is)) => quote!(#is),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(number) => {
                // Without a suffix it would be an `i32`.
                let literal = match i32::try_from(number) {
                    Ok(_) => Literal::i64_unsuffixed(number),
                    Err(_) => Literal::i64_suffixed(number),
                };
                quote!(#literal)
            }
            None => {
                let text = number.to_string();
                quote!(#text)
            }
        },
        Some(Value::String(text)) => quote!(#text),
        _ => quote!(#name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_literal_needs_no_other_type_than_it_has() {
        for (value, expected) in [
            (json!(true), "true"),
            (json!(20), "20"),
            (json!(3_000_000_000_i64), "3000000000i64"),
            (json!(1.5), "\"1.5\""),
            (json!("a\n```\nb"), r#""a\n```\nb""#),
            (json!(["a"]), "\"name\""),
        ] {
            assert_eq!(literal(Some(&value), "name").to_string(), expected);
        }
    }
}
