//! Cases about values.

use super::{
    Breaking, Case, Info, Warning, check, parameter, request, request_body, response, response_body,
};

const REQUEST: &[Case] = &[
    (
        "{type: string}",
        "{type: integer}",
        "request-property-type-changed",
        Breaking,
    ),
    (
        "{type: number}",
        "{type: integer}",
        "request-property-type-changed",
        Breaking,
    ),
    (
        "{type: integer}",
        "{type: number}",
        "request-property-type-generalized",
        Info,
    ),
    (
        "{type: integer, format: int32}",
        "{type: integer, format: int64}",
        "request-property-type-generalized",
        Info,
    ),
    (
        "{type: string}",
        "{type: string, format: uuid}",
        "request-property-type-changed",
        Breaking,
    ),
    (
        "{type: string, format: date}",
        "{type: string, format: uuid}",
        "request-property-type-changed",
        Breaking,
    ),
    (
        "{type: [string, integer]}",
        "{type: [string, integer, boolean]}",
        "request-property-list-of-types-widened",
        Info,
    ),
    (
        "{type: [string, integer]}",
        "{type: [string]}",
        "request-property-list-of-types-narrowed",
        Breaking,
    ),
    (
        "{type: string}",
        "{type: [string, 'null']}",
        "request-property-became-nullable",
        Info,
    ),
    (
        "{type: [string, 'null']}",
        "{type: string}",
        "request-property-became-not-nullable",
        Breaking,
    ),
    (
        "{type: string}",
        "{type: string, enum: [a]}",
        "request-property-became-enum",
        Breaking,
    ),
    (
        "{enum: [a, b]}",
        "{enum: [a]}",
        "request-property-enum-value-removed",
        Breaking,
    ),
    (
        "{enum: [a]}",
        "{enum: [a, b]}",
        "request-property-enum-value-added",
        Info,
    ),
    (
        "{readOnly: true, enum: [a, b]}",
        "{readOnly: true, enum: [a]}",
        "request-read-only-property-enum-value-removed",
        Info,
    ),
    (
        "{type: string}",
        "{type: string, const: a}",
        "request-property-const-added",
        Breaking,
    ),
    ("{const: a}", "{}", "request-property-const-removed", Info),
    (
        "{const: a}",
        "{const: b}",
        "request-property-const-changed",
        Breaking,
    ),
    (
        "{type: string}",
        "{type: string, default: a}",
        "request-property-default-value-added",
        Info,
    ),
    (
        "{default: a}",
        "{default: b}",
        "request-property-default-value-changed",
        Info,
    ),
    (
        "{default: a}",
        "{}",
        "request-property-default-value-removed",
        Info,
    ),
    (
        "{type: string}",
        "{type: string, pattern: '^a'}",
        "request-property-pattern-added",
        Breaking,
    ),
    (
        "{pattern: '^a'}",
        "{pattern: '^b'}",
        "request-property-pattern-changed",
        Warning,
    ),
    (
        "{pattern: '^a'}",
        "{pattern: '.*'}",
        "request-property-pattern-generalized",
        Info,
    ),
    (
        "{pattern: '^a'}",
        "{}",
        "request-property-pattern-removed",
        Info,
    ),
    (
        "{}",
        "{maxLength: 5}",
        "request-property-max-length-set",
        Breaking,
    ),
    (
        "{maxLength: 5}",
        "{maxLength: 4}",
        "request-property-max-length-decreased",
        Breaking,
    ),
    (
        "{maxLength: 5}",
        "{maxLength: 6}",
        "request-property-max-length-increased",
        Info,
    ),
    (
        "{minLength: 5}",
        "{minLength: 6}",
        "request-property-min-length-increased",
        Breaking,
    ),
    (
        "{minimum: 5}",
        "{minimum: 4}",
        "request-property-min-decreased",
        Info,
    ),
    (
        "{maximum: 5}",
        "{maximum: 4.5}",
        "request-property-max-decreased",
        Breaking,
    ),
    (
        "{}",
        "{exclusiveMinimum: 0}",
        "request-property-exclusive-min-set",
        Breaking,
    ),
    (
        "{exclusiveMaximum: 3}",
        "{exclusiveMaximum: 2}",
        "request-property-exclusive-max-decreased",
        Breaking,
    ),
    (
        "{readOnly: true, maximum: 5}",
        "{readOnly: true, maximum: 4}",
        "request-read-only-property-max-decreased",
        Info,
    ),
    (
        "{type: array}",
        "{type: array, maxItems: 3}",
        "request-property-max-items-set",
        Breaking,
    ),
    (
        "{type: array, minItems: 1}",
        "{type: array, minItems: 2}",
        "request-property-min-items-increased",
        Breaking,
    ),
    (
        "{type: array}",
        "{type: array, uniqueItems: true}",
        "request-property-unique-items-set",
        Breaking,
    ),
    (
        "{multipleOf: 4}",
        "{multipleOf: 2}",
        "request-property-multiple-of-generalized",
        Info,
    ),
    (
        "{multipleOf: 2}",
        "{multipleOf: 4}",
        "request-property-multiple-of-changed",
        Breaking,
    ),
    (
        "{type: object}",
        "{type: object, required: [a], properties: {a: {}}}",
        "new-required-request-property",
        Breaking,
    ),
    (
        "{type: object}",
        "{type: object, required: [a], properties: {a: {default: 1}}}",
        "new-required-request-property-with-default",
        Breaking,
    ),
    (
        "{type: object}",
        "{type: object, properties: {a: {}}}",
        "new-optional-request-property",
        Info,
    ),
    (
        "{properties: {a: {}}}",
        "{properties: {}}",
        "request-property-removed",
        Warning,
    ),
    (
        "{properties: {a: {}}}",
        "{required: [a], properties: {a: {}}}",
        "request-property-became-required",
        Breaking,
    ),
    (
        "{properties: {a: {default: 1}}}",
        "{required: [a], properties: {a: {default: 1}}}",
        "request-property-became-required-with-default",
        Breaking,
    ),
    (
        "{required: [a], properties: {a: {}}}",
        "{properties: {a: {}}}",
        "request-property-became-optional",
        Info,
    ),
    (
        "{}",
        "{deprecated: true}",
        "request-property-deprecated",
        Info,
    ),
    (
        "{deprecated: true}",
        "{}",
        "request-property-reactivated",
        Info,
    ),
    (
        "{}",
        "{readOnly: true}",
        "request-optional-property-became-read-only",
        Info,
    ),
    (
        "{oneOf: [{type: string}]}",
        "{oneOf: [{type: string}, {type: integer}]}",
        "request-property-one-of-added",
        Info,
    ),
    (
        "{anyOf: [{type: string}, {type: integer}]}",
        "{anyOf: [{type: string}]}",
        "request-property-any-of-removed",
        Breaking,
    ),
    (
        "{allOf: [{minLength: 1}, {maxLength: 2}]}",
        "{allOf: [{minLength: 1}, {maxLength: 2}, {not: {const: a}}]}",
        "request-property-all-of-added",
        Breaking,
    ),
    (
        "{}",
        "{not: {type: string}}",
        "request-property-not-added",
        Breaking,
    ),
    (
        "{if: {type: string}}",
        "{}",
        "request-property-if-removed",
        Info,
    ),
    (
        "{}",
        "{dependentRequired: {a: [b]}}",
        "request-property-dependent-required-added",
        Breaking,
    ),
    (
        "{}",
        "{discriminator: {propertyName: a}}",
        "request-property-discriminator-added",
        Info,
    ),
    (
        "{type: string}",
        "{type: string, contentEncoding: base64}",
        "request-property-content-encoding-changed",
        Breaking,
    ),
];

