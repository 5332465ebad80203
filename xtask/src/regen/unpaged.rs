//! Lists that say where their page stands, and cannot be asked for another.

use super::emit::address_of;
use super::ir::{Api, Operation, ParameterPlace, Response, TypeRef};
use super::problem::Problem;

/// Takes the pages from lists of which none can be asked for, and says which these are. They become plain lists, of what
/// the server sends by itself. Documents until 1.51.0 have some; in the workspace, where whatever is found stops
/// everything, the overlay says what the server takes.
pub(crate) fn drop_pages(api: &mut Api) -> Vec<Problem> {
    let mut problems = Vec::new();
    for operation in &mut api.operations {
        let Response::Page { key, item } = &operation.response else {
            continue;
        };
        if has_page(operation) {
            continue;
        }
        let (key, ty) = (key.clone(), TypeRef::List(Box::new(item.clone())));
        operation.response = Response::Root { key, ty };
        problems.push(Problem {
            address: address_of(operation),
            message: "the list has pages but no parameter `page`".to_owned(),
            advice: "add the parameter in the overlay; without it the call returns the first page as a list".to_owned(),
        });
    }
    problems
}

fn has_page(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter();
    parameters.any(|parameter| {
        parameter.name == "page" && matches!(parameter.place, ParameterPlace::Query { .. })
    })
}
