//! What is known of a tool: the form of the generated tables.

use crate::operation::Operation;

/// An operation as agents are told of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tool {
    /// Its name: the path of its resource with `_`, as `plans_charges_list`. At most 49 characters.
    pub name: &'static str,
    /// Another name that is accepted and not listed: that of capability files, which is the operation id in lower case.
    pub alias: Option<&'static str>,
    /// Its name for people.
    pub title: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The group by which it is chosen: the noun, unless people look for it elsewhere. `links` for what hands out links
    /// and tokens that need no key.
    pub toolset: &'static str,
    /// What is known of its operation.
    pub operation: &'static Operation,
    /// The JSON Schema (2020-12) of its arguments, as text: an object, without references. The only composition is an
    /// `anyOf` of a value and null, where null means something.
    pub input_schema: &'static str,
    /// Where each argument goes, in the order of the schema.
    pub arguments: &'static [Argument],
    /// Arguments of which one is given, which the schema cannot say; mostly none.
    pub one_of: &'static [&'static str],
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

/// A row of a generated table.
#[expect(clippy::too_many_arguments, reason = "the tables are read by columns")]
pub(crate) const fn tool(
    name: &'static str,
    alias: &'static str,
    toolset: &'static str,
    operation: &'static Operation,
    title: &'static str,
    description: &'static str,
    input_schema: &'static str,
    arguments: &'static [Argument],
) -> Tool {
    Tool {
        name,
        alias: Some(alias),
        title,
        description,
        toolset,
        operation,
        input_schema,
        arguments,
        one_of: &[],
    }
}

impl Tool {
    /// The same, of whose arguments one of these is given.
    #[allow(dead_code, reason = "some documents have no such tool")]
    pub(crate) const fn one_of(mut self, names: &'static [&'static str]) -> Self {
        self.one_of = names;
        self
    }
}

/// An argument of a row.
#[allow(
    dead_code,
    reason = "some documents have operations without arguments alone"
)]
pub(crate) const fn argument(name: &'static str, place: Place) -> Argument {
    Argument { name, place }
}
