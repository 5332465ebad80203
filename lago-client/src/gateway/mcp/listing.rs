//! What agents are told of each tool.

use serde_json::{Map, Value, json};

use crate::gateway::choice::{Choice, reads};
use crate::gateway::results::{MOST_FIELDS, PER_PAGE, SIZE};
use crate::gateway::tools::Tool;

/// The argument that chooses parts of a response. Every tool that reads has it besides its own.
pub(super) const FIELDS: &str = "fields";

/// A tool as agents are told of it.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// The JSON Schema of its arguments.
    pub(super) input_schema: Map<String, Value>,
    pub(super) hints: Hints,
}

/// What a client may know of a tool before it asks a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hints {
    /// It leaves everything as it is.
    pub(super) reads: bool,
    /// What was there may be another after it: it does more than to add.
    pub(super) destructive: bool,
    /// Done twice, it leaves behind what it does once.
    pub(super) idempotent: bool,
    /// It may reach beyond Lago.
    pub(super) open_world: bool,
}

impl Hints {
    /// Those of an operation, by the reviewed table.
    pub(super) fn of(tool: &Tool) -> Self {
        let operation = tool.operation;
        Self {
            reads: reads(tool),
            destructive: operation.effect.is_destructive(),
            idempotent: operation.idempotency.may_repeat(),
            open_world: operation.outside,
        }
    }
}

/// The tools, one for each operation, in the order of the table.
pub(super) fn of_operations(choice: &Choice) -> Vec<Listed> {
    choice
        .tools()
        .iter()
        .map(|tool| of_operation(tool))
        .collect()
}

fn of_operation(tool: &'static Tool) -> Listed {
    Listed {
        name: tool.name,
        title: tool.title,
        description: tool.description,
        input_schema: schema(tool),
        hints: Hints::of(tool),
    }
}

/// The schema of a tool's arguments, with the one that chooses parts of a response.
pub(super) fn schema(tool: &Tool) -> Map<String, Value> {
    // It is generated, and a test reads all of them: what is no object would be a tool without arguments.
    let mut schema: Map<String, Value> =
        serde_json::from_str(tool.input_schema).unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return schema;
    };
    if let Some(size) = properties.get_mut(SIZE) {
        // What Lago's documents say of it holds for calls that leave it out, and these do not.
        let words = format!("How many records a page holds; {PER_PAGE} when left out.");
        size["description"] = words.into();
    }
    if reads(tool) {
        properties.insert(FIELDS.to_owned(), fields());
    }
    schema
}

fn fields() -> Value {
    json!({
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "maxItems": MOST_FIELDS,
        "description": "Paths of what to return, such as `lago_id` or `customer.name`; everything when left out",
    })
}
