//! Asks typify for the Rust types of the [`ir`](crate::regen::ir).
//!
//! typify sees every property as required and non-null: which fields may be missing or null, and
//! what that means in a request, is our matter (it knows one way for both). What it decides is
//! the type of every value. It also has the last word on the names of fields, but gets them as
//! words of plain ASCII; variants it does not get at all, because it panics where two are alike.

use std::collections::{BTreeMap, BTreeSet};

use schemars::schema::Schema;
use serde_json::{Value, json};
use syn::visit_mut::VisitMut;
use typify::{TypeSpace, TypeSpaceSettings};

use crate::regen::emit::EmitError;
use crate::regen::ir::{Api, Kind, TypeRef};
use crate::regen::names::ident;

/// The stand-in for [`TypeRef::Decimal`] in what typify reads.
const DECIMAL: &str = "Decimal";

/// What typify made of the types, by name.
#[derive(Default)]
pub(crate) struct Typed {
    /// The fields of each struct, by the words of their name.
    structs: BTreeMap<String, BTreeMap<String, TypedField>>,
    /// The names of the enums.
    enums: BTreeSet<String>,
}

impl Typed {
    /// A field by the type and by its name in JSON.
    pub(crate) fn field(&self, ty: &str, name: &str) -> Option<&TypedField> {
        self.structs.get(ty)?.get(&ident::snake(name))
    }
}

/// A field as typify would write it.
pub(crate) struct TypedField {
    /// Its Rust name.
    pub(crate) ident: syn::Ident,
    /// The type of its value when there is one.
    pub(crate) ty: syn::Type,
}

/// Runs typify; fails when it invents a type or loses one.
pub(crate) fn typed(api: &Api) -> Result<Typed, EmitError> {
    let mut settings = TypeSpaceSettings::default();
    settings
        .with_map_type("::std::collections::BTreeMap")
        .with_replacement(DECIMAL, "crate::Decimal", std::iter::empty());
    let mut space = TypeSpace::new(&settings);
    let mut definitions = vec![(DECIMAL.to_owned(), parse(json!({ "type": "string" }))?)];
    for (name, ty) in &api.types {
        definitions.push((name.clone(), parse(schema_of(&ty.kind))?));
    }
    space
        .add_ref_types(definitions)
        .map_err(|error| EmitError::new(format!("typify refuses the types: {error}")))?;
    let file: syn::File = syn::parse2(space.to_stream())
        .map_err(|error| EmitError::new(format!("typify's code does not parse: {error}")))?;
    let typed = collect(file);
    let made: BTreeSet<&String> = typed.structs.keys().chain(&typed.enums).collect();
    let wanted: BTreeSet<&String> = api.types.keys().collect();
    if made != wanted {
        let invented: Vec<_> = made.difference(&wanted).collect();
        let lost: Vec<_> = wanted.difference(&made).collect();
        let origin = lost.first().and_then(|name| api.types.get(**name));
        return Err(EmitError::at(
            origin.map_or("", |ty| &ty.origin),
            format!(
                "typify's types are not those of the document: invented {invented:?}, lost {lost:?}; \
                 choose other names in names.yaml, section types"
            ),
        ));
    }
    Ok(typed)
}

fn parse(schema: Value) -> Result<Schema, EmitError> {
    serde_json::from_value(schema)
        .map_err(|error| EmitError::new(format!("not a JSON schema: {error}")))
}

fn schema_of(kind: &Kind) -> Value {
    match kind {
        Kind::Enum { .. } => json!({ "type": "string", "enum": ["any"] }),
        Kind::Struct(fields) => {
            let properties: serde_json::Map<String, Value> = fields
                .iter()
                .map(|field| (ident::snake(&field.name), schema(&field.ty)))
                .collect();
            let required: Vec<&String> = properties.keys().collect();
            json!({ "type": "object", "properties": properties, "required": required })
        }
    }
}

