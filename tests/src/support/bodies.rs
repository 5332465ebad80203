//! Bodies as the server sends them, of nouns that are small.

use serde_json::{Value, json};

/// A tax.
pub fn tax(code: &str) -> Value {
    // In the order of the alphabet: whether serde_json keeps another one is up to its features.
    json!({
        "applied_to_organization": false,
        "code": code,
        "created_at": "2023-07-06T14:35:58Z",
        "description": null,
        "lago_id": "1a901a90-1a90-1a90-1a90-1a901a901a90",
        "name": code.to_uppercase(),
        "rate": 20.0,
    })
}

/// A page of a list; `next` is the number of the next one.
pub fn page(key: &str, items: Vec<Value>, next: Option<i64>) -> Value {
    let meta = json!({
        "current_page": next.map_or(9, |next| next - 1),
        "next_page": next,
        "prev_page": null,
        "total_pages": 9,
        "total_count": 99,
    });
    json!({key: items, "meta": meta})
}

/// A page of taxes.
pub fn taxes<const N: usize>(codes: [&str; N], next: Option<i64>) -> Value {
    page("taxes", codes.map(tax).to_vec(), next)
}
