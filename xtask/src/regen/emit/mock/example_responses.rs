//! An example of every response and of every webhook delivery, for the stand-in server.

use serde_json::{Map, Value, json};

use super::examples::Examples;
use crate::regen::emit::section::{Section, is_needed};
use crate::regen::emit::{EmitError, Tree};
use crate::regen::ir::{Api, Kind, Operation, Response, TypeRef, Webhook};

const GENERATED: &str = "lago-client/src/generated";
const ANSWERS: &str = "example_responses.json";
const DELIVERIES: &str = "lago-client/src/generated/deliveries.json";

/// Prints an object for each, a line for each operation and each type of delivery; an operation
/// that answers nothing is not there.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    for section in Section::ALL {
        let mut responses = Vec::new();
        for operation in section.operations(api) {
            if let Some(body) = Examples::new(api).response(operation, &operation.response)? {
                responses.push(format!("{}:{body}", json!(operation.id)));
            }
        }
        if section == Section::Published || is_needed(api) {
            tree.insert(
                format!("{}/{ANSWERS}", section.folder(GENERATED)),
                lines(&responses),
            );
        }
    }
    let mut deliveries = Vec::new();
    for webhook in &api.webhooks {
        let body = Examples::new(api).delivery(webhook)?;
        deliveries.push(format!("{}:{body}", json!(webhook.name)));
    }
    tree.insert(DELIVERIES.to_owned(), lines(&deliveries));
    Ok(())
}

fn lines(members: &[String]) -> String {
    format!("{{\n{}\n}}\n", members.join(",\n"))
}

impl<'a> Examples<'a> {
    fn delivery(&mut self, webhook: &'a Webhook) -> Result<Value, EmitError> {
        let object = self.value(&webhook.ty, &webhook.root).ok_or_else(|| {
            EmitError::at(
                &format!("webhook {}", webhook.key),
                "it has no example: something in it cannot be without itself",
            )
        })?;
        Ok(json!({
            "webhook_type": webhook.name,
            "object_type": webhook.root,
            "organization_id": "1a901a90-1a90-4a90-9a90-1a901a901a90",
            webhook.root.clone(): object,
        }))
    }

    fn response(
        &mut self,
        operation: &Operation,
        response: &'a Response,
    ) -> Result<Option<Value>, EmitError> {
        Ok(Some(match response {
            Response::Empty => return Ok(None),
            Response::Text => json!(self.text(operation)),
            Response::Type(ty) => self.whole(operation, ty, "value")?,
            Response::Root { key, ty } => object(key, self.whole(operation, ty, key)?),
            Response::Page { key, item } => json!({
                key: [self.whole(operation, item, key)?],
                "meta": {
                    "current_page": 1,
                    "next_page": null,
                    "prev_page": null,
                    "total_pages": 1,
                    "total_count": 1,
                },
            }),
            Response::Choice(responses) => match responses.as_slice() {
                [only] => return self.response(operation, only),
                responses => self.choice(operation, responses)?,
            },
        }))
    }

    /// Whole responses by root key: the server takes the one with the key of the request.
    fn choice(
        &mut self,
        operation: &Operation,
        responses: &'a [Response],
    ) -> Result<Value, EmitError> {
        let mut choice = Map::new();
        for response in responses {
            match (
                response.roots().as_slice(),
                self.response(operation, response)?,
            ) {
                (&[root], Some(body)) => choice.insert(root.to_owned(), body),
                _ => {
                    return Err(EmitError::within(
                        operation,
                        "one of its responses has no root key to tell it by",
                    ));
                }
            };
        }
        Ok(Value::Object(choice))
    }

    /// What a text says has an example where another response has it as a field.
    fn text(&self, operation: &Operation) -> String {
        let subject = operation.path.rsplit('/').next().unwrap_or_default();
        let fields = self.api.types.values().flat_map(|ty| match &ty.kind {
            Kind::Struct(fields) if ty.received => fields.as_slice(),
            _ => &[],
        });
        let text = fields
            .filter(|field| field.name == subject && field.ty == TypeRef::String)
            .find_map(|field| serde_json::from_str(field.example.as_deref()?).ok());
        text.unwrap_or_else(|| subject.to_owned())
    }

