//! Prints how a call notices that a response is about another object than the path.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::methods::{Input, Method, Output};
use crate::regen::ir::{Elements, Gone, Identity, SetBy, TypeRef};
use crate::regen::names::{calls, ident};

/// The check of a value, for a call whose responses state something of its path again.
pub(crate) fn check(method: &Method<'_>) -> Option<TokenStream> {
    let checks: Vec<TokenStream> = stated(method).into_iter().chain(gone(method)).collect();
    let (last, before) = checks.split_last()?;
    Some(quote! {
        fn check(&self, value: &Self::Output) -> Result<(), OtherObject> {
            #(#before?;)*
            #last
        }
    })
}

/// What was deleted is not in what is left.
fn gone(method: &Method<'_>) -> Option<TokenStream> {
    let found = method.operation.gone.as_ref()?;
    let is_there = match found {
        Gone::Key(parameter) => {
            let key = argument(method, parameter)?;
            quote!(value.iter().any(|map| map.contains_key(&self.#key)))
        }
        Gone::Element(lists) => {
            let is_there = is_there(method, &quote!(value), lists)?;
            match method.output {
                Output::RootOrNothing { .. } => quote!(value.iter().any(|value| #is_there)),
                _ => is_there,
            }
        }
    };
    let parameter = found.parameter()?;
    Some(quote!(identity::gone(#parameter, #is_there)))
}

/// Whether the last of the lists has its element.
fn is_there(method: &Method<'_>, owner: &TokenStream, lists: &[Elements]) -> Option<TokenStream> {
    let (first, below) = lists.split_first()?;
    let elements = first.list.as_ref().map(|list| {
        let name = ident::value(&list.name);
        let flatten = list.optional.then(|| quote!(.flatten()));
        (quote!(.#name), flatten)
    });
    let (name, flatten) = elements.unzip();
    let flatten = flatten.flatten();
    let argument = argument(method, &first.parameter)?;
    let property = ident::value(&first.property);
    let names = quote!(identity::names(&self.#argument, &element.#property));
    let found = match below {
        [] => names,
        below => {
            let is_there = is_there(method, &quote!(element), below)?;
            quote!(#names && #is_there)
        }
    };
    Some(quote!(#owner #name.iter()#flatten.any(|element| #found)))
}

/// The field of a call that holds a parameter of its path.
fn argument(method: &Method<'_>, parameter: &str) -> Option<Ident> {
    let parameter = method.path().find(|known| known.name == parameter)?;
    Some(ident::value(&parameter.rust))
}

/// The checks of what a response states: an expression for each, or one for all of its elements.
fn stated(method: &Method<'_>) -> Vec<TokenStream> {
    let found = &method.operation.identity;
    let is_plain = match &method.output {
        Output::Nothing | Output::Text => return Vec::new(),
        Output::Whole(TypeRef::Named(_)) => true,
        Output::Root { ty, .. } => matches!(ty, TypeRef::Named(_)),
        // A list, a page, or something that may not be there.
        Output::Whole(_) | Output::RootOrNothing { .. } | Output::Page { .. } => false,
    };
    let checks: Vec<TokenStream> = found
        .iter()
        .filter_map(|found| one(method, found))
        .collect();
    match checks.split_last() {
        Some((last, before)) if !is_plain => {
            let each = match before {
                [] => quote!(#last),
                before => quote!({ #(#before?;)* #last }),
            };
            vec![quote!(value.iter().try_for_each(|value| #each))]
        }
        _ => checks,
    }
}

fn one(method: &Method<'_>, found: &Identity) -> Option<TokenStream> {
    let name = &found.place();
    let parameter = argument(method, &found.parameter)?;
    let property = ident::value(&found.property);
    if let Some(part) = &found.part {
        let part_name = ident::value(&part.name);
        return Some(match part.optional {
            true => quote! {
                value.#part_name.iter().try_for_each(|part| {
                    identity::same(#name, &self.#parameter, &part.#property)
                })
            },
            false => quote! {
                identity::same(#name, &self.#parameter, &value.#part_name.#property)
            },
        });
    }
    let set = match &found.set {
        SetBy::Nothing => Vec::new(),
        SetBy::Body => vec![set_at_top(method, &property)],
        SetBy::Roots(roots) => {
            let set = roots.iter().map(|root| set_under(method, root, &property));
            set.flatten().collect()
        }
    };
    Some(match set.as_slice() {
        [] => quote!(identity::same(#name, &self.#parameter, &value.#property)),
        set => quote! {
            identity::same_or_set(#name, &self.#parameter, &[#(#set),*], &value.#property)
        },
    })
}

/// What the body sets a property at its top to, if anything.
fn set_at_top(method: &Method<'_>, property: &Ident) -> TokenStream {
    let is_optional = matches!(method.input, Input::OptionalType(_));
    set(&format_ident!("body"), is_optional, property)
}

/// What the body sets a property under a root key to, if anything; none when the method has no such root.
fn set_under(method: &Method<'_>, root: &str, property: &Ident) -> Option<TokenStream> {
    let body = format_ident!("body");
    match &method.input {
        Input::Root { main, .. } if main.name == root => Some(set(&body, false, property)),
        Input::Root { beside, .. } => {
            let field = beside.iter().find(|field| field.name == root)?;
            Some(set(
                &calls::kept_root(&field.name),
                !field.required,
                property,
            ))
        }
        Input::Variant(field) if field.name == root => Some(set(&body, false, property)),
        Input::OptionalRoot(field) if field.name == root => Some(set(&body, true, property)),
        _ => None,
    }
}

/// What the object that a call keeps in a field of its own sets a property to.
fn set(kept_as: &Ident, is_optional: bool, property: &Ident) -> TokenStream {
    match is_optional {
        true => quote!(self.#kept_as.as_ref().and_then(|body| identity::stated(&body.#property))),
        false => quote!(identity::stated(&self.#kept_as.#property)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::emit::resources::methods::methods;
    use crate::regen::ir::{Body, BodyShape, Field, Part, Response};
    use crate::regen::sample;

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
            part: None,
            property: "thing_code".into(),
            set,
        }]
    }

    #[test]
    fn each_element_of_a_list_is_checked() {
        let list = printed(|operation| operation.identity = code(SetBy::Nothing));
        let expected = "{value.iter().try_for_each(|value|\
            identity::same(\"thing_code\",&self.code,&value.thing_code))}";
        assert!(list.contains(expected), "{list}");
        assert_eq!(printed(|_| {}), "");
    }

    #[test]
    fn what_the_body_sets_is_no_other_object() {
        let response = || Response::Root {
            key: "thing".into(),
            ty: TypeRef::Named("Thing".into()),
        };
        let root = |required, nullable| Field {
            nullable,
            ..sample::root("thing", TypeRef::Named("Thing".into()), required)
        };
        let type_ = || BodyShape::Type(TypeRef::Named("Thing".into()));
        let choice = || vec![root(true, false), sample::root("no", TypeRef::String, true)];
        let under = || SetBy::Roots(vec!["thing".into()]);
        for (required, shape, set, expected) in [
            (
                true,
                type_(),
                SetBy::Body,
                "identity::stated(&self.body.thing_code)",
            ),
            (
                false,
                type_(),
                SetBy::Body,
                "self.body.as_ref().and_then(|body|identity::stated(&body.thing_code))",
            ),
            (
                true,
                BodyShape::Roots(vec![root(true, false)]),
                under(),
                "identity::stated(&self.body.thing_code)",
            ),
            (
                true,
                BodyShape::Roots(vec![root(false, false)]),
                under(),
                "identity::stated(&self.body.thing_code)",
            ),
            (
                true,
                BodyShape::Roots(vec![root(false, true)]),
                under(),
                "identity::stated(&self.body.thing_code)",
            ),
            (
                false,
                BodyShape::Roots(vec![root(true, false)]),
                under(),
                "self.body.as_ref().and_then(|body|identity::stated(&body.thing_code))",
            ),
            (
                true,
                BodyShape::Choice(choice()),
                under(),
                "identity::stated(&self.body.thing_code)",
            ),
        ] {
            let update = printed(|operation| {
                operation.response = response();
                operation.body = Some(Body { required, shape });
                operation.identity = code(set);
            });
            let expected = format!(
                "identity::same_or_set(\"thing_code\",&self.code,&[{expected}],&value.thing_code)"
            );
            assert!(update.contains(&expected), "{expected}\n---\n{update}");
        }
    }

    #[test]
    fn a_part_that_may_be_missing_is_looked_into_when_it_is_there() {
        for (optional, expected) in [
            (
                true,
                "value.thing.iter().try_for_each(|part|{\
                 identity::same(\"thing.code\",&self.code,&part.code)})",
            ),
            (
                false,
                "identity::same(\"thing.code\",&self.code,&value.thing.code)",
            ),
        ] {
            let list = printed(|operation| {
                let name = "thing".into();
                operation.identity = vec![Identity {
                    parameter: "code".into(),
                    part: Some(Part { name, optional }),
                    property: "code".into(),
                    set: SetBy::Nothing,
                }];
            });
            assert!(list.contains(expected), "{list}");
        }
    }

    #[test]
    fn a_deleted_key_is_in_the_map_no_more() {
        let deletion = printed(|operation| {
            operation.response = Response::Root {
                key: "metadata".into(),
                ty: TypeRef::Nullable(Box::new(TypeRef::Map(Box::new(TypeRef::String)))),
            };
            operation.gone = Some(Gone::Key("code".into()));
        });
        let expected =
            "identity::gone(\"code\",value.iter().any(|map|map.contains_key(&self.code)))}";
        assert!(deletion.contains(expected), "{deletion}");
    }

    #[test]
    fn a_deleted_element_is_in_its_list_no_more() {
        let list = |list: Option<Part>| Elements {
            list,
            parameter: "code".into(),
            property: "code".into(),
        };
        let deletion = printed(|operation| {
            let part = Part {
                name: "bits".into(),
                optional: true,
            };
            operation.gone = Some(Gone::Element(vec![list(None), list(Some(part))]));
        });
        let expected = "identity::gone(\"code\",value.iter().any(|element|\
            identity::names(&self.code,&element.code)&&\
            element.bits.iter().flatten().any(|element|identity::names(&self.code,&element.code))))}";
        assert!(deletion.contains(expected), "{deletion}");
    }
}
