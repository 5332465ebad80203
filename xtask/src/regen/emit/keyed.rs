//! Prints what things with a key need: in lago-types what the key is, in the client how a call makes sure
//! of it and how it reads things back.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::methods::{Input, Method};
use super::structs::{Presence, Printed};
use crate::regen::ident;
use crate::regen::ir::{Field, Idempotency, Minted, TypeRef};

/// The `Keyed` of a type, when the client fills in both its key and its time.
pub(crate) fn type_impl(name: &syn::Ident, fields: &[Printed<'_>]) -> Option<TokenStream> {
    let by = |minted| {
        let mut fields = fields.iter();
        fields.find(|field| field.field.minted == Some(minted))
    };
    let (key, time) = (by(Minted::Id)?, by(Minted::Now)?);
    if key.presence != Presence::Plain {
        return None;
    }
    let (key, key_name) = (key.ident, &key.field.name);
    let fix = {
        let time_ident = time.ident;
        match time.presence {
            Presence::Plain => quote!(),
            Presence::Option | Presence::Null => {
                quote!(self.#time_ident.get_or_insert_with(crate::mint::now);)
            }
            Presence::Patch => quote! {
                if !matches!(self.#time_ident, crate::Patch::Value(_)) {
                    self.#time_ident = crate::Patch::Value(crate::mint::now());
                }
            },
        }
    };
    Some(quote! {
        impl crate::Keyed for #name {
            const KEY: &'static str = #key_name;
            fn key(&self) -> &str {
                &self.#key
            }
            fn fix_time(&mut self) {
                #fix
            }
        }
    })
}

/// What the words on such a type add.
pub(crate) fn note(fields: &[Printed<'_>]) -> Option<String> {
    let named = |minted| {
        let mut fields = fields.iter();
        let field = fields.find(|field| field.field.minted == Some(minted))?;
        Some(field.ident)
    };
    let (key, time) = (named(Minted::Id)?, named(Minted::Now)?);
    Some(format!(
        "\n\nThe server recognises it by `{key}` when it comes again, and some of its stores only if `{time}` is the \
         same too. So store both with it in a queue or an outbox: with a new key, or with another time, it is \
         counted again when it is delivered again. A call without a key is refused before anything is sent, and a \
         missing time is set once, before the first attempt."
    ))
}

/// What a call does with the keys of what it sends.
pub(crate) fn call_functions(
    method: &Method<'_>,
    lookup: Option<&Method<'_>>,
) -> Option<TokenStream> {
    let Idempotency::WithKey(_) = method.operation.idempotency else {
        return None;
    };
    let Input::Root { main, .. } = &method.input else {
        return None;
    };
    let root = &main.name;
    let many = is_many(main);
    let settle = match many {
        true => quote!(keyed::settle_all(#root, &mut self.body)),
        false => quote!(keyed::settle(#root, &mut self.body)),
    };
    let look_up = lookup.and_then(|lookup| {
        let (call, key) = (format_ident!("{}", lookup.call), lookup.path().next()?);
        let key = ident::value(&key.rust);
        let others = lookup.query(false).map(|parameter| {
            let other = ident::value(&parameter.rust);
            quote!(#other: None,)
        });
        let get = quote!(|#key| #call { #key, #(#others)* });
        let looked_up = match many {
            true => quote!(lookup.all(&self.body, #get)),
            false => quote!(lookup.one(&self.body, #get)),
        };
        Some(quote! {
            fn look_up<'c>(&'c self, lookup: Lookup<'c>) -> Option<Recorded<'c, Self::Output>> {
                Some(Box::pin(#looked_up))
            }
        })
    });
    Some(quote! {
        fn settle(&mut self) -> Result<usize, String> {
            #settle
        }
        #look_up
    })
}

fn is_many(root: &Field) -> bool {
    matches!(root.ty, TypeRef::List(_))
}

#[cfg(test)]
mod tests {
    use super::super::methods::methods;
    use super::super::sample;
    use super::*;
    use crate::regen::ir::{Body, BodyShape, Key, Operation};

    fn printed(ty: TypeRef) -> String {
        let write = Operation {
            body: Some(Body {
                required: true,
                shape: BodyShape::Roots(vec![sample::root("event", ty, true)]),
            }),
            idempotency: Idempotency::WithKey(Key {
                name: "id".into(),
                time: "at".into(),
                content: Vec::new(),
                amounts: Vec::new(),
                lookup: "find".into(),
            }),
            ..sample::operation("create", "POST", "/events")
        };
        let read = Operation {
            parameters: vec![
                sample::path("id"),
                sample::query("since", TypeRef::DateTime),
            ],
            ..sample::operation("find", "GET", "/events/{id}")
        };
        let (write, read) = (methods(&write).unwrap(), methods(&read).unwrap());
        let functions = call_functions(&write[0], Some(&read[0])).unwrap();
        functions.to_string().split_whitespace().collect()
    }

    #[test]
    fn one_thing_and_many_are_settled_and_looked_up() {
        let input = || TypeRef::Named("EventInput".into());
        let one = printed(input());
        assert!(
            one.contains(r#"keyed::settle("event",&mutself.body)"#),
            "{one}"
        );
        assert!(
            one.contains("lookup.one(&self.body,|id|Get{id,since:None,})"),
            "{one}"
        );
        let many = printed(TypeRef::List(Box::new(input())));
        assert!(many.contains(r#"keyed::settle_all("event","#), "{many}");
        assert!(many.contains("lookup.all("), "{many}");
    }

    #[test]
    fn what_has_no_key_is_left_alone() {
        for operation in sample::api().operations {
            for method in methods(&operation).unwrap() {
                assert!(call_functions(&method, None).is_none());
            }
        }
    }
}