const RESPONSE: &[Case] = &[
    (
        "{type: string}",
        "{type: integer}",
        "response-property-type-changed",
        Breaking,
    ),
    (
        "{type: number}",
        "{type: integer}",
        "response-property-type-specialized",
        Info,
    ),
    (
        "{type: integer}",
        "{type: number}",
        "response-property-type-generalized",
        Breaking,
    ),
    (
        "{type: string}",
        "{type: [string, 'null']}",
        "response-property-became-nullable",
        Breaking,
    ),
    (
        "{nullable: true, type: string}",
        "{type: string}",
        "response-property-became-not-nullable",
        Info,
    ),
    (
        "{enum: [a]}",
        "{enum: [a, b]}",
        "response-property-enum-value-added",
        Warning,
    ),
    (
        "{enum: [a, b]}",
        "{enum: [a]}",
        "response-property-enum-value-removed",
        Info,
    ),
    (
        "{writeOnly: true, enum: [a]}",
        "{writeOnly: true, enum: [a, b]}",
        "response-write-only-property-enum-value-added",
        Info,
    ),
    (
        "{const: a}",
        "{}",
        "response-property-const-removed",
        Breaking,
    ),
    (
        "{pattern: '^a'}",
        "{}",
        "response-property-pattern-removed",
        Breaking,
    ),
    (
        "{}",
        "{pattern: '^a'}",
        "response-property-pattern-added",
        Info,
    ),
    (
        "{maxLength: 5}",
        "{}",
        "response-property-max-length-unset",
        Breaking,
    ),
    (
        "{maxLength: 5}",
        "{maxLength: 6}",
        "response-property-max-length-increased",
        Breaking,
    ),
    (
        "{minItems: 2}",
        "{minItems: 1}",
        "response-property-min-items-decreased",
        Breaking,
    ),
    (
        "{minimum: 5}",
        "{minimum: 6}",
        "response-property-min-increased",
        Info,
    ),
    (
        "{multipleOf: 2}",
        "{multipleOf: 4}",
        "response-property-multiple-of-specialized",
        Info,
    ),
    (
        "{required: [a], properties: {a: {}}}",
        "{properties: {}}",
        "response-required-property-removed",
        Breaking,
    ),
    (
        "{properties: {a: {}}}",
        "{properties: {}}",
        "response-optional-property-removed",
        Info,
    ),
    (
        "{}",
        "{required: [a], properties: {a: {}}}",
        "response-required-property-added",
        Info,
    ),
    (
        "{}",
        "{properties: {a: {}}}",
        "response-optional-property-added",
        Info,
    ),
    (
        "{required: [a], properties: {a: {}}}",
        "{properties: {a: {}}}",
        "response-property-became-optional",
        Breaking,
    ),
    (
        "{properties: {a: {}}}",
        "{required: [a], properties: {a: {}}}",
        "response-property-became-required",
        Info,
    ),
    (
        "{required: [a], properties: {a: {writeOnly: true}}}",
        "{required: [a], properties: {a: {}}}",
        "response-required-property-became-not-write-only",
        Warning,
    ),
    (
        "{oneOf: [{type: string}]}",
        "{oneOf: [{type: string}, {type: integer}]}",
        "response-property-one-of-added",
        Breaking,
    ),
    (
        "{anyOf: [{type: string}]}",
        "{anyOf: [{type: string}, {type: integer}]}",
        "response-property-any-of-added",
        Breaking,
    ),
    (
        "{additionalProperties: false}",
        "{}",
        "response-property-additional-properties-allowed",
        Breaking,
    ),
];

