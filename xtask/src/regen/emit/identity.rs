//! Prints how a call notices that an answer is about another object than the path.

use proc_macro2::TokenStream;
use quote::quote;

use super::methods::{Method, Output};
use crate::regen::ident;
use crate::regen::ir::{Identity, Parameter, SetBy, TypeRef};

/// The check of a value, for a call whose answers state something of its path again.
pub(crate) fn check(method: &Method<'_>) -> Option<TokenStream> {
    let body = match gone(method) {
        Some(parameter) => {
            let (key, ident) = (&parameter.name, ident::value(&parameter.rust));
            quote! {
                let mut maps = value.iter();
                identity::gone(#key, maps.any(|map| map.contains_key(&self.#ident)))
            }
        }
        None => stated(method)?,
    };
    Some(quote! {
        fn check(&self, value: &Self::Output) -> Result<(), OtherObject> {
            #body
        }
    })
}

/// The last parameter of a deletion that answers the map without it, or null when the map is gone.
fn gone<'m>(method: &'m Method<'_>) -> Option<&'m Parameter> {
    let ty = match &method.output {
        Output::Root { ty, .. } => ty,
        Output::Whole(ty) => *ty,
        _ => return None,
    };
    let is_map = matches!(ty, TypeRef::Nullable(map) if matches!(**map, TypeRef::Map(_)));
    let is_deletion = method.operation.method == "DELETE" && is_map;
    let last = method.path().last().filter(|_| is_deletion)?;
    let ends = method
        .operation
        .path
        .ends_with(&format!("{{{}}}", last.name));
    ends.then_some(last)
}

fn stated(method: &Method<'_>) -> Option<TokenStream> {
    let found = &method.operation.identity;
    if found.is_empty() {
        return None;
    }
    let is_plain = match &method.output {
        Output::Nothing | Output::Text => return None,
        Output::Whole(TypeRef::Named(_)) => true,
        Output::Root { ty, .. } => matches!(ty, TypeRef::Named(_)),
        // A list, a page, or something that may not be there.
        Output::Whole(_) | Output::RootOrNothing { .. } | Output::Page { .. } => false,
    };
    let lines = found.iter().filter_map(|found| line(method, found));
    Some(match is_plain {
        true => quote!(#(#lines)* Ok(())),
        false => quote!(value.iter().try_for_each(|value| { #(#lines)* Ok(()) })),
    })
}

fn line(method: &Method<'_>, found: &Identity) -> Option<TokenStream> {
    let name = &found.property;
    let parameter = method.path().find(|known| known.name == found.parameter)?;
    let (parameter, property) = (ident::value(&parameter.rust), ident::value(name));
    Some(match &found.set {
        SetBy::Nothing => quote!(identity::same(#name, &self.#parameter, &value.#property)?;),
        SetBy::Body => quote! {
            identity::same_or_set(#name, &self.#parameter, &self.body.#property, &value.#property)?;
        },
        SetBy::Root(root) => {
            let root = ident::value(root);
            quote! {
                identity::same_or_set(
                    #name, &self.#parameter, &self.body.#root.#property, &value.#property,
                )?;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::methods::methods;
    use super::super::sample;
    use super::*;
    use crate::regen::ir::Answer;

    fn printed(change: impl FnOnce(&mut crate::regen::ir::Operation)) -> String {
        let mut operation = sample::api().operations.swap_remove(0);
        change(&mut operation);
        let methods = methods(&operation).unwrap();
        let printed = check(&methods[0]).map(|tokens| tokens.to_string());
        printed.unwrap_or_default().replace(' ', "")
    }

    fn code(set: SetBy) -> Vec<Identity> {
        vec![Identity {
            parameter: "code".into(),
            property: "thing_code".into(),
            set,
        }]
    }

    #[test]
    fn each_element_of_a_list_is_checked() {
        let list = printed(|operation| operation.identity = code(SetBy::Nothing));
        let expected = "value.iter().try_for_each(|value|{\
            identity::same(\"thing_code\",&self.code,&value.thing_code)?;Ok(())})";
        assert!(list.contains(expected), "{list}");
        assert_eq!(printed(|_| {}), "");
    }

    #[test]
    fn what_the_body_sets_is_no_other_object() {
        let answer = || Answer::Root {
            key: "thing".into(),
            ty: TypeRef::Named("Thing".into()),
        };
        let update = printed(|operation| {
            operation.answer = answer();
            operation.identity = code(SetBy::Root("thing".into()));
        });
        let expected = "{identity::same_or_set(\"thing_code\",&self.code,\
            &self.body.thing.thing_code,&value.thing_code,)?;Ok(())}";
        assert!(update.contains(expected), "{update}");
    }

    #[test]
    fn a_deleted_key_is_in_the_map_no_more() {
        let deletion = printed(|operation| {
            operation.method = "DELETE".into();
            operation.path = "/things/metadata/{code}".into();
            operation.answer = Answer::Root {
                key: "metadata".into(),
                ty: TypeRef::Nullable(Box::new(TypeRef::Map(Box::new(TypeRef::String)))),
            };
        });
        let expected = "identity::gone(\"code\",maps.any(|map|map.contains_key(&self.code)))";
        assert!(deletion.contains(expected), "{deletion}");
    }
}
