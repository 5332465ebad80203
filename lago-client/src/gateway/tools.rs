//! The operations as tools: what an agent is told of each, and how its arguments become a request.

use crate::operation::Operation;

/// An operation as agents are told of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tool {
    /// Its name: the path of its resource with `_`, as `plans_charges_list`. At most 49 characters.
    pub name: &'static str,
    /// Another name that is accepted and not listed: that of the capability file, when it has one.
    pub alias: Option<&'static str>,
    /// Its name for people.
    pub title: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The group by which it is chosen: the noun, or `links` for what hands out bearer links.
    pub toolset: &'static str,
    /// What is known of its operation.
    pub operation: &'static Operation,
    /// The JSON Schema of its arguments, as text: an object, without references and without composition at the top.
    pub input_schema: &'static str,
    /// Where each argument goes, in the order of the schema.
    pub arguments: &'static [Argument],
}

/// An argument of a tool.
#[derive(Debug)]
#[non_exhaustive]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// Where its value goes.
    pub place: Place,
}

/// Where the value of an argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Into the path, in place of this parameter.
    Path(&'static str),
    /// Into the query under this name.
    Query(&'static str),
    /// Into the query, a pair of this name (`status[]`) for each element.
    QueryList(&'static str),
    /// Into the query, a pair `name[key]=value` for each entry.
    QueryMap(&'static str),
    /// Into the body: the value stands at this path of keys (`["plan", "code"]`); none when it is the body.
    Body(&'static [&'static str]),
}
