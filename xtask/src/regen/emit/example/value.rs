//! Values of an example as expressions: literals that the document gives for the place, or that fit its type.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::hint::Hint;
use super::literal::literal;
use crate::regen::emit::mock::examples::{Examples, is_uuid};
use crate::regen::ir::{
    Api, ArgumentForm, Field, Kind, Parameter, Presence, TypeRef, takes, takes_by_name,
};
use crate::regen::names::{ident, types};

/// The longest text of the document that helps in an example.
const LONGEST_TEXT: usize = 50;

/// What stands for an id that is the caller's own where the document has a UUID: nobody would take it for the caller's.
const OWN_IDS: [(&str, &str); 3] = [
    ("external_subscription_id", "sub_1234567890"),
    ("external_customer_id", "acme"),
    ("external_id", "acme"),
];

/// What is better than the example of the document, which may need more than itself, or than the first of all values.
const CHOSEN: [(&str, &str); 7] = [
    ("charge_model", "standard"),
    ("aggregation_type", "sum_agg"),
    ("expiration", "no_expiration"),
    ("expression", "round(event.properties.gb)"),
    ("frequency", "once"),
    ("rate_amount", "1.0"),
    ("to", "billing@example.com"),
];

/// What an example sets although nothing needs it: without it the call would be taken and be of no use.
const ALSO_SET: [(&str, &str); 9] = [
    ("BillableMetricInput", "field_name"),
    ("CouponInput", "amount_cents"),
    ("CouponInput", "amount_currency"),
    ("CreditNoteInput", "credit_amount_cents"),
    ("CustomerInput", "name"),
    ("EventInput", "properties"),
    ("InvoicePreviewInput", "customer"),
    ("WalletInput", "paid_credits"),
    ("WalletTransactionInput", "paid_credits"),
];

/// What an update changes in its example, best first. What is not here comes later, in the order of the document.
const FIRST: [&str; 4] = ["name", "invoice_display_name", "description", "code"];

/// How the compiler knows the type of a value: by its place, or else the value has to say it.
#[derive(Clone, Copy)]
enum Known {
    ByPlace,
    ByItself,
}

/// Whether a type is an enum.
pub(super) fn is_enum(api: &Api, ty: &TypeRef) -> bool {
    let TypeRef::Named(name) = ty else {
        return false;
    };
    let named = api.types.get(name);
    named.is_some_and(|ty| matches!(ty.kind, Kind::Enum { .. }))
}

/// Makes expressions, and knows which types they name.
pub(super) struct Values<'a> {
    api: &'a Api,
    types: BTreeSet<String>,
    /// Values that have a name of their own, because what they are written as is long.
    bound: Vec<(Ident, TokenStream)>,
    /// The objects around the value: one of them again would never end.
    around: Vec<&'a str>,
}

