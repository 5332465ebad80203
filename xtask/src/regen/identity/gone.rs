//! Where the response of a deletion would still have what was deleted.
//!
//! Some deletions answer what is left: the map without the key, the list without the element, or the
//! object that had the list. What is still in it was not the one deleted. Which list it is follows
//! from names: below `/features/{code}/privileges/{privilege_code}` a `feature` has `privileges`, each
//! with a `code`.

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::{fields_of, own, part, stated};
use crate::regen::ir::{Elements, Gone, Operation, Part, Response, Type, TypeRef};
use crate::regen::names::words::singular;

/// What a deletion leaves no more, when its response is what is left.
pub(crate) fn gone(operation: &Operation, types: &BTreeMap<String, Type>) -> Option<Gone> {
    let is_deletion = operation.method == "DELETE" && operation.path.ends_with('}');
    let named = named(&operation.path);
    let (_, last) = *named.last().filter(|_| is_deletion)?;
    if let Response::Root { ty, .. } | Response::Type(ty) = &operation.response
        && let TypeRef::Nullable(map) = ty
        && let TypeRef::Map(_) = **map
    {
        return Some(Gone::Key(last.to_owned()));
    }
    let (key, ty, is_list) = match &operation.response {
        Response::Root { key, ty } => match ty {
            TypeRef::List(item) => (key, &**item, true),
            ty => (key, ty, false),
        },
        Response::Page { key, item } => (key, item, true),
        Response::Empty | Response::Text | Response::Type(_) | Response::Choice(_) => return None,
    };
    let place = named.iter().position(|(noun, _)| match is_list {
        true => noun == key,
        false => singular(noun) == *key,
    })?;
    let mut lists = Vec::new();
    let mut ty = ty;
    // An object is checked to be the one that the path names; of a list an element is looked for.
    let first = if is_list { place } else { place + 1 };
    for (noun, parameter) in &named[first..] {
        let mut list: Option<Part> = None;
        if !(is_list && lists.is_empty()) {
            let mut fields = fields_of(ty, types)?.iter();
            let field = fields.find(|field| field.name == *noun && !field.deprecated)?;
            let TypeRef::List(item) = &field.ty else {
                return None;
            };
            list = Some(part(field));
            ty = item;
        }
        let names = own(parameter, &singular(noun));
        lists.push(Elements {
            list,
            parameter: (*parameter).to_owned(),
            property: stated(fields_of(ty, types)?, names)?,
        });
    }
    (!lists.is_empty()).then_some(Gone::Element(lists))
}

/// The parameters of a path, each with the literal segment before it.
fn named(path: &str) -> Vec<(String, &str)> {
    let segments: Vec<&str> = path.split('/').collect();
    let pairs = segments.windows(2).filter_map(|pair| {
        let parameter = pair[1].strip_prefix('{')?.strip_suffix('}')?;
        Some((pair[0].to_snake_case(), parameter))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample::{self, Goes, list, named, structure};

    /// Features, each with privileges.
    fn types() -> BTreeMap<String, Type> {
        let code = || sample::root("code", TypeRef::String, true);
        let privileges = sample::root("privileges", list(named("Privilege")), false);
        BTreeMap::from([
            structure("Privilege", Goes::In, vec![code()]),
            structure("Feature", Goes::In, vec![code(), privileges]),
        ])
    }

    fn found(method: &str, path: &str, key: &str, ty: TypeRef) -> Option<String> {
        let operation = Operation {
            response: Response::Root {
                key: key.to_owned(),
                ty,
            },
            ..sample::operation("deletePart", method, path)
        };
        Some(match gone(&operation, &types())? {
            Gone::Key(parameter) => format!("key {parameter}"),
            Gone::Element(lists) => {
                let one = |list: Elements| {
                    let part = list.list.map_or_else(String::new, |part| part.name + ".");
                    format!("{part}{} = {}", list.property, list.parameter)
                };
                let lists: Vec<String> = lists.into_iter().map(one).collect();
                lists.join(", ")
            }
        })
    }

    #[test]
    fn what_is_left_is_found_by_name() {
        let privilege = "/features/{code}/privileges/{privilege_code}";
        let map = || TypeRef::Nullable(Box::new(TypeRef::Map(Box::new(TypeRef::String))));
        for (path, key, ty, expected) in [
            (
                privilege,
                "feature",
                named("Feature"),
                "privileges.code = privilege_code",
            ),
            (
                privilege,
                "features",
                list(named("Feature")),
                "code = code, privileges.code = privilege_code",
            ),
            (
                "/plans/{code}/features/{feature_code}",
                "features",
                list(named("Feature")),
                "code = feature_code",
            ),
            ("/plans/{code}/metadata/{key}", "metadata", map(), "key key"),
        ] {
            let found = found("DELETE", path, key, ty);
            assert_eq!(found.as_deref(), Some(expected), "{path} -> {key}");
        }
    }

    #[test]
    fn a_response_that_is_not_what_is_left_has_no_such_place() {
        let privilege = "/features/{code}/privileges/{privilege_code}";
        for (method, path, key, ty) in [
            ("GET", privilege, "feature", named("Feature")),
            ("DELETE", "/features/{code}", "feature", named("Feature")),
            ("DELETE", privilege, "privilege", named("Privilege")),
            ("DELETE", privilege, "plan", named("Feature")),
            (
                "DELETE",
                "/features/{code}/privileges",
                "feature",
                named("Feature"),
            ),
            (
                "DELETE",
                "/features/{code}/limits/{limit_code}",
                "feature",
                named("Feature"),
            ),
        ] {
            assert_eq!(found(method, path, key, ty), None, "{method} {path}");
        }
    }
}
