//! Everything that is wrong with a body, not just what is met first: where it cannot be read, a
//! value is put that can, and it is read again.

use serde_json::{Value, json};

use super::leaves::{Difference, is_below};

/// Enough for the largest body, an end for the others.
const MOST_FAULTS: usize = 500;

/// A body that was read in the end.
pub(super) struct Repaired<T> {
    /// Where it could not be read.
    pub(super) faults: Vec<Difference>,
    /// What came of it; nothing when it could not be repaired.
    pub(super) outcome: Option<T>,
}

/// Why a body was not read.
pub(super) enum Refused {
    /// A place in it.
    At(Fault),
    /// No place in particular.
    Whole(String),
}

/// A place at which a body cannot be read.
pub(super) struct Fault {
    path: String,
    what: String,
    missing: bool,
}

/// Repairs a body until it is read, when it was not already.
pub(super) async fn repaired<T>(
    body: &Value,
    first: Result<T, Refused>,
    mut read: impl AsyncFnMut(&Value) -> Result<T, Refused>,
) -> Repaired<T> {
    let mut body = body.clone();
    let mut faults: Vec<Difference> = Vec::new();
    let mut outcome = first;
    loop {
        let fault = match outcome {
            Ok(value) => {
                let outcome = Some(value);
                return Repaired { faults, outcome };
            }
            Err(Refused::At(fault)) => fault,
            Err(Refused::Whole(what)) => {
                faults.push(Difference::whole(what));
                break;
            }
        };
        // What is wrong in a value that was put there says nothing about the recording.
        if !faults
            .iter()
            .any(|known| is_below(&fault.path, &known.path))
        {
            let (path, what) = (fault.path.clone(), fault.what.clone());
            faults.push(Difference { path, what });
        }
        if faults.len() == MOST_FAULTS {
            break;
        }
        match repair(&mut body, &fault, &mut read).await {
            Some(next) => outcome = next,
            None => break,
        }
    }
    let outcome = None;
    Repaired { faults, outcome }
}

/// Puts a value where the fault is, so that it is gone; nothing when no value helps.
async fn repair<T>(
    body: &mut Value,
    fault: &Fault,
    read: &mut impl AsyncFnMut(&Value) -> Result<T, Refused>,
) -> Option<Result<T, Refused>> {
    for candidate in candidates() {
        *place(body, &fault.path)? = candidate;
        let outcome = read(body).await;
        match &outcome {
            Ok(_) => return Some(outcome),
            Err(Refused::At(next)) if next.follows(fault) => return Some(outcome),
            Err(_) => {}
        }
    }
    None
}

/// Values of every kind that a field can have. An empty object comes last: it may lack fields, each
/// of which is then put in turn.
fn candidates() -> [Value; 10] {
    [
        Value::Null,
        json!("text"),
        json!("1.5"),
        json!(1),
        json!(true),
        json!("2024-05-06T07:08:09Z"),
        json!("2024-05-06"),
        json!("1a901a90-1a90-4a90-9a90-1a901a901a90"),
        json!([]),
        json!({}),
    ]
}

impl Fault {
    /// The fault at a JSON path that a parser gave as its reason.
    pub(super) fn new(path: &str, reason: &str) -> Self {
        let path = path.trim_matches('.');
        let what = reason.split(" at line ").next().unwrap_or_default();
        let missing = what
            .strip_prefix("missing field `")
            .and_then(|field| field.strip_suffix('`'));
        let path = match (missing, path) {
            (None, path) => path.to_owned(),
            (Some(field), "") => field.to_owned(),
            (Some(field), path) => format!("{path}.{field}"),
        };
        Self {
            path,
            missing: missing.is_some(),
            what: format!("cannot be read: {what}"),
        }
    }

    /// Whether this one shows that the other is gone.
    fn follows(&self, other: &Self) -> bool {
        if !is_below(&self.path, &other.path) {
            return true;
        }
        self.missing && self.path.len() > other.path.len()
    }
}

/// The value at a path; it is made when only the last step is missing.
fn place<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    let steps = path.split(['.', '[']).filter(|step| !step.is_empty());
    let mut place = value;
    for step in steps {
        place = match step.strip_suffix(']') {
            Some(index) => place.get_mut(index.parse::<usize>().ok()?)?,
            None => place.as_object_mut()?.entry(step).or_insert(Value::Null),
        };
    }
    Some(place)
}
