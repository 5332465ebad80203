//! Faults of types: their fields and their values.

use crate::regen::ir::{Api, Field, Form, Kind, Type, TypeRef};

/// The structs that something uses, with their names.
fn structs(api: &mut Api) -> impl Iterator<Item = (&String, bool, &mut Vec<Field>)> {
    let used = api.types.iter_mut();
    used.filter_map(|(name, Type { kind, received, .. })| match kind {
        Kind::Struct(fields) => Some((name, *received, fields)),
        Kind::Enum { .. } => None,
    })
}

/// Changes a field where `at` says so, of those where the change is one.
fn each_field(
    api: &mut Api,
    at: &mut dyn FnMut(&str) -> bool,
    change: impl Fn(&Field, bool) -> Option<Field>,
) {
    for (name, received, fields) in structs(api) {
        for field in fields {
            if let Some(changed) = change(field, received)
                && at(&format!("{name}.{}", field.name))
            {
                *field = changed;
            }
        }
    }
}

/// A required field is not there.
pub(super) fn lose_field(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    for (name, _, fields) in structs(api) {
        fields.retain(|field| !(field.required && at(&format!("{name}.{}", field.name))));
    }
}

/// A field goes by another name in JSON.
pub(super) fn misname_field(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    each_field(api, at, |field, _| {
        let name = format!("{}_value", field.name);
        Some(Field {
            name,
            ..field.clone()
        })
    });
}

/// What may be missing has to be there.
pub(super) fn require_field(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    each_field(api, at, |field, received| {
        let may_lack = !field.required || received && field.nullable;
        may_lack.then(|| Field {
            required: true,
            nullable: field.nullable && !received,
            ..field.clone()
        })
    });
}

/// What may be sent as null cannot be.
pub(super) fn forbid_null(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    each_field(api, at, |field, received| {
        (!received && field.nullable).then(|| Field {
            nullable: false,
            ..field.clone()
        })
    });
}

/// A field has another type.
pub(super) fn change_type(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    each_field(api, at, |field, _| {
        let ty = match &field.ty {
            TypeRef::Decimal(Form::String) => TypeRef::Decimal(Form::Number),
            TypeRef::Decimal(Form::Number) => TypeRef::Decimal(Form::String),
            TypeRef::Decimal(Form::Seconds) => TypeRef::DateTime,
            TypeRef::DateTime => TypeRef::Date,
            TypeRef::Date => TypeRef::DateTime,
            TypeRef::Integer => TypeRef::Boolean,
            TypeRef::Boolean => TypeRef::Integer,
            TypeRef::String => TypeRef::Uuid,
            TypeRef::List(item) => (**item).clone(),
            TypeRef::Map(_) => TypeRef::String,
            TypeRef::Uuid | TypeRef::Named(_) | TypeRef::Json | TypeRef::Nullable(_) => {
                return None;
            }
        };
        Some(Field {
            ty,
            example: None,
            ..field.clone()
        })
    });
}

/// An enum does not know one of its values.
pub(super) fn lose_value(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    for (name, ty) in &mut api.types {
        let Kind::Enum { values, sites, .. } = &mut ty.kind else {
            continue;
        };
        let lost: Vec<String> = values
            .iter()
            .filter(|value| at(&format!("{name}.{value}")))
            .cloned()
            .collect();
        for known in std::iter::once(values).chain(sites.iter_mut().map(|site| &mut site.values)) {
            known.retain(|value| !lost.contains(value));
        }
    }
}
