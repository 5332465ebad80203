//! The table of rules.

mod composition;
mod examples;
mod operations;
mod schemas;
mod siblings;
mod spelling;
mod values;

use super::Severity::{Error, Warning};
use super::{Found, Rule};

/// All rules, in the order in which they are reported.
pub(super) const RULES: [Rule; 20] = [
    Rule {
        id: "reference-nowhere",
        severity: Error,
        finds: "a `$ref` that leads to nothing in the document",
        explanation: "Tools refuse the document, or generate a type that is missing. Define the target, or correct the reference.",
        check: operations::reference_nowhere,
    },
    Rule {
        id: "parameter-twice",
        severity: Error,
        finds: "an operation, or a path, that states one parameter twice",
        explanation: "OpenAPI forbids two parameters of one name and place. Generators fail, or make two arguments of which one is lost. Remove one of the two.",
        check: operations::parameter_twice,
    },
    Rule {
        id: "path-parameter-undeclared",
        severity: Error,
        finds: "a `{name}` in a path that no parameter declares",
        explanation: "A call cannot be made: nothing says what stands there. Declare it with `in: path`.",
        check: operations::path_parameter_undeclared,
    },
    Rule {
        id: "path-parameter-unused",
        severity: Error,
        finds: "a parameter with `in: path` that the path has no place for",
        explanation: "A caller has to give a value that is sent nowhere. Write it into the path, or remove it.",
        check: operations::path_parameter_unused,
    },
    Rule {
        id: "operation-id",
        severity: Warning,
        finds: "an operation without an id, or with one that is not camelCase or is used twice",
        explanation: "Methods are named after operation ids, in every language that generates code. Give each operation an id of its own in the style of the others.",
        check: operations::operation_id,
    },
    Rule {
        id: "missing-4xx",
        severity: Warning,
        finds: "an operation that says of no failure what it looks like",
        explanation: "Every operation of an API with keys answers 401 at least. What is not said, clients cannot decode. Add the failures, or `default`.",
        check: operations::missing_4xx,
    },
    Rule {
        id: "required-undeclared",
        severity: Error,
        finds: "a name in `required` that the object does not declare as a property",
        explanation: "The value has to be there, and nothing says what it is: a misspelt name, or a property that was forgotten. Generated code refuses every response, or drops the demand in silence.",
        check: schemas::required_undeclared,
    },
    Rule {
        id: "unknown-format",
        severity: Warning,
        finds: "a `format` that no registry has, that is a type or a regular expression, or that is of another type",
        explanation: "Tools ignore formats that they do not know, so that a misspelt one is no check and no type. Types belong into `type`, regular expressions into `pattern`.",
        check: schemas::unknown_format,
    },
    Rule {
        id: "schema-of-another-type",
        severity: Warning,
        finds: "`properties` without objects, `items` without lists, lists without `items`, bounds that exclude each other",
        explanation: "The keyword has no effect on values of the type that is named, so that one of the two is not what was meant.",
        check: schemas::of_another_type,
    },
    Rule {
        id: "enum-values",
        severity: Error,
        finds: "an `enum` with a value twice, with one of another type, or of a nullable type without null",
        explanation: "JSON Schema takes a value only if it is listed and of the type: null that is not listed is refused where the type allows it.",
        check: values::enum_values,
    },
    Rule {
        id: "closed-enum",
        severity: Warning,
        finds: "a response that lists fewer values of a property than the request which sets it",
        explanation: "What was sent comes back, and a client with a closed enum fails to decode it. List the same values in both places.",
        check: values::closed_enum,
    },
    Rule {
        id: "pattern-invalid",
        severity: Error,
        finds: "a `pattern` that is no regular expression",
        explanation: "Validators refuse the schema, and generated code fails when it is first used.",
        check: values::pattern_invalid,
    },
    Rule {
        id: "pattern-dot",
        severity: Warning,
        finds: "a dot beside digits in a `pattern` that stands for any character",
        explanation: "`^[0-9]+.?[0-9]*$` takes `1x5`. Write `\\.` for the decimal point, and `-?` in front if numbers may be negative.",
        check: values::pattern_dot,
    },
    Rule {
        id: "pattern-unanchored",
        severity: Warning,
        finds: "a `pattern` that is not bound to both ends of the text",
        explanation: "A pattern of JSON Schema matches anywhere in the text. Begin it with `^` and end it with `$`.",
        check: values::pattern_unanchored,
    },
    Rule {
        id: "example-mismatch",
        severity: Error,
        finds: "an example that its own schema refuses",
        explanation: "Examples become documentation, mocks and tests. Either the example is wrong, or the schema refuses what the server sends.",
        check: examples::example_mismatch,
    },
    Rule {
        id: "default-mismatch",
        severity: Error,
        finds: "a default that its own schema refuses",
        explanation: "Generated code sends the default, and the server refuses it. Correct the default or the schema.",
        check: examples::default_mismatch,
    },
    Rule {
        id: "illogical-composition",
        severity: Error,
        finds: "a composition that no value satisfies, or of which a part has no effect",
        explanation: "Parts of an `allOf` have to hold all at once: of different types, or closed to each other's properties, they cannot. Equal choices of a `oneOf` exclude each other.",
        check: composition::illogical_composition,
    },
    Rule {
        id: "ambiguous-one-of",
        severity: Warning,
        finds: "choices of a `oneOf` that one value may satisfy together",
        explanation: "`oneOf` takes a value that is exactly one of its choices. Where two may hold, validators refuse it and decoders take the first. Tell them apart by a required property with one value, or write `anyOf`.",
        check: composition::ambiguous_one_of,
    },
    Rule {
        id: "nullability-differs",
        severity: Warning,
        finds: "a property that is nullable in one view of a noun and not in another",
        explanation: "`FeeObject` and `FeeObjectExtended` come from one serializer. Where only one of them admits null, the other most likely lacks it, and fails to decode.",
        check: siblings::nullability_differs,
    },
    Rule {
        id: "misspelt",
        severity: Warning,
        finds: "a value, a property or a schema of a name that is nearly another of the document",
        explanation: "Names that were copied by hand. A misspelt value never arrives, or arrives and has no name; a misspelt schema becomes a type of that name.",
        check: spelling::misspelt,
    },
];
