//! Ways from one struct to another, as [`conversions`](crate::regen::conversions) finds them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::{StructField, left_out, print_fields};
use super::refusable::can_refuse;
use super::typed::Typed;
use crate::regen::conversions::{How, Plan, plan};
use crate::regen::emit::EmitError;
use crate::regen::emit::docs::doc_lines;
use crate::regen::ir::{Api, Presence};

/// What follows the struct `to`: the conversions into it.
pub(crate) fn print(
    to: &str,
    api: &Api,
    typed: &Typed,
    all: &BTreeSet<(String, String)>,
) -> Result<TokenStream, EmitError> {
    let mut items = Vec::new();
    for (from, _) in all.iter().filter(|(_, target)| target == to) {
        let Some(plan) = plan(from, to, &api.types) else {
            continue;
        };
        let source = print_fields(from, &api.types[from], typed)?;
        let target = print_fields(to, &api.types[to], typed)?;
        let refuses = |name: &str, fields| api.types[name].sent && can_refuse(fields);
        // What a setter of the one refused is still to be said by the other.
        let refused = refuses(to, &target).then(|| match refuses(from, &source) {
            true => quote!(refused_: value.refused_,),
            false => quote!(refused_: crate::refused::Refused::default(),),
        });
        let is_sent = !api.types[from].received;
        items.push(implementation(
            (from, to),
            &plan,
            (&source, &target),
            is_sent,
            refused,
        ));
        let key = api.identified.get(to);
        items.extend(key.and_then(|key| id_among(from, to, key, &source, &target)));
    }
    Ok(quote!(#(#items)*))
}

fn implementation(
    (from, to): (&str, &str),
    plan: &Plan,
    (source, target): (&[StructField<'_>], &[StructField<'_>]),
    is_sent: bool,
    refused: Option<TokenStream>,
) -> TokenStream {
    let steps = || plan.steps.iter().zip(target);
    let values = steps().map(|(step, field)| {
        let ident = field.ident;
        let value = match step {
            Some((index, how)) => given(&source[*index], how, field),
            None if field.presence == Presence::OptionalNullable => quote!(crate::Patch::Absent),
            None => quote!(None),
        };
        quote!(#ident: #value)
    });
    let lost: Vec<String> = steps()
        .filter(|(step, _)| step.is_none())
        .map(|(_, field)| format!("`{}`", field.ident))
        .collect();
    let lost = match lost.is_empty() {
        true => String::new(),
        false => format!(
            "\n\nLeft out as well, since [`{from}`](crate::{from}) does not have it: {}.",
            lost.join(", ")
        ),
    };
    let lacked: Vec<String> = steps()
        .filter(|(step, field)| {
            let taken = step.as_ref().map(|(index, _)| &source[*index]);
            taken.is_some_and(|taken| may_lack(taken, field))
        })
        .map(|(_, field)| format!("`{}`", field.ident))
        .collect();
    let errors = match lacked.as_slice() {
        [] => String::new(),
        [one] => format!("\n\n# Errors\nWhen {one} is missing."),
        several => format!(
            "\n\n# Errors\nWhen one of these is missing: {}.",
            several.join(", ")
        ),
    };
    // What was received says all that there is.
    let left_out = match is_sent {
        true => left_out(target),
        false => String::new(),
    };
    let doc = doc_lines(&format!(
        "To send what is there, with a change. What is missing is left out.{left_out}{lost}{errors}"
    ));
    let mut both = source.iter().chain(target);
    let deprecated = both
        .any(|field| field.field.deprecated)
        .then(|| quote!(#[allow(deprecated)]));
    let (from, to) = (format_ident!("{from}"), format_ident!("{to}"));
    match plan.may_lack {
        false => quote! {
            #doc
            impl From<crate::#from> for #to {
                #deprecated
                fn from(value: crate::#from) -> Self {
                    Self { #(#values,)* #refused }
                }
            }
        },
        true => quote! {
            #doc
            impl TryFrom<crate::#from> for #to {
                type Error = crate::Refusal;
                #deprecated
                fn try_from(value: crate::#from) -> Result<Self, crate::Refusal> {
                    Ok(Self { #(#values,)* #refused })
                }
            }
        },
    }
}

/// Whether a field that is needed may be missing in the one that it is taken from.
fn may_lack(source: &StructField<'_>, target: &StructField<'_>) -> bool {
    target.presence == Presence::Required && source.presence != Presence::Required
}

/// The value for a field, from the field that it comes from.
fn given(source: &StructField<'_>, how: &How, target: &StructField<'_>) -> TokenStream {
    let ident = source.ident;
    let whole = quote!(value.#ident);
    let changed = |value: TokenStream| changed(value, how);
    let mapped = match how {
        How::Same => whole.clone(),
        _ => {
            let inner = changed(quote!(value));
            quote!(#whole.map(|value| #inner))
        }
    };
    match (source.presence, target.presence) {
        (Presence::Required, Presence::Required) => changed(whole),
        (Presence::Required, Presence::Optional | Presence::RequiredNullable) => {
            let value = changed(whole);
            quote!(Some(#value))
        }
        (Presence::Required, Presence::OptionalNullable) => {
            let value = changed(whole);
            quote!(crate::Patch::Value(#value))
        }
        (
            Presence::Optional | Presence::RequiredNullable,
            Presence::Optional | Presence::RequiredNullable,
        )
        | (Presence::OptionalNullable, Presence::OptionalNullable) => mapped,
        (Presence::Optional | Presence::RequiredNullable, Presence::OptionalNullable) => {
            quote!(#mapped.map_or(crate::Patch::Absent, crate::Patch::Value))
        }
        (Presence::OptionalNullable, Presence::Optional | Presence::RequiredNullable) => {
            quote!(#mapped.into_value())
        }
        (Presence::Optional | Presence::RequiredNullable, Presence::Required) => {
            needed(&mapped, target)
        }
        (Presence::OptionalNullable, Presence::Required) => {
            needed(&quote!(#mapped.into_value()), target)
        }
    }
}

/// A value that has to be there.
fn needed(value: &TokenStream, target: &StructField<'_>) -> TokenStream {
    let name = &target.field.name;
    quote!(#value.ok_or_else(|| crate::Refusal::missing(#name))?)
}

fn changed(value: TokenStream, how: &How) -> TokenStream {
    let inner = |how: &How| changed(quote!(value), how);
    match how {
        How::Same => value,
        How::Into => quote!(#value.into()),
        How::Text => quote!(#value.to_string()),
        How::Code => quote!(#value.code),
        How::Items(how) => {
            let item = inner(how);
            quote!(#value.into_iter().map(|value| #item).collect())
        }
        How::Values(how) => {
            let entry = inner(how);
            quote!(#value.into_iter().map(|(key, value)| (key, #entry)).collect())
        }
        How::Some(how) => {
            let some = inner(how);
            quote!(#value.map(|value| #some))
        }
    }
}

/// A method that takes the id of the entry with the same key: without it the server takes an
/// entry for a new one, and refuses the key that it has.
fn id_among<'a>(
    from: &str,
    to: &str,
    key: &str,
    source: &'a [StructField<'a>],
    target: &'a [StructField<'a>],
) -> Option<TokenStream> {
    let named = |fields: &'a [StructField<'a>], name: &str| {
        fields.iter().find(|field| field.field.name == name)
    };
    let (id, own) = (named(target, "id")?, named(target, key)?);
    let (known_id, known_key) = (named(source, "lago_id")?, named(source, key)?);
    let optional = |owner: TokenStream, field: &StructField<'_>| {
        let ident = field.ident;
        match field.presence {
            Presence::Required => quote!(Some(&#owner.#ident)),
            Presence::Optional | Presence::RequiredNullable => quote!(#owner.#ident.as_ref()),
            Presence::OptionalNullable => quote!(#owner.#ident.as_value()),
        }
    };
    let own_key = optional(quote!(self), own);
    let entry_key = optional(quote!(entry), known_key);
    let (id, known) = (id.ident, known_id.ident);
    let found = match known_id.presence {
        Presence::Required => quote!(same.map(|entry| entry.#known)),
        _ => quote!(same.and_then(|entry| entry.#known)),
    };
    let doc = doc_lines(&format!(
        "Takes the id of the entry in `known` that has the same `{key}`. Without its id an entry \
         is a new one, and the server refuses a `{key}` that it has already (`value_already_exist`)."
    ));
    let (from, to) = (format_ident!("{from}"), format_ident!("{to}"));
    Some(quote! {
        impl #to {
            #doc
            #[must_use]
            pub fn id_among(mut self, known: &[crate::#from]) -> Self {
                let same = known.iter().find(|entry| #entry_key == #own_key);
                if let Some(id) = #found {
                    self.#id = Some(id);
                }
                self
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::conversions::all;
    use crate::regen::emit::types::typed::typed;
    use crate::regen::ir::{Field, TypeRef};
    use crate::regen::sample;
    use crate::regen::sample::{Goes, structure};

    fn api(types: Vec<(&str, Goes, Vec<Field>)>) -> Api {
        let mut api = sample::api();
        let types = types.into_iter();
        api.types
            .extend(types.map(|(name, goes, fields)| structure(name, goes, fields)));
        api
    }

    fn printed(api: &Api, to: &str) -> String {
        let all = all(&api.conversions, &api.types);
        let text = print(to, api, &typed(api).unwrap(), &all).unwrap();
        text.to_string().replace(' ', "")
    }

    #[test]
    fn each_field_is_taken_as_it_is_held() {
        let field = |name: &str, ty, required, nullable| Field {
            nullable,
            ..sample::root(name, ty, required)
        };
        let list = |name: &str| TypeRef::List(Box::new(TypeRef::Named(name.to_owned())));
        let mut api = api(vec![
            (
                "Entry",
                Goes::In,
                vec![
                    field("lago_id", TypeRef::Uuid, true, false),
                    field("key", TypeRef::String, true, false),
                    field("note", TypeRef::String, false, true),
                    field("parts", list("Bit"), true, false),
                ],
            ),
            ("Bit", Goes::In, vec![]),
            ("BitInput", Goes::Out, vec![]),
            (
                "EntryInput",
                Goes::Out,
                vec![
                    field("id", TypeRef::Uuid, false, false),
                    field("key", TypeRef::String, true, false),
                    field("note", TypeRef::String, false, true),
                    field("parts", list("BitInput"), false, false),
                    field("more", TypeRef::Boolean, false, true),
                ],
            ),
        ]);
        api.conversions = vec![("Entry".to_owned(), "EntryInput".to_owned())];
        api.identified = [("EntryInput".to_owned(), "key".to_owned())].into();
        let text = printed(&api, "EntryInput");
        for expected in [
            "implFrom<crate::Entry>forEntryInput",
            "id:Some(value.lago_id),",
            "key:value.key,",
            "note:value.note.map_or(crate::Patch::Absent,crate::Patch::Value),",
            "parts:Some(value.parts.into_iter().map(|value|value.into()).collect()),",
            "more:crate::Patch::Absent,",
            "doesnothaveit:`more`.",
            "pubfnid_among(mutself,known:&[crate::Entry])->Self",
        ] {
            assert!(text.contains(expected), "{expected}\n---\n{text}");
        }
        assert!(printed(&api, "BitInput").contains("implFrom<crate::Bit>forBitInput"));
    }
    #[test]
    fn what_may_lack_what_is_needed_is_tried() {
        let field = |required, nullable| Field {
            nullable,
            ..sample::root("price", TypeRef::Integer, required)
        };
        for (nullable, expected) in [
            (false, "price:value.price.ok_or_else("),
            (true, "price:value.price.into_value().ok_or_else("),
        ] {
            let mut api = api(vec![
                ("PartInput", Goes::Out, vec![field(false, nullable)]),
                ("PartUpdate", Goes::Out, vec![field(true, false)]),
            ]);
            api.conversions = vec![("PartInput".to_owned(), "PartUpdate".to_owned())];
            let text = printed(&api, "PartUpdate");
            for expected in [
                "implTryFrom<crate::PartInput>forPartUpdate{typeError=crate::Refusal;",
                "When`price`ismissing.",
                expected,
                "||crate::Refusal::missing(\"price\"))?",
            ] {
                assert!(text.contains(expected), "{expected}\n---\n{text}");
            }
        }
    }
}
