//! Where the values for a path come from: which list has the objects that a GET asks for one by one.

use lago_client::{Method, OPERATIONS, Operation};

use crate::support::document;

/// Lists of objects whose own path has none, by shape.
const ELSEWHERE: [(&str, &str); 2] = [
    ("/wallet_transactions", "/wallets/{}/wallet_transactions"),
    ("/quote_versions", "/quotes/{}/versions"),
];

/// Parameters of a query that an operation needs: the list, the property of its elements, and the parameter
/// of the path that the same element knows under the same name.
const QUERIES: [(&str, &str, &str, &str); 1] = [(
    "external_subscription_id",
    "/subscriptions",
    "external_id",
    "external_customer_id",
)];

/// Properties that say what a parameter of another name does, where no response states it.
const PROPERTIES: [(&str, &str); 4] = [
    ("filter_id", "lago_id"),
    ("filter_code", "code"),
    ("rate_code", "code"),
    ("version_id", "lago_id"),
];

/// Where the values of an operation come from: the elements of a list.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) operation: &'static Operation,
    pub(super) list: &'static Operation,
    /// Each parameter of the path, in its order.
    pub(super) path: Vec<(&'static str, Fill)>,
    /// Parameters of the query, and the property of the element.
    pub(super) query: Vec<(&'static str, &'static str)>,
}

/// What fills a parameter of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// The value at this position in the path of the list.
    OfTheList(usize),
    /// A property of the element.
    Property(&'static str),
}

/// The names of the parameters of a path.
pub(super) fn parameters(path: &'static str) -> Vec<&'static str> {
    path.split(['{', '}']).skip(1).step_by(2).collect()
}

/// A path whose parameters have no names.
fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => "{}",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn is_get(operation: &&'static Operation) -> bool {
    operation.method == Method::Get
}

/// The GET with a path of this shape; of several versions of the API that of the same one first.
fn get(base_path: &str, wanted: &str) -> Option<&'static Operation> {
    let mut same: Vec<_> = OPERATIONS
        .iter()
        .filter(is_get)
        .filter(|operation| shape(operation.path) == wanted)
        .collect();
    same.sort_by_key(|operation| operation.base_path != base_path);
    same.first().copied()
}

/// Every GET that needs values, with where they come from. What is missing here cannot be asked for.
pub(super) fn sources(described: &[document::Operation]) -> Vec<Source> {
    let with_parameters = OPERATIONS.iter().filter(is_get);
    let with_parameters = with_parameters.filter(|operation| operation.path.contains('{'));
    with_parameters
        .filter_map(|operation| {
            let needed = needed(described, operation);
            match needed.as_slice() {
                [] => by_path(operation),
                [name] => by_query(operation, name),
                _ => None,
            }
        })
        .collect()
}

/// The parameters that a query of the operation must have.
pub(super) fn needed(described: &[document::Operation], operation: &Operation) -> Vec<String> {
    let known = described.iter().find(|known| known.id == operation.id);
    let parameters = known.into_iter().flat_map(|known| &known.parameters);
    parameters
        .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
        .filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned()))
        .collect()
}

fn by_path(operation: &'static Operation) -> Option<Source> {
    let path = operation.path;
    let begin = path.rfind('{')?;
    let end = begin + path[begin..].find('}')? + 1;
    let above = shape(path[..begin].trim_end_matches('/'));
    let elsewhere = ELSEWHERE.iter().find(|(known, _)| *known == above);
    let list = get(
        operation.base_path,
        elsewhere.map_or(&above, |(_, list)| list),
    )?;
    let names = parameters(path);
    let (last, before) = names.split_last()?;
    // The operation that shows one object says which property is the value in its path.
    let shown = get(operation.base_path, &shape(&path[..end]));
    let property = shown.and_then(|shown| {
        let name = parameters(shown.path).pop()?;
        let stated = shown.identity.iter().find(|(known, _)| *known == name);
        stated.map(|(_, property)| *property)
    });
    let named = PROPERTIES.iter().find(|(known, _)| known == last);
    let property = property
        .or(named.map(|(_, property)| *property))
        .unwrap_or(last);
    let before = before.iter().enumerate();
    Some(Source {
        operation,
        list,
        path: before
            .map(|(position, name)| (*name, Fill::OfTheList(position)))
            .chain([(*last, Fill::Property(property))])
            .collect(),
        query: Vec::new(),
    })
}

fn by_query(operation: &'static Operation, needed: &str) -> Option<Source> {
    let mut known = QUERIES.iter();
    let (name, list, property, parameter) = known.find(|(name, ..)| *name == needed)?;
    let path = parameters(operation.path);
    (path.as_slice() == [*parameter]).then_some(())?;
    Some(Source {
        operation,
        list: get(operation.base_path, list)?,
        path: vec![(*parameter, Fill::Property(parameter))],
        query: vec![(*name, *property)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::document::Document;

    #[test]
    fn every_get_has_a_source() {
        let document = Document::read().unwrap();
        let found = sources(&document.operations());
        let with_parameters = OPERATIONS.iter().filter(is_get);
        let missing: Vec<&str> = with_parameters
            .filter(|operation| operation.path.contains('{'))
            .filter(|operation| !found.iter().any(|one| one.operation.id == operation.id))
            .map(|operation| operation.id)
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
        let source = |id: &str| {
            let one = found.iter().find(|one| one.operation.id == id).unwrap();
            (one.list.id, one.path.clone(), one.query.clone())
        };
        let (list, path, query) = source("getCustomerWalletAlert");
        assert_eq!(list, "getCustomerWalletAlerts");
        let expected = [
            ("external_customer_id", Fill::OfTheList(0)),
            ("wallet_code", Fill::OfTheList(1)),
            ("code", Fill::Property("code")),
        ];
        assert_eq!(
            (path.as_slice(), query.as_slice()),
            (expected.as_slice(), [].as_slice())
        );
        let (list, path, query) = source("findCustomerCurrentUsage");
        assert_eq!(
            (list, query),
            (
                "findAllSubscriptions",
                vec![("external_subscription_id", "external_id")]
            )
        );
        assert_eq!(
            path,
            [(
                "external_customer_id",
                Fill::Property("external_customer_id")
            )]
        );
        let (list, path, _) = source("findAllCustomerInvoices");
        assert_eq!(
            (list, path),
            (
                "findAllCustomers",
                vec![("external_customer_id", Fill::Property("external_id"))]
            )
        );
        assert_eq!(
            source("findWalletTransaction").0,
            "findAllWalletTransactions"
        );
        assert_eq!(
            source("findPlanChargeFilter").1[2],
            ("filter_id", Fill::Property("lago_id"))
        );
    }
}