const REQUEST_BODY: &[Case] = &[
    (
        "{type: string}",
        "{type: integer}",
        "request-body-type-changed",
        Breaking,
    ),
    (
        "{enum: [a, b]}",
        "{enum: [a]}",
        "request-body-enum-value-removed",
        Breaking,
    ),
    (
        "{type: string}",
        "{type: string, enum: [a]}",
        "request-body-became-enum",
        Breaking,
    ),
    (
        "{type: array}",
        "{type: array, minItems: 2}",
        "request-body-min-items-set",
        Breaking,
    ),
    (
        "{type: string}",
        "{oneOf: [{type: string}, {type: integer}]}",
        "request-body-wrapped-in-one-of-original-preserved",
        Info,
    ),
    (
        "{type: string}",
        "{oneOf: [{type: boolean}, {type: integer}], type: string}",
        "request-body-wrapped-in-one-of",
        Breaking,
    ),
];

const RESPONSE_BODY: &[Case] = &[
    (
        "{type: string}",
        "{type: [string, 'null']}",
        "response-body-became-nullable",
        Breaking,
    ),
    (
        "{maximum: 5}",
        "{maximum: 6}",
        "response-body-max-increased",
        Breaking,
    ),
    (
        "{type: array, items: {type: string}}",
        "{type: array, items: {type: integer}}",
        "response-property-type-changed",
        Breaking,
    ),
];

const PARAMETER: &[Case] = &[
    (
        "{type: integer}",
        "{type: string}",
        "request-parameter-type-generalized",
        Info,
    ),
    (
        "{type: string}",
        "{type: integer}",
        "request-parameter-type-changed",
        Breaking,
    ),
    (
        "{enum: [a, b]}",
        "{enum: [a]}",
        "request-parameter-enum-value-removed",
        Breaking,
    ),
    (
        "{type: string}",
        "{type: string, enum: [a]}",
        "request-parameter-became-enum",
        Breaking,
    ),
    (
        "{maxLength: 5}",
        "{maxLength: 4}",
        "request-parameter-max-length-decreased",
        Breaking,
    ),
    (
        "{pattern: '^a'}",
        "{pattern: '^b'}",
        "request-parameter-pattern-changed",
        Warning,
    ),
    (
        "{default: 1}",
        "{default: 2}",
        "request-parameter-default-value-changed",
        Info,
    ),
    (
        "{type: array, items: {enum: [a, b]}}",
        "{type: array, items: {enum: [a]}}",
        "request-parameter-property-enum-value-removed",
        Breaking,
    ),
];

pub(super) fn check_all() -> usize {
    check(request, REQUEST)
        + check(response, RESPONSE)
        + check(request_body, REQUEST_BODY)
        + check(response_body, RESPONSE_BODY)
        + check(parameter, PARAMETER)
}
