//! Where the schemas of a document live. Addresses, passes and directions all ask here.

use serde_json::Value;

use super::schema::{METHODS, UNIONS, descend, descend_mut, list, origin};
use crate::pointer::join;

/// What a schema is the root of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// A schema under `components/schemas`.
    Component,
    /// The schema of a parameter under `components/parameters`.
    SharedParameter,
    /// The schema of a parameter of all operations of a path.
    PathParameter,
    /// The schema of a parameter of an operation.
    Parameter,
    /// A request body.
    Request,
    /// The body of a 2xx response.
    Response,
    /// The body of another response. These share one hand-written type.
    Failure,
    /// The body of a webhook delivery.
    Webhook,
}

/// A schema that is no part of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    /// What it is the root of.
    pub(crate) site: Site,
    /// The JSON pointer to it.
    pub(crate) pointer: String,
    /// Its address.
    pub(crate) address: String,
    /// The path that it belongs to; empty when it belongs to none.
    pub(crate) path: String,
    /// The name of the component, parameter or webhook; empty for bodies of operations.
    pub(crate) name: String,
}

impl Root {
    /// Whether it becomes code where it stands.
    fn is_code(&self) -> bool {
        !matches!(
            self.site,
            Site::SharedParameter | Site::PathParameter | Site::Failure
        )
    }

    /// Whether a node of the document is this root.
    pub(crate) fn is_root(&self, document: &Value, node: &Value) -> bool {
        let root = document.pointer(&self.pointer);
        root.is_some_and(|root| std::ptr::eq(root, node))
    }

    /// Whether a node of the document is a whole body, or one of those that a body may be.
    pub(crate) fn is_body(&self, document: &Value, node: &Value) -> bool {
        let is_body = matches!(self.site, Site::Request | Site::Response | Site::Webhook);
        let root = document.pointer(&self.pointer).filter(|_| is_body);
        let choice = |root| UNIONS.into_iter().flat_map(move |key| list(root, key));
        root.is_some_and(|root| {
            std::ptr::eq(root, node) || choice(root).any(|member| std::ptr::eq(member, node))
        })
    }
}

/// The roots of a document, components first, then by path and webhook.
pub(crate) fn roots(document: &Value) -> Vec<Root> {
    let mut found = Found(Vec::new());
    for (name, _, pointer) in members(document, "", "/components/schemas") {
        found.add(Site::Component, pointer, name.clone(), "", name);
    }
    for (name, parameter, pointer) in members(document, "", "/components/parameters") {
        let address = format!("parameters.{name}");
        found.schema_of(
            parameter,
            Site::SharedParameter,
            &pointer,
            address,
            "",
            name,
        );
    }
    for (path, item, pointer) in members(document, "", "/paths") {
        found.parameters(item, Site::PathParameter, &pointer, "PATH", path);
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                found.operation(operation, &join(&pointer, method), method, path);
            }
        }
    }
    for (key, item, pointer) in members(document, "", "/webhooks") {
        let body = &item["post"]["requestBody"];
        let pointer = pointer + "/post/requestBody";
        let address = format!("webhook {key}");
        found.content(body, Site::Webhook, &pointer, &address, "", key);
    }
    found.0
}

struct Found(Vec<Root>);

impl Found {
    fn add(&mut self, site: Site, pointer: String, address: String, path: &str, name: &str) {
        self.0.push(Root {
            site,
            pointer,
            address,
            path: path.to_owned(),
            name: name.to_owned(),
        });
    }

    fn schema_of(
        &mut self,
        holder: &Value,
        site: Site,
        pointer: &str,
        address: String,
        path: &str,
        name: &str,
    ) {
        if holder.get("schema").is_some() {
            self.add(site, format!("{pointer}/schema"), address, path, name);
        }
    }

