//! Whether what operations.yaml says of keys holds in this document.

use std::collections::BTreeMap;

use super::ir::{
    BodyShape, ClientGenerated, Idempotency, Key, Kind, Operation, ParameterPlace, Response, Type,
    TypeRef,
};
use super::operations::OperationFacts;

/// An operation whose key is not as its row says may not be repeated, and is noted.
pub(crate) fn check(
    operations: &mut [Operation],
    types: &BTreeMap<String, Type>,
    facts: &OperationFacts,
) {
    let checked = operations
        .iter()
        .enumerate()
        .filter_map(|(index, operation)| {
            let Idempotency::WithKey(key) = &operation.idempotency else {
                return None;
            };
            let problem = problem(operation, key, operations, types)?;
            facts.note_unkeyed(&operation.id, problem);
            Some(index)
        });
    let unkeyed: Vec<usize> = checked.collect();
    for index in unkeyed {
        operations[index].idempotency = Idempotency::NotIdempotent;
    }
    for operation in operations {
        let decimals = thing(operation).and_then(|name| decimals(types.get(name)?));
        if let (Idempotency::WithKey(key), Some(decimals)) = (&mut operation.idempotency, decimals)
        {
            let content = key.content.iter();
            key.amounts = content
                .filter(|name| decimals.contains(*name))
                .cloned()
                .collect();
        }
    }
}

/// The type of what an operation sends under the one root of its body.
fn thing(operation: &Operation) -> Option<&String> {
    let body = operation.body.as_ref().filter(|body| body.required)?;
    match &body.shape {
        BodyShape::Roots(fields) => match fields.as_slice() {
            [root] => match one(&root.ty) {
                TypeRef::Named(name) => Some(name),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The names of the fields that are decimals.
fn decimals(ty: &Type) -> Option<Vec<String>> {
    let Kind::Struct(fields) = &ty.kind else {
        return None;
    };
    let decimals = fields
        .iter()
        .filter(|field| matches!(field.ty, TypeRef::Decimal(_)));
    Some(decimals.map(|field| field.name.clone()).collect())
}

/// Whether the client fills in key and time of a type when a request is made.
pub(crate) fn is_keyed(ty: &Type, key: &str, time: &str) -> bool {
    let Kind::Struct(fields) = &ty.kind else {
        return false;
    };
    let has = |name: &str, client_generated| {
        let mut fields = fields.iter();
        fields.any(|field| field.name == name && field.client_generated == Some(client_generated))
    };
    has(key, ClientGenerated::Id) && has(time, ClientGenerated::Now)
}

fn problem(
    operation: &Operation,
    key: &Key,
    operations: &[Operation],
    types: &BTreeMap<String, Type>,
) -> Option<String> {
    let is_keyed = thing(operation)
        .and_then(|name| types.get(name))
        .is_some_and(|ty| is_keyed(ty, &key.name, &key.time));
    if !is_keyed {
        return Some(format!(
            "nothing under the one root of its body has `{}` and `{}` that the client fills in",
            key.name, key.time
        ));
    }
    let lookup = operations.iter().find(|known| known.id == key.lookup);
    let Some(lookup) = lookup else {
        return Some(format!("there is no operation `{}`", key.lookup));
    };
    let takes_the_key = lookup.parameters.iter().all(|parameter| {
        matches!(
            parameter.place,
            ParameterPlace::Path
                | ParameterPlace::Query {
                    required: false,
                    ..
                }
        )
    });
    let in_path = lookup.parameters.iter();
    let in_path = in_path.filter(|parameter| parameter.place == ParameterPlace::Path);
    let responses = [operation, lookup].map(|operation| match &operation.response {
        Response::Root { ty, .. } => Some(one(ty)),
        _ => None,
    });
    let is_the_same = responses[0].is_some() && responses[0] == responses[1];
    let reads_back = takes_the_key && in_path.count() == 1 && lookup.body.is_none() && is_the_same;
    (!reads_back).then(|| format!("`{}` does not read back what it answers", lookup.id))
}

/// What a list holds, or the thing itself.
fn one(ty: &TypeRef) -> &TypeRef {
    match ty {
        TypeRef::List(item) => item,
        ty => ty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::Body;
    use crate::regen::ir::Form;
    use crate::regen::sample::{self, Goes, structure};

    fn key(lookup: &str) -> Key {
        Key {
            name: "id".into(),
            time: "at".into(),
            content: vec!["at".into(), "cents".into()],
            amounts: Vec::new(),
            lookup: lookup.into(),
        }
    }

    fn response(ty: TypeRef) -> Response {
        let key = "event".into();
        Response::Root { key, ty }
    }

    /// Two operations that write events, and one that reads an event.
    fn operations(lookup: &str) -> Vec<Operation> {
        let event = || TypeRef::Named("Event".into());
        let write = |id: &str, input: TypeRef, output: TypeRef| Operation {
            body: Some(Body {
                required: true,
                shape: BodyShape::Roots(vec![sample::root("event", input, true)]),
            }),
            response: response(output),
            effect: crate::regen::ir::Effect::Reads,
            outside: false,
            grants: false,
            idempotency: Idempotency::WithKey(key(lookup)),
            ..sample::operation(id, "POST", "/events")
        };
        let input = || TypeRef::Named("EventInput".into());
        vec![
            write("create", input(), event()),
            write(
                "createAll",
                TypeRef::List(Box::new(input())),
                TypeRef::List(Box::new(event())),
            ),
            Operation {
                parameters: vec![sample::path("id")],
                response: response(event()),
                ..sample::operation("find", "GET", "/events/{id}")
            },
            sample::operation("list", "GET", "/events"),
        ]
    }

    fn types(client_generated: bool) -> BTreeMap<String, Type> {
        let field = |name: &str, by| {
            let mut field = sample::root(name, TypeRef::String, true);
            field.client_generated = client_generated.then_some(by);
            field
        };
        let cents = sample::root("cents", TypeRef::Decimal(Form::String), false);
        let fields = vec![
            field("id", ClientGenerated::Id),
            field("at", ClientGenerated::Now),
            cents,
        ];
        BTreeMap::from([structure("EventInput", Goes::Out, fields)])
    }

    fn checked(lookup: &str, client_generated: bool) -> (Vec<Operation>, Vec<String>) {
        let text = "create: {effect: adds, repeatable: true, why: x}\ncreateAll: {effect: adds, repeatable: true, why: x}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        facts.of("create", "post");
        facts.of("createAll", "post");
        let mut operations = operations(lookup);
        check(&mut operations, &types(client_generated), &facts);
        let findings = facts.findings().into_iter();
        (
            operations,
            findings.map(|finding| finding.message).collect(),
        )
    }

    #[test]
    fn a_key_that_holds_is_kept() {
        let (operations, findings) = checked("find", true);
        let amounts = vec!["cents".to_owned()];
        let kept = Idempotency::WithKey(Key {
            amounts,
            ..key("find")
        });
        assert_eq!(
            [&operations[0].idempotency, &operations[1].idempotency],
            [&kept; 2]
        );
        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn a_key_that_does_not_hold_makes_it_not_repeatable() {
        for (lookup, client_generated, expected) in [
            ("find", false, "nothing under the one root"),
            ("gone", true, "there is no operation `gone`"),
            ("list", true, "`list` does not read back"),
        ] {
            let (operations, findings) = checked(lookup, client_generated);
            for operation in &operations[..2] {
                assert_eq!(operation.idempotency, Idempotency::NotIdempotent);
            }
            assert_eq!(findings.len(), 2);
            assert!(findings[0].contains(expected), "{findings:?}");
        }
    }
}
