//! The table of operations: what everything that treats operations alike reads.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase;
use quote::quote;

use crate::regen::emit::section::CONDITION;
use crate::regen::emit::{EmitError, Tree, source};
use crate::regen::ir::{Api, Gone, Idempotency, Operation};
use crate::regen::names::calls;

const FILE: &str = "lago-client/src/generated/operations.rs";

/// Prints the table, a line for each operation, and a name for each of its rows.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let mut names = BTreeSet::new();
    let mut rows = String::new();
    let mut constants = String::new();
    for (index, operation) in api.operations.iter().enumerate() {
        let name = calls::row(&operation.id);
        if !names.insert(name.clone()) {
            return Err(EmitError::within(
                operation,
                format!("another operation is called {name}"),
            ));
        }
        let condition = match operation.published {
            true => String::new(),
            false => format!("    {CONDITION}\n"),
        };
        rows += &format!("{condition}    {},\n", row(operation));
        constants += &format!(
            "{condition}    pub(crate) const {name}: &Operation = &OPERATIONS[{index}];\n"
        );
    }
    let head = source(
        "Every operation of the API.",
        quote! {
            use crate::operation::{Effect::*, Idempotency::*, Method::*, Operation, RequestBody::*, row};
        },
    )?;
    // A line for each row: prettyplease would give every argument one of its own.
    let text = format!(
        "{head}
/// Every operation of the API, by path and method; with the feature `unpublished` followed by those that no published
/// document has.
pub static OPERATIONS: &[Operation] = &[
{rows}];

/// The rows of [`OPERATIONS`] by name.
pub(crate) mod op {{
    use super::{{OPERATIONS, Operation}};

{constants}}}
"
    );
    tree.insert(FILE.to_owned(), text);
    Ok(())
}

fn row(operation: &Operation) -> String {
    let resource: Vec<&str> = operation
        .accessors
        .iter()
        .chain([&operation.verb])
        .map(String::as_str)
        .collect();
    let idempotency = match &operation.idempotency {
        Idempotency::Idempotent => "Idempotent".to_owned(),
        Idempotency::NotIdempotent => "NotIdempotent".to_owned(),
        Idempotency::WithKey(key) => format!(
            "WithKey(crate::operation::Key {{ name: {:?}, time: {:?}, content: &{:?}, amounts: &{:?} }})",
            key.name, key.time, key.content, key.amounts
        ),
    };
    let effect = operation.effect;
    let body = match &operation.body {
        None => "Absent",
        Some(body) if body.required => "Required",
        Some(_) => "Optional",
    };
    let identity: Vec<(&str, String)> = operation
        .identity
        .iter()
        .map(|found| (found.parameter.as_str(), found.place()))
        .collect();
    format!(
        "row({:?}, {}, {:?}, {:?}, {:?}, {effect:?}, {}, {idempotency}, {body}, &{:?}, &{identity:?}, {}, {:?}){}{}",
        operation.id,
        operation.method.to_upper_camel_case(),
        operation.base_path,
        operation.path,
        resource.join("."),
        operation.outside,
        operation.response.roots(),
        gone(operation.gone.as_ref()),
        operation.since,
        if operation.grants { ".granting()" } else { "" },
        if operation.may_be_empty {
            ".or_nothing()"
        } else {
            ""
        },
    )
}

fn gone(gone: Option<&Gone>) -> String {
    const MODULE: &str = "crate::operation";
    match gone {
        None => "None".to_owned(),
        Some(Gone::Key(parameter)) => format!("Some({MODULE}::Gone::Key({parameter:?}))"),
        Some(Gone::Element(lists)) => {
            let lists = lists.iter().map(|elements| {
                let list = elements.list.as_ref().map(|list| &list.name);
                format!(
                    "{MODULE}::Elements {{ list: {list:?}, parameter: {:?}, property: {:?} }}",
                    elements.parameter, elements.property
                )
            });
            let lists: Vec<String> = lists.collect();
            format!("Some({MODULE}::Gone::Element(&[{}]))", lists.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::{Elements, Part};
    use crate::regen::sample;

    #[test]
    fn each_operation_has_a_row_and_a_name() {
        let mut tree = Tree::new();
        emit(&sample::api(), &mut tree).unwrap();
        let text = &tree[FILE];
        syn::parse_file(text).unwrap();
        for expected in [
            "pub static OPERATIONS: &[Operation] = &[",
            r#"    row("listParts", Get, "/api/v1", "/things/{code}/parts", "things.parts.get", Reads, false, NotIdempotent, Absent, &["parts"], &[], None, None),"#,
            r#"    row("createThing", Post, "/api/v1", "/things", "things.post", Adds, true, NotIdempotent, Required, &["thing"], &[], None, Some("1.2.0")),"#,
            r#"    row("deleteThing", Delete, "/api/v1", "/things/{code}", "things.delete", Removes, false, Idempotent, Optional, &[], &[], None, None),"#,
            "    pub(crate) const CREATE_THING: &Operation = &OPERATIONS[1];",
        ] {
            assert!(text.contains(expected), "{expected}\n---\n{text}");
        }
    }

    #[test]
    fn a_row_says_whether_a_success_may_have_no_body() {
        let mut api = sample::api();
        assert!(!row(&api.operations[0]).contains("or_nothing"));
        api.operations[0].may_be_empty = true;
        assert!(row(&api.operations[0]).ends_with(".or_nothing()"));
    }

    #[test]
    fn a_row_says_where_what_was_deleted_would_be() {
        assert_eq!(gone(None), "None");
        let key = Gone::Key("key".to_owned());
        assert_eq!(
            gone(Some(&key)),
            r#"Some(crate::operation::Gone::Key("key"))"#
        );
        let list = |list: Option<&str>| Elements {
            list: list.map(|name| Part {
                name: name.to_owned(),
                optional: true,
            }),
            parameter: "code".to_owned(),
            property: "lago_id".to_owned(),
        };
        let element = Gone::Element(vec![list(None), list(Some("bits"))]);
        let row = gone(Some(&element));
        for expected in [
            r#"Gone::Element(&[crate::operation::Elements { list: None, parameter: "code", "#,
            r#"Elements { list: Some("bits"), parameter: "code", property: "lago_id" }]))"#,
        ] {
            assert!(row.contains(expected), "{row}");
        }
    }

    #[test]
    fn two_operations_cannot_share_a_name() {
        let mut api = sample::api();
        api.operations[1].id = "list_parts".into();
        assert!(
            emit(&api, &mut Tree::new())
                .unwrap_err()
                .message
                .contains("LIST_PARTS")
        );
    }
}