fn schema(ty: &TypeRef) -> Value {
    let text = |format: &str| json!({ "type": "string", "format": format });
    match ty {
        TypeRef::Named(name) => json!({ "$ref": format!("#/definitions/{name}") }),
        TypeRef::Decimal(_) => json!({ "$ref": format!("#/definitions/{DECIMAL}") }),
        TypeRef::String => json!({ "type": "string" }),
        TypeRef::Integer => json!({ "type": "integer", "format": "int64" }),
        TypeRef::Boolean => json!({ "type": "boolean" }),
        TypeRef::DateTime => text("date-time"),
        TypeRef::Date => text("date"),
        TypeRef::Uuid => text("uuid"),
        TypeRef::Json => json!(true),
        TypeRef::List(item) => json!({ "type": "array", "items": schema(item) }),
        TypeRef::Map(value) => json!({ "type": "object", "additionalProperties": schema(value) }),
        TypeRef::Nullable(inner) => json!({ "oneOf": [schema(inner), { "type": "null" }] }),
    }
}

fn collect(file: syn::File) -> Typed {
    let mut typed = Typed::default();
    for item in file.items {
        match item {
            syn::Item::Struct(item) => {
                let fields = item.fields.into_iter().filter_map(|field| {
                    let ident = field.ident?;
                    let name = renamed(&field.attrs).unwrap_or_else(|| ident.to_string());
                    let mut ty = field.ty;
                    Shorten.visit_type_mut(&mut ty);
                    Some((name, TypedField { ident, ty }))
                });
                typed
                    .structs
                    .insert(item.ident.to_string(), fields.collect());
            }
            syn::Item::Enum(item) => {
                typed.enums.insert(item.ident.to_string());
            }
            _ => {}
        }
    }
    typed
}

/// The value of `#[serde(rename = "…")]`.
fn renamed(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        // An attribute of another shape is not a rename.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Lit>()?;
            }
            Ok(())
        });
    }
    name
}

/// Writes types as people do: `String`, not `::std::string::String`.
struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        let prelude = path.segments.last().is_some_and(|last| {
            ["String", "Vec", "Option"].contains(&last.ident.to_string().as_str())
        });
        if prelude && let Some(last) = path.segments.pop() {
            path.leading_colon = None;
            path.segments.clear();
            path.segments.push_value(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;
    use crate::regen::ir::Field;
    use crate::regen::sample::{Goes, ty};

    fn api(types: Vec<(&str, Kind)>) -> Api {
        Api {
            webhooks: Vec::new(),
            conversions: Vec::new(),
            identified: BTreeMap::new(),
            aliases: BTreeMap::new(),
            guides: BTreeMap::new(),
            nouns: BTreeMap::new(),
            version: "1".into(),
            types: types
                .into_iter()
                .map(|(name, kind)| ty(name, Goes::BothWays, kind))
                .collect(),
            operations: Vec::new(),
        }
    }

    fn field(name: &str, ty: TypeRef) -> Field {
        Field::new(name, ty, true)
    }

    #[test]
    fn names_and_types_come_from_typify() {
        let status = Kind::Enum {
            words: BTreeMap::new(),
            values: vec!["count_agg".into(), "EUR".into()],
            sites: vec![],
        };
        let fee = Kind::Struct(vec![
            field("type", TypeRef::Named("Status".into())),
            field(
                "units",
                TypeRef::List(Box::new(TypeRef::Decimal(crate::regen::ir::Form::String))),
            ),
            field(
                "note",
                TypeRef::Map(Box::new(TypeRef::Nullable(Box::new(TypeRef::String)))),
            ),
        ]);
        let typed = typed(&api(vec![("Status", status), ("Fee", fee)])).unwrap();
        let fee = &typed.structs["Fee"];
        let ty = |name: &str| fee[name].ty.to_token_stream().to_string().replace(' ', "");
        assert_eq!(fee["type"].ident, "type_");
        assert_eq!(ty("type"), "Status");
        assert_eq!(ty("units"), "Vec<crate::Decimal>");
        assert_eq!(
            ty("note"),
            "::std::collections::BTreeMap<String,Option<String>>"
        );
        assert!(typed.enums.contains("Status"));
    }

    #[test]
    fn a_name_that_typify_changes_is_an_error() {
        let error = typed(&api(vec![("badName", Kind::Struct(vec![]))]))
            .err()
            .unwrap();
        assert!(
            error.message.contains("invented") && error.message.contains("BadName"),
            "{}",
            error.message
        );
    }
}