impl<'a> Values<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self {
            api,
            types: BTreeSet::new(),
            bound: Vec::new(),
            around: Vec::new(),
        }
    }

    /// The types that the expressions name.
    pub(super) fn types(&self) -> Vec<Ident> {
        let names = self.types.iter();
        names.map(|name| format_ident!("{name}")).collect()
    }

    /// The statements that give values a name.
    pub(super) fn bindings(&self) -> TokenStream {
        let bindings = self.bound.iter();
        let bindings = bindings.map(|(name, value)| quote!(let #name = #value;));
        bindings.collect()
    }

    /// A text that is parsed, under the name of its place.
    fn parsed(&mut self, name: &str, text: &str, ty: &TokenStream) -> TokenStream {
        let name = ident::value(name);
        if self.bound.iter().all(|(known, _)| *known != name) {
            self.bound
                .push((name.clone(), quote!(#text.parse::<#ty>()?)));
        }
        quote!(#name)
    }

    fn named(&mut self, name: &str) -> Ident {
        self.types.insert(name.to_owned());
        format_ident!("{name}")
    }

    /// The value of a parameter of the path below a noun.
    pub(super) fn in_path(&self, parameter: &Parameter, noun: &str) -> TokenStream {
        let mut hint = Hint::of_parameter(parameter);
        if hint.name == "external_id" && noun == "subscriptions" {
            hint.name = "external_subscription_id";
        }
        // Lago looks for nothing where an id of its own is no UUID.
        let ty = match parameter.name == "lago_id" {
            true => TypeRef::Uuid,
            false => TypeRef::String,
        };
        let text = self.text(&ty, &hint);
        quote!(#text)
    }

    /// A value in the form that a method takes.
    pub(super) fn argument(&mut self, ty: &'a TypeRef, hint: &Hint<'_>) -> Option<TokenStream> {
        let ty = match ty {
            TypeRef::Nullable(some) => some,
            ty => ty,
        };
        self.given(ty.argument_form(), ty, hint)
    }

    /// A map from text to text.
    pub(super) fn entries_of_text(&self, hint: &Hint<'_>) -> TokenStream {
        let (key, hint) = hint.of_entry();
        let value = self.text(&TypeRef::String, &hint);
        quote!([(#key, #value)])
    }

    /// A value in the form that a function takes.
    fn given(
        &mut self,
        form: ArgumentForm<'a>,
        ty: &'a TypeRef,
        hint: &Hint<'_>,
    ) -> Option<TokenStream> {
        Some(match form {
            ArgumentForm::Plain => self.exact(ty, hint, Known::ByPlace)?,
            ArgumentForm::Into => self.converted(ty, hint)?,
            ArgumentForm::Elements(item) => {
                let item = self.converted(item, &hint.of_element())?;
                quote!([#item])
            }
            ArgumentForm::Entries { value, .. } => {
                let (key, hint) = hint.of_entry();
                let value = self.converted(value, &hint)?;
                quote!([(#key, #value)])
            }
            ArgumentForm::Object => {
                let (key, hint) = hint.of_entry();
                let value = self.converted(&TypeRef::Json, &hint)?;
                quote!([(#key, #value)])
            }
            ArgumentForm::Time => {
                let seconds = self.text(ty, hint);
                let types = self.named("Decimal");
                quote!(#types::parse(#seconds)?)
            }
            ArgumentForm::TryInto => match ty {
                TypeRef::Map(_) => self.given(ArgumentForm::Object, ty, hint)?,
                _ => {
                    let text = self.text(ty, hint);
                    quote!(#text)
                }
            },
        })
    }

    /// What becomes a value of the type.
    fn converted(&mut self, ty: &'a TypeRef, hint: &Hint<'_>) -> Option<TokenStream> {
        match ty {
            TypeRef::String => {
                let text = self.text(ty, hint);
                Some(quote!(#text))
            }
            TypeRef::Json => Some(literal(hint.example.as_ref(), hint.name)),
            ty => self.exact(ty, hint, Known::ByItself),
        }
    }

    /// A value of the type.
    fn exact(&mut self, ty: &'a TypeRef, hint: &Hint<'_>, known: Known) -> Option<TokenStream> {
        Some(match ty {
            TypeRef::Named(name) => match &self.api.types.get(name)?.kind {
                Kind::Enum { values, .. } => {
                    let value = self.plain(ty, hint);
                    let at = values.iter().position(|known| value == known.as_str())?;
                    let variant = format_ident!("{}", ident::variants(values)[at]);
                    let name = self.named(name);
                    quote!(#name::#variant)
                }
                Kind::Struct(_) => self.constructed(name)?,
            },
            TypeRef::String => {
                let text = self.text(ty, hint);
                match known {
                    Known::ByPlace => quote!(#text.into()),
                    Known::ByItself => quote!(#text.to_owned()),
                }
            }
            TypeRef::Integer | TypeRef::Boolean => literal(Some(&self.plain(ty, hint)), hint.name),
            TypeRef::Decimal(_) => {
                let (text, decimal) = (self.text(ty, hint), self.named("Decimal"));
                quote!(#decimal::parse(#text)?)
            }
            TypeRef::Uuid | TypeRef::Date | TypeRef::DateTime => {
                let text = self.text(ty, hint);
                match (known, ty) {
                    (Known::ByPlace, _) => quote!(#text.parse()?),
                    (Known::ByItself, TypeRef::Uuid) => {
                        self.parsed(hint.name, &text, &quote!(uuid::Uuid))
                    }
                    (Known::ByItself, TypeRef::Date) => {
                        self.parsed(hint.name, &text, &quote!(chrono::NaiveDate))
                    }
                    (Known::ByItself, _) => {
                        let time = quote!(chrono::DateTime<chrono::Utc>);
                        self.parsed(hint.name, &text, &time)
                    }
                }
            }
            TypeRef::Json => {
                let value = literal(hint.example.as_ref(), hint.name);
                quote!(serde_json::Value::from(#value))
            }
            TypeRef::List(item) => match self.exact(item, &hint.of_element(), known) {
                Some(item) => quote!(vec![#item]),
                None => quote!(Vec::new()),
            },
            TypeRef::Map(value) => {
                let (key, hint) = hint.of_entry();
                let entry = self.exact(value, &hint, known)?;
                match (&**value, known) {
                    // A property has the map of serde_json.
                    (TypeRef::Json, Known::ByPlace) => {
                        quote!(FromIterator::from_iter([(#key.to_owned(), #entry)]))
                    }
                    _ => quote!(std::collections::BTreeMap::from([(#key.to_owned(), #entry)])),
                }
            }
            TypeRef::Nullable(some) => {
                let some = self.exact(some, hint, known)?;
                quote!(Some(#some))
            }
        })
    }

    /// An object with what it needs, or where it needs nothing with one thing that it may have.
    fn constructed(&mut self, name: &'a str) -> Option<TokenStream> {
        let ty = self.api.types.get(name)?;
        let Kind::Struct(fields) = &ty.kind else {
            return None;
        };
        if self.around.contains(&name) || !ty.sent {
            return None;
        }
        self.around.push(name);
        let fields: Vec<(&Field, Presence)> = fields
            .iter()
            .map(|field| (field, field.presence(ty.received)))
            .collect();
        let needed = fields
            .iter()
            .filter(|(field, presence)| takes(field, *presence));
        let needed: Vec<(&Field, Presence)> = needed.copied().collect();
        let made = match needed.as_slice() {
            [] => self.changed(name, &fields),
            needed if takes_by_name(needed) => self.by_name(name, needed),
            needed => self.by_position(name, needed),
        };
        let also = ALSO_SET.iter().filter(|(ty, _)| *ty == name);
        let also: Vec<TokenStream> = also
            .filter_map(|(_, set)| fields.iter().find(|(field, _)| field.name == *set))
            .filter_map(|(field, presence)| self.setter(field, *presence))
            .collect();
        self.around.pop();
        made.map(|made| quote!(#made #(#also)*))
    }

    fn by_position(&mut self, name: &str, needed: &[(&'a Field, Presence)]) -> Option<TokenStream> {
        let arguments = needed
            .iter()
            .map(|(field, presence)| self.taken(field, *presence));
        let arguments: Vec<TokenStream> = arguments.collect::<Option<_>>()?;
        let name = self.named(name);
        Some(quote!(#name::new(#(#arguments),*)))
    }

    fn by_name(&mut self, name: &str, needed: &[(&'a Field, Presence)]) -> Option<TokenStream> {
        let fields = needed.iter().map(|(field, presence)| {
            let value = self.exact(&field.ty, &Hint::of(field), Known::ByPlace)?;
            let value = match presence {
                Presence::Required => value,
                Presence::Optional | Presence::RequiredNullable => quote!(Some(#value)),
                Presence::OptionalNullable => {
                    let patch = self.named("Patch");
                    quote!(#patch::Value(#value))
                }
            };
            let name = types::field(&field.name);
            Some(quote!(#name: #value))
        });
        let fields: Vec<TokenStream> = fields.collect::<Option<_>>()?;
        let (required, name) = (self.named(&types::required(name)), self.named(name));
        Some(quote!(#name::new(#required { #(#fields),* })))
    }

    /// An object that says one thing.
    fn changed(&mut self, name: &str, fields: &[(&'a Field, Presence)]) -> Option<TokenStream> {
        let offered = fields
            .iter()
            .filter(|(field, _)| !field.deprecated && field.client_generated.is_none());
        let rank = |(field, _): &&(&Field, Presence)| {
            let known = FIRST.iter().position(|first| *first == field.name);
            let is_plain = match &field.ty {
                TypeRef::String | TypeRef::Boolean | TypeRef::Integer | TypeRef::Decimal(_) => true,
                ty => is_enum(self.api, ty),
            };
            (known.unwrap_or(FIRST.len()), !is_plain)
        };
        let set = offered
            .min_by_key(rank)
            .and_then(|(field, presence)| self.setter(field, *presence));
        let name = self.named(name);
        Some(quote!(#name::new() #set))
    }

    /// A call of the setter of a field.
    fn setter(&mut self, field: &'a Field, presence: Presence) -> Option<TokenStream> {
        let value = self.taken(field, presence)?;
        let setter = types::setter(&types::field(&field.name));
        Some(quote!(.#setter(#value)))
    }

    /// A value in the form that constructors and setters take.
    fn taken(&mut self, field: &'a Field, presence: Presence) -> Option<TokenStream> {
        let hint = Hint::of(field);
        let form = field.argument_form(presence);
        if presence == Presence::RequiredNullable {
            let value = self.exact(&field.ty, &hint, Known::ByItself)?;
            return Some(quote!(Some(#value)));
        }
        self.given(form, &field.ty, &hint)
    }

    /// What the document gives for a place, or else anything that fits.
    fn plain(&self, ty: &TypeRef, hint: &Hint<'_>) -> Value {
        let mut examples = Examples::new(self.api);
        let chosen = CHOSEN.iter().find(|(name, _)| *name == hint.name);
        let chosen = chosen.map(|(_, value)| Value::from(*value));
        let example = chosen.or_else(|| hint.example.clone());
        let fitted = example.and_then(|example| examples.fitted(ty, example));
        fitted
            .or_else(|| examples.value(ty, hint.name))
            .unwrap_or_default()
    }

    fn text(&self, ty: &TypeRef, hint: &Hint<'_>) -> String {
        let text = match self.plain(ty, hint) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        if *ty != TypeRef::String {
            return text;
        }
        let own = OWN_IDS.iter().find(|(name, _)| *name == hint.name);
        match own.filter(|_| is_uuid(&text)) {
            Some((_, own)) => (*own).to_owned(),
            None if text.len() > LONGEST_TEXT || text.contains('\n') => hint.name.to_owned(),
            None => text,
        }
    }
}