    fn parameters(&mut self, holder: &Value, site: Site, pointer: &str, method: &str, path: &str) {
        for (index, parameter) in list(holder, "parameters").enumerate() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let pointer = format!("{pointer}/parameters/{index}");
            let address = format!("{method} {path}?{name}");
            self.schema_of(parameter, site, &pointer, address, path, name);
        }
    }

    fn content(
        &mut self,
        holder: &Value,
        site: Site,
        pointer: &str,
        address: &str,
        path: &str,
        name: &str,
    ) {
        for (_, media, pointer) in members(holder, pointer, "/content") {
            self.schema_of(media, site, &pointer, address.to_owned(), path, name);
        }
    }

    fn operation(&mut self, operation: &Value, pointer: &str, method: &str, path: &str) {
        let method = method.to_uppercase();
        self.parameters(operation, Site::Parameter, pointer, &method, path);
        let request = join(pointer, "requestBody");
        let address = format!("{method} {path} request");
        let body = &operation["requestBody"];
        self.content(body, Site::Request, &request, &address, path, "");
        for (status, response, pointer) in members(operation, pointer, "/responses") {
            let site = match status.starts_with('2') {
                true => Site::Response,
                false => Site::Failure,
            };
            let address = format!("{method} {path} {status}");
            self.content(response, site, &pointer, &address, path, "");
        }
    }
}

/// Calls `visit` with every root that becomes code: what is shared stands where it is used by then.
pub(crate) fn each_root_mut(document: &mut Value, visit: &mut dyn FnMut(&Root, &mut Value)) {
    for root in roots(document) {
        if let Some(schema) = document.pointer_mut(&root.pointer)
            && root.is_code()
        {
            visit(&root, schema);
        }
    }
}

/// Calls `visit` with every schema node that becomes code, children before their parents.
pub(crate) fn each_schema_mut(document: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    each_root_mut(document, &mut |_, schema| descend_mut(schema, visit));
}

/// Whether every schema node that becomes code passes; if not, the address of the first that does not.
pub(crate) fn each_schema(
    document: &Value,
    passes: impl Fn(&Root, &Value) -> bool,
) -> Result<(), String> {
    for root in roots(document).iter().filter(|root| root.is_code()) {
        let mut wrong = None;
        if let Some(schema) = document.pointer(&root.pointer) {
            descend(schema, &mut |node| {
                if wrong.is_none() && !passes(root, node) {
                    wrong = Some(match origin(node) {
                        "" => root.address.clone(),
                        origin => origin.to_owned(),
                    });
                }
            });
        }
        if let Some(address) = wrong {
            return Err(address);
        }
    }
    Ok(())
}

/// The members of the object at `below`, each with its pointer.
fn members<'v>(
    node: &'v Value,
    pointer: &str,
    below: &str,
) -> impl Iterator<Item = (&'v String, &'v Value, String)> {
    let pointer = format!("{pointer}{below}");
    let map = node.pointer(below).and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .map(move |(key, value)| (key, value, join(&pointer, key)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_root_is_found_with_what_it_belongs_to() {
        let body = || json!({"content": {"application/json": {"schema": {}}}});
        let document = json!({
            "components": {"schemas": {"A": {}}, "parameters": {"P": {"schema": {}}}},
            "paths": {"/a": {
                "parameters": [{"name": "id", "schema": {}}],
                "put": {
                    "parameters": [{"$ref": "#/components/parameters/P"}, {"name": "q", "schema": {}}],
                    "requestBody": body(),
                    "responses": {"200": body(), "404": body()},
                },
            }},
            "webhooks": {"made": {"post": {"requestBody": body()}}},
        });
        let roots = roots(&document);
        let found: Vec<(Site, &str, &str, &str)> = roots
            .iter()
            .map(|root| (root.site, &*root.address, &*root.path, &*root.name))
            .collect();
        assert_eq!(
            found,
            [
                (Site::Component, "A", "", "A"),
                (Site::SharedParameter, "parameters.P", "", "P"),
                (Site::PathParameter, "PATH /a?id", "/a", "id"),
                (Site::Parameter, "PUT /a?q", "/a", "q"),
                (Site::Request, "PUT /a request", "/a", ""),
                (Site::Response, "PUT /a 200", "/a", ""),
                (Site::Failure, "PUT /a 404", "/a", ""),
                (Site::Webhook, "webhook made", "", "made"),
            ]
        );
        for root in &roots {
            assert!(document.pointer(&root.pointer).is_some(), "{root:?}");
        }
    }
}