    fn whole(
        &mut self,
        operation: &Operation,
        ty: &'a TypeRef,
        name: &str,
    ) -> Result<Value, EmitError> {
        self.value(ty, name).ok_or_else(|| {
            EmitError::within(
                operation,
                format!("`{name}` has no example: something in it cannot be without itself"),
            )
        })
    }
}

fn object(key: &str, value: Value) -> Value {
    Value::Object([(key.to_owned(), value)].into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::regen::ir::{Field, Form};
    use crate::regen::sample::{self, Goes, list, named, ty};

    /// The sample with its types: a thing has parts, and a part the thing that it is part of.
    fn printed() -> Tree {
        let field = |name: &str, ty, example: Option<&str>| Field {
            example: example.map(str::to_owned),
            ..sample::root(name, ty, false)
        };
        let status = Kind::Enum {
            words: BTreeMap::new(),
            values: vec!["new".into(), "old".into()],
            sites: vec![],
        };
        let thing = vec![
            field("status", named("ThingStatus"), Some(r#""old""#)),
            field("was", named("ThingStatus"), Some(r#""unknown""#)),
            field("price", TypeRef::Decimal(Form::String), Some("1.5")),
            field("born", TypeRef::DateTime, Some(r#""2022-02-30T00:00:00Z""#)),
            field("tags", TypeRef::Map(Box::new(TypeRef::Integer)), None),
            field("parts", list(named("Part")), Some("[]")),
        ];
        let mut api = sample::api();
        for (name, kind) in [
            ("ThingStatus", status),
            ("Thing", Kind::Struct(thing)),
            (
                "Part",
                Kind::Struct(vec![
                    field("whole", named("Thing"), None),
                    field("beside", list(named("Part")), None),
                ]),
            ),
        ] {
            api.types.extend([ty(name, Goes::In, kind)]);
        }
        // The update responds with the root that it got.
        let part = |key: &str| Response::Root {
            key: key.into(),
            ty: TypeRef::Integer,
        };
        api.operations[3].response = Response::Choice(vec![part("part"), part("parts")]);
        api.webhooks = vec![Webhook {
            key: "thing_gone".into(),
            name: "thing.gone".into(),
            root: "thing".into(),
            ty: named("Thing"),
            doc: None,
            published: true,
        }];
        let mut tree = Tree::new();
        emit(&api, &mut tree).unwrap();
        tree
    }

    #[test]
    fn every_field_is_there_but_for_what_would_never_end() {
        let thing = r#""status":"old","was":"new","price":"1.5","born":"2026-01-31T12:00:00Z","tags":{"key":1}"#;
        let meta = r#""meta":{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":1}"#;
        let expected = [
            "{".to_owned(),
            format!(
                r#""listParts":{{"parts":[{{"whole":{{{thing},"parts":[]}},"beside":[]}}],{meta}}},"#
            ),
            format!(r#""createThing":{{"thing":{{{thing},"parts":[{{"beside":[]}}]}}}},"#),
            r#""setParts":{"part":{"part":1},"parts":{"parts":1}}"#.to_owned(),
            "}\n".to_owned(),
        ];
        assert_eq!(
            printed()[&format!("{GENERATED}/{ANSWERS}")],
            expected.join("\n")
        );
        let delivery = format!(
            r#"{{
"thing.gone":{{"webhook_type":"thing.gone","object_type":"thing","organization_id":"1a901a90-1a90-4a90-9a90-1a901a901a90","thing":{{{thing},"parts":[{{"beside":[]}}]}}}}
}}
"#
        );
        assert_eq!(printed()[DELIVERIES], delivery);
    }
}
