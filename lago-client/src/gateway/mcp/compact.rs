//! Four tools in place of one for each operation, for agents that have little room: to find an operation, to read how
//! it is called, and to call it.

use serde_json::{Map, Value, json};

use super::listing::{FIELDS, Hints, Listed, schema};
use crate::gateway::choice::{Choice, NotOffered, reads};
use crate::gateway::results::Answer;
use crate::gateway::search::search;
use crate::gateway::tools::Tool;

const FIND: &str = "find_operation";
const DESCRIBE: &str = "describe_operation";
const READ: &str = "read";
const WRITE: &str = "write";

/// Where the arguments of an operation stand in those of a call, as a JSON pointer.
pub(super) const TO_ARGUMENTS: &str = "/arguments";

/// How many operations a search finds at most.
const MOST_FOUND: usize = 10;

/// What a call of one of the four comes to.
pub(super) enum Meant {
    /// It is answered.
    Answer(Answer),
    /// An operation is called with these arguments.
    Call(&'static Tool, Map<String, Value>),
}

/// The tools; the last one only where writing is allowed.
pub(super) fn tools(choice: &Choice) -> Vec<Listed> {
    let reading = Hints {
        reads: true,
        destructive: false,
        idempotent: true,
        open_world: false,
    };
    let writing = Hints {
        reads: false,
        destructive: true,
        idempotent: false,
        open_world: true,
    };
    let mut tools = vec![
        Listed {
            name: FIND,
            title: "Find an operation",
            description: "Finds operations of Lago's API by words and gives their names, the best first. Begin here.",
            input_schema: object(
                json!({"query": text("What to do, such as `list invoices of a customer`")}),
                &["query"],
            ),
            hints: reading,
        },
        Listed {
            name: DESCRIBE,
            title: "Describe an operation",
            description: "Says what an operation does and gives the JSON Schema of its arguments. Read it before the \
                          first call of an operation.",
            input_schema: object(
                json!({"operation": text("Its name, as find_operation gives it")}),
                &["operation"],
            ),
            hints: reading,
        },
        Listed {
            name: READ,
            title: "Read from Lago",
            description: "Calls an operation that changes nothing.",
            input_schema: calling(true),
            hints: reading,
        },
    ];
    if choice.allows_writes() {
        tools.push(Listed {
            name: WRITE,
            title: "Change something in Lago",
            description: "Calls an operation that adds, changes or removes something, or sets something going. A \
                          person may be asked first.",
            input_schema: calling(false),
            hints: writing,
        });
    }
    tools
}

fn calling(can_choose: bool) -> Map<String, Value> {
    let mut properties = json!({
        "operation": text("Its name, as find_operation gives it"),
        "arguments": {"type": "object", "description": "Its arguments, as describe_operation says"},
    });
    if can_choose {
        properties[FIELDS] = json!({
            "type": "array",
            "items": {"type": "string"},
            "description": "Paths of what to return; everything when left out",
        });
    }
    object(properties, &["operation"])
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn object(properties: Value, required: &[&str]) -> Map<String, Value> {
    let entries = [
        ("type", json!("object")),
        ("properties", properties),
        ("required", json!(required)),
        ("additionalProperties", json!(false)),
    ];
    let entries = entries.into_iter();
    entries
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// What a call means; none when its name is none of the four.
pub(super) fn meant(
    choice: &Choice,
    name: &str,
    mut arguments: Map<String, Value>,
) -> Option<Meant> {
    let known: &[&str] = match name {
        FIND => &["query"],
        DESCRIBE => &["operation"],
        READ => &["operation", "arguments", FIELDS],
        WRITE if choice.allows_writes() => &["operation", "arguments"],
        WRITE => {
            let refusal = "This server is read-only: nothing was done. Whoever runs it can allow changes (--allow-writes).";
            return Some(Meant::Answer(Answer::refusal(refusal)));
        }
        _ => return None,
    };
    if let Some(unknown) = arguments.keys().find(|key| !known.contains(&key.as_str())) {
        let refusal = format!(
            "{name} has no argument `{unknown}`; it has {}.",
            known.join(", ")
        );
        return Some(Meant::Answer(Answer::refusal(refusal)));
    }
    let first = arguments.remove(known[0]);
    let Some(first) = first.as_ref().and_then(Value::as_str) else {
        let refusal = format!("{name} needs `{}`, a text.", known[0]);
        return Some(Meant::Answer(Answer::refusal(refusal)));
    };
    Some(match name {
        FIND => Meant::Answer(found(choice, first)),
        _ => match choice.find(first) {
            Err(refused) => Meant::Answer(not_offered(first, &refused)),
            Ok(tool) if name == DESCRIBE => Meant::Answer(described(tool)),
            Ok(tool) => called(name, tool, arguments),
        },
    })
}

fn not_offered(name: &str, refused: &NotOffered) -> Answer {
    Answer::refusal(match refused {
        NotOffered::Unknown(question) => {
            format!("There is no operation `{name}`.{question} Use {FIND} for its name.")
        }
        other => other.to_string(),
    })
}

fn found(choice: &Choice, query: &str) -> Answer {
    let found = search(choice.tools().iter().copied(), query, MOST_FOUND);
    let lines: Vec<Value> = found
        .iter()
        .map(|tool| json!({"operation": tool.name, "title": tool.title, "call_with": verb(tool)}))
        .collect();
    match lines.is_empty() {
        true => Answer {
            note: format!(
                "No operation that is offered here has these words. Its groups are: {}.",
                groups(choice)
            ),
            data: None,
            is_error: false,
        },
        false => Answer {
            note: format!("Use {DESCRIBE} for the arguments of one."),
            data: Some(Value::from(lines).to_string()),
            is_error: false,
        },
    }
}

fn groups(choice: &Choice) -> String {
    let mut groups: Vec<&str> = choice.tools().iter().map(|tool| tool.toolset).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.join(", ")
}

fn described(tool: &Tool) -> Answer {
    let mut schema = schema(tool);
    // It is an argument of `read` here.
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.remove(FIELDS);
    }
    let described = json!({
        "operation": tool.name,
        "title": tool.title,
        "description": tool.description,
        "call_with": verb(tool),
        "arguments": schema,
    });
    Answer {
        note: format!("Call it with {}.", verb(tool)),
        data: Some(described.to_string()),
        is_error: false,
    }
}

/// Which of the four calls an operation.
fn verb(tool: &Tool) -> &'static str {
    if reads(tool) { READ } else { WRITE }
}

fn called(name: &str, tool: &'static Tool, mut arguments: Map<String, Value>) -> Meant {
    if verb(tool) != name {
        let refusal = format!(
            "{} is called with {}: nothing was done.",
            tool.name,
            verb(tool)
        );
        return Meant::Answer(Answer::refusal(refusal));
    }
    let mut of_operation = match arguments.remove("arguments") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(map)) => map,
        Some(_) => {
            let refusal = "`arguments` is an object: nothing was done.";
            return Meant::Answer(Answer::refusal(refusal));
        }
    };
    if let Some(fields) = arguments.remove(FIELDS) {
        of_operation.insert(FIELDS.to_owned(), fields);
    }
    Meant::Call(tool, of_operation)
}
