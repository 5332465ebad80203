//! Which structs become others, field by field: mostly what is received what is sent.
//!
//! names.yaml says which; structs inside them follow. A field is taken from the one of its name,
//! from `lago_id` where it is `id`, from `type` where it is `integration_type` of an integration, and
//! from the objects of which it lists the codes.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;

use super::ir::{Field, Kind, Type, TypeRef};
use super::names::words::singular;

/// The types of a document by name.
type Types = BTreeMap<String, Type>;

/// How a value of one type becomes one of another.
#[derive(Debug, PartialEq)]
pub(crate) enum How {
    /// It is of that type.
    Same,
    /// There is a conversion.
    Into,
    /// It is written as text.
    Text,
    /// Its code.
    Code,
    /// Each item of it.
    Items(Box<How>),
    /// Each value of a map.
    Values(Box<How>),
    /// It, unless it is null.
    Some(Box<How>),
}

/// A field of the new struct and where it comes from.
pub(crate) type Step = Option<(usize, How)>;

/// A conversion: for each field of the new struct, the field that it comes from.
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// Whether what is needed may be missing in what it comes from. Nothing stands in for it then: an
    /// update without a price, or with an empty one, takes the price away.
    pub(crate) may_lack: bool,
    /// The structs inside that have to be converted.
    inner: Vec<(String, String)>,
}

/// The conversions that were chosen, those of structs inside structs included.
pub(crate) fn all(chosen: &[(String, String)], types: &Types) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    let mut waiting = chosen.to_vec();
    while let Some((from, to)) = waiting.pop() {
        if let Some(plan) = plan(&from, &to, types)
            && all.insert((from, to))
        {
            waiting.extend(plan.inner);
        }
    }
    all
}

fn fields<'a>(types: &'a Types, name: &str) -> Option<&'a [Field]> {
    match &types.get(name)?.kind {
        Kind::Struct(fields) => Some(fields),
        Kind::Enum { .. } => None,
    }
}

/// How a struct becomes another one; none when it has no field for what that one needs, or when
/// something in it may lack what is needed.
pub(crate) fn plan(from: &str, to: &str, types: &Types) -> Option<Plan> {
    let mut inner = Vec::new();
    let steps = steps(from, to, types, &mut BTreeSet::new(), &mut inner)?;
    let (source, target) = (fields(types, from)?, fields(types, to)?);
    Some(Plan {
        may_lack: may_lack(&steps, source, target),
        steps,
        inner,
    })
}

/// Whether a field that is needed may be missing in the one that it is taken from.
fn may_lack(steps: &[Step], source: &[Field], target: &[Field]) -> bool {
    let is_sure = |field: &Field| field.required && !field.nullable;
    steps.iter().zip(target).any(|(step, field)| {
        let taken = step.as_ref().map(|(index, _)| &source[*index]);
        taken.is_some_and(|known| is_sure(field) && !is_sure(known))
    })
}

fn steps(
    from: &str,
    to: &str,
    types: &Types,
    around: &mut BTreeSet<(String, String)>,
    inner: &mut Vec<(String, String)>,
) -> Option<Vec<Step>> {
    // What contains itself is converted by itself.
    if !around.insert((from.to_owned(), to.to_owned())) {
        return Some(Vec::new());
    }
    let source = fields(types, from)?;
    let mut steps = Vec::new();
    for field in fields(types, to)? {
        let step = source_of(field, from, source).and_then(|index| {
            let known = &source[index];
            let how = match codes_of(field, known, types) {
                true => How::Items(Box::new(How::Code)),
                false => how(&known.ty, &field.ty, types, around, inner)?,
            };
            Some((index, how))
        });
        if step.is_none() && field.required {
            return None;
        }
        steps.push(step);
    }
    around.remove(&(from.to_owned(), to.to_owned()));
    Some(steps)
}

/// The field that another one is taken from.
fn source_of(field: &Field, from: &str, source: &[Field]) -> Option<usize> {
    let named = |name: &str| source.iter().position(|known| known.name == name);
    let without_noun = || {
        let (noun, rest) = field.name.split_once('_')?;
        let of_noun = from.to_snake_case().split('_').next() == Some(noun);
        of_noun.then(|| named(rest))?
    };
    let listed = || {
        let one = field.name.strip_suffix("_codes")?;
        source.iter().position(|known| singular(&known.name) == one)
    };
    named(&field.name)
        .or_else(|| named(&format!("lago_{}", field.name)))
        .or_else(without_noun)
        .or_else(listed)
}

