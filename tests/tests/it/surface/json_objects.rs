//! What `json_object!` says of the fields of structs.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{File, Item};

/// By struct and field: the name in JSON when it is another one, and how the value is read and written unless that is
/// as its type says.
pub(super) fn notes(file: &File) -> BTreeMap<(String, String), String> {
    let mut notes = BTreeMap::new();
    for item in &file.items {
        if let Item::Macro(item) = item
            && item.mac.path.is_ident("json_object")
        {
            let tokens: Vec<TokenTree> = item.mac.tokens.clone().into_iter().collect();
            let owner = tokens[0].to_string();
            for section in tokens.windows(2) {
                if let [name, TokenTree::Group(entries)] = section {
                    note(&owner, &name.to_string(), &entries.stream(), &mut notes);
                }
            }
        }
    }
    notes
}

fn note(
    owner: &str,
    section: &str,
    entries: &TokenStream,
    notes: &mut BTreeMap<(String, String), String>,
) {
    let words: Vec<String> = entries
        .clone()
        .into_iter()
        .map(|word| word.to_string())
        .collect();
    for entry in words.split(|word| word == ";") {
        let entry: Vec<&str> = entry.iter().map(String::as_str).collect();
        let (field, said) = match (section, entry.as_slice()) {
            // `Time` reads what the type does.
            ("required" | "optional", [_, field, "as", "Value" | "Time"]) => (field, String::new()),
            ("required" | "optional", [_, field, "as", way]) => (field, format!(" read:{way}")),
            ("write", [_, _, field, name, form @ ..]) => {
                let name = name.trim_matches('"');
                let renamed = match name == *field {
                    true => String::new(),
                    false => format!(" rename:{name}"),
                };
                let form = form.last().map(|form| format!(" written:{form}"));
                (field, renamed + &form.unwrap_or_default())
            }
            // A blank after the last entry, and the field that is never read.
            (_, [] | [_]) => continue,
            _ => panic!("{owner}: what is {entry:?} in {section}?"),
        };
        notes
            .entry((owner.to_owned(), (*field).to_owned()))
            .or_default()
            .push_str(&said);
    }
}
