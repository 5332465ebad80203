//! Prints how a call makes sure of the keys of what it sends, and how it reads things back.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::methods::{Input, Method};
use crate::regen::ir::{Field, Idempotency, TypeRef};
use crate::regen::names::ident;

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
    use super::*;
    use crate::regen::emit::resources::methods::methods;
    use crate::regen::ir::{Body, BodyShape, Key, Operation};
    use crate::regen::sample;

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