/// Whether a field lists the codes of the objects in another one.
fn codes_of(field: &Field, known: &Field, types: &Types) -> bool {
    let TypeRef::List(item) = &known.ty else {
        return false;
    };
    let TypeRef::Named(name) = &**item else {
        return false;
    };
    let has_code = |field: &Field| field.name == "code" && field.required && !field.nullable;
    field.ty == TypeRef::List(Box::new(TypeRef::String))
        && fields(types, name).is_some_and(|fields| fields.iter().any(has_code))
}

fn how(
    from: &TypeRef,
    to: &TypeRef,
    types: &Types,
    around: &mut BTreeSet<(String, String)>,
    inner: &mut Vec<(String, String)>,
) -> Option<How> {
    let nested = |how: How, wrap: fn(Box<How>) -> How| match how {
        How::Same => How::Same,
        how => wrap(Box::new(how)),
    };
    Some(match (from, to) {
        (from, to) if from == to => How::Same,
        (TypeRef::Decimal(_), TypeRef::Decimal(_)) => How::Same,
        (TypeRef::Uuid, TypeRef::String) => How::Text,
        (TypeRef::Named(from), TypeRef::Named(to)) => {
            let steps = steps(from, to, types, around, inner)?;
            let (source, target) = (fields(types, from)?, fields(types, to)?);
            if may_lack(&steps, source, target) {
                return None;
            }
            inner.push((from.clone(), to.clone()));
            How::Into
        }
        (TypeRef::List(from), TypeRef::List(to)) => {
            nested(how(from, to, types, around, inner)?, How::Items)
        }
        (TypeRef::Map(from), TypeRef::Map(to)) => {
            nested(how(from, to, types, around, inner)?, How::Values)
        }
        (TypeRef::Nullable(from), TypeRef::Nullable(to)) => {
            nested(how(from, to, types, around, inner)?, How::Some)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample::{Goes, list, named, root, structure};

    fn types(all: Vec<(&str, Goes, Vec<Field>)>) -> Types {
        let all = all.into_iter();
        all.map(|(name, goes, fields)| structure(name, goes, fields))
            .collect()
    }

    #[test]
    fn fields_come_from_their_name_their_id_or_the_objects_whose_codes_they_list() {
        let types = types(vec![
            (
                "Charge",
                Goes::In,
                vec![
                    root("lago_id", TypeRef::Uuid, true),
                    root("name", TypeRef::Uuid, false),
                    root("taxes", list(named("Tax")), false),
                    root("type", TypeRef::Json, false),
                    root("price", named("Price"), true),
                ],
            ),
            ("Tax", Goes::In, vec![root("code", TypeRef::String, true)]),
            ("Price", Goes::In, vec![]),
            ("PriceInput", Goes::Out, vec![]),
            (
                "ChargeUpdate",
                Goes::Out,
                vec![
                    root("id", TypeRef::Uuid, false),
                    root("name", TypeRef::String, false),
                    root("tax_codes", list(TypeRef::String), false),
                    root("charge_type", TypeRef::Json, false),
                    root("price", named("PriceInput"), true),
                    root("cascade", TypeRef::Boolean, false),
                ],
            ),
        ]);
        let codes = How::Items(Box::new(How::Code));
        assert_eq!(
            plan("Charge", "ChargeUpdate", &types).unwrap().steps,
            [
                Some((0, How::Same)),
                Some((1, How::Text)),
                Some((2, codes)),
                Some((3, How::Same)),
                Some((4, How::Into)),
                None,
            ]
        );
        let chosen = [("Charge".to_owned(), "ChargeUpdate".to_owned())];
        let all = all(&chosen, &types);
        assert!(all.contains(&("Price".to_owned(), "PriceInput".to_owned())));
    }

    #[test]
    fn nothing_stands_in_for_what_is_needed() {
        let price = |required| vec![root("price", named("Price"), required)];
        let charges = |item| vec![root("charges", list(named(item)), true)];
        let types = types(vec![
            ("Received", Goes::In, price(false)),
            ("Sent", Goes::Out, price(false)),
            ("Sure", Goes::Out, price(true)),
            ("Update", Goes::Out, price(true)),
            (
                "Price",
                Goes::Out,
                vec![root("amount", TypeRef::Integer, false)],
            ),
            ("Empty", Goes::Out, vec![]),
            ("Plan", Goes::Out, charges("Sent")),
            ("PlanUpdate", Goes::Out, charges("Update")),
        ]);
        let may_lack = |from, to| plan(from, to, &types).map(|plan| plan.may_lack);
        assert_eq!(may_lack("Received", "Update"), Some(true));
        assert_eq!(may_lack("Sent", "Update"), Some(true));
        assert_eq!(may_lack("Sure", "Update"), Some(false));
        assert_eq!(may_lack("Update", "Sent"), Some(false));
        assert_eq!(may_lack("Empty", "Update"), None);
        assert_eq!(may_lack("Plan", "PlanUpdate"), None);
    }
}
