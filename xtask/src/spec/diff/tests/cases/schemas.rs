//! Cases about values.

use super::{check, parameter, request, request_body, response, response_body};

const REQUEST: &str = "
{type: string} => {type: integer} => request-property-type-changed breaking
{type: number} => {type: integer} => request-property-type-changed breaking
{type: integer} => {type: number} => request-property-type-generalized info
{type: integer, format: int32} => {type: integer, format: int64} => request-property-type-generalized info
{type: string} => {type: string, format: uuid} => request-property-type-changed breaking
{type: string, format: date} => {type: string, format: uuid} => request-property-type-changed breaking
{type: [string, integer]} => {type: [string, integer, boolean]} => request-property-list-of-types-widened info
{type: [string, integer]} => {type: [string]} => request-property-list-of-types-narrowed breaking
{type: string} => {type: [string, 'null']} => request-property-became-nullable info
{type: [string, 'null']} => {type: string} => request-property-became-not-nullable breaking
{type: string} => {type: string, enum: [a]} => request-property-became-enum breaking
{enum: [a, b]} => {enum: [a]} => request-property-enum-value-removed breaking
{enum: [a]} => {enum: [a, b]} => request-property-enum-value-added info
{readOnly: true, enum: [a, b]} => {readOnly: true, enum: [a]} => request-read-only-property-enum-value-removed info
{type: string} => {type: string, const: a} => request-property-const-added breaking
{const: a} => {} => request-property-const-removed info
{const: a} => {const: b} => request-property-const-changed breaking
{type: string} => {type: string, default: a} => request-property-default-value-added info
{default: a} => {default: b} => request-property-default-value-changed info
{default: a} => {} => request-property-default-value-removed info
{type: string} => {type: string, pattern: '^a'} => request-property-pattern-added breaking
{pattern: '^a'} => {pattern: '^b'} => request-property-pattern-changed warning
{pattern: '^a'} => {pattern: '.*'} => request-property-pattern-generalized info
{pattern: '^a'} => {} => request-property-pattern-removed info
{} => {maxLength: 5} => request-property-max-length-set breaking
{maxLength: 5} => {maxLength: 4} => request-property-max-length-decreased breaking
{maxLength: 5} => {maxLength: 6} => request-property-max-length-increased info
{minLength: 5} => {minLength: 6} => request-property-min-length-increased breaking
{minimum: 5} => {minimum: 4} => request-property-min-decreased info
{maximum: 5} => {maximum: 4.5} => request-property-max-decreased breaking
{} => {exclusiveMinimum: 0} => request-property-exclusive-min-set breaking
{exclusiveMaximum: 3} => {exclusiveMaximum: 2} => request-property-exclusive-max-decreased breaking
{readOnly: true, maximum: 5} => {readOnly: true, maximum: 4} => request-read-only-property-max-decreased info
{type: array} => {type: array, maxItems: 3} => request-property-max-items-set breaking
{type: array, minItems: 1} => {type: array, minItems: 2} => request-property-min-items-increased breaking
{type: array} => {type: array, uniqueItems: true} => request-property-unique-items-set breaking
{multipleOf: 4} => {multipleOf: 2} => request-property-multiple-of-generalized info
{multipleOf: 2} => {multipleOf: 4} => request-property-multiple-of-changed breaking
{type: object} => {type: object, required: [a], properties: {a: {}}} => new-required-request-property breaking
{type: object} => {type: object, required: [a], properties: {a: {default: 1}}} => new-required-request-property-with-default breaking
{type: object} => {type: object, properties: {a: {}}} => new-optional-request-property info
{properties: {a: {}}} => {properties: {}} => request-property-removed warning
{properties: {a: {}}} => {required: [a], properties: {a: {}}} => request-property-became-required breaking
{properties: {a: {default: 1}}} => {required: [a], properties: {a: {default: 1}}} => request-property-became-required-with-default breaking
{required: [a], properties: {a: {}}} => {properties: {a: {}}} => request-property-became-optional info
{} => {deprecated: true} => request-property-deprecated info
{deprecated: true} => {} => request-property-reactivated info
{} => {readOnly: true} => request-optional-property-became-read-only info
{oneOf: [{type: string}]} => {oneOf: [{type: string}, {type: integer}]} => request-property-one-of-added info
{anyOf: [{type: string}, {type: integer}]} => {anyOf: [{type: string}]} => request-property-any-of-removed breaking
{allOf: [{minLength: 1}, {maxLength: 2}]} => {allOf: [{minLength: 1}, {maxLength: 2}, {not: {const: a}}]} => request-property-all-of-added breaking
{} => {not: {type: string}} => request-property-not-added breaking
{if: {type: string}} => {} => request-property-if-removed info
{} => {dependentRequired: {a: [b]}} => request-property-dependent-required-added breaking
{} => {discriminator: {propertyName: a}} => request-property-discriminator-added info
{type: string} => {type: string, contentEncoding: base64} => request-property-content-encoding-changed breaking
";

const RESPONSE: &str = "
{type: string} => {type: integer} => response-property-type-changed breaking
{type: number} => {type: integer} => response-property-type-specialized info
{type: integer} => {type: number} => response-property-type-generalized breaking
{type: string} => {type: [string, 'null']} => response-property-became-nullable breaking
{nullable: true, type: string} => {type: string} => response-property-became-not-nullable info
{enum: [a]} => {enum: [a, b]} => response-property-enum-value-added warning
{enum: [a, b]} => {enum: [a]} => response-property-enum-value-removed info
{writeOnly: true, enum: [a]} => {writeOnly: true, enum: [a, b]} => response-write-only-property-enum-value-added info
{const: a} => {} => response-property-const-removed breaking
{pattern: '^a'} => {} => response-property-pattern-removed breaking
{} => {pattern: '^a'} => response-property-pattern-added info
{maxLength: 5} => {} => response-property-max-length-unset breaking
{maxLength: 5} => {maxLength: 6} => response-property-max-length-increased breaking
{minItems: 2} => {minItems: 1} => response-property-min-items-decreased breaking
{minimum: 5} => {minimum: 6} => response-property-min-increased info
{multipleOf: 2} => {multipleOf: 4} => response-property-multiple-of-specialized info
{required: [a], properties: {a: {}}} => {properties: {}} => response-required-property-removed breaking
{properties: {a: {}}} => {properties: {}} => response-optional-property-removed info
{} => {required: [a], properties: {a: {}}} => response-required-property-added info
{} => {properties: {a: {}}} => response-optional-property-added info
{required: [a], properties: {a: {}}} => {properties: {a: {}}} => response-property-became-optional breaking
{properties: {a: {}}} => {required: [a], properties: {a: {}}} => response-property-became-required info
{required: [a], properties: {a: {writeOnly: true}}} => {required: [a], properties: {a: {}}} => response-required-property-became-not-write-only warning
{oneOf: [{type: string}]} => {oneOf: [{type: string}, {type: integer}]} => response-property-one-of-added breaking
{anyOf: [{type: string}]} => {anyOf: [{type: string}, {type: integer}]} => response-property-any-of-added breaking
{additionalProperties: false} => {} => response-property-additional-properties-allowed breaking
";

const REQUEST_BODY: &str = "
{type: string} => {type: integer} => request-body-type-changed breaking
{enum: [a, b]} => {enum: [a]} => request-body-enum-value-removed breaking
{type: string} => {type: string, enum: [a]} => request-body-became-enum breaking
{type: array} => {type: array, minItems: 2} => request-body-min-items-set breaking
{type: string} => {oneOf: [{type: string}, {type: integer}]} => request-body-wrapped-in-one-of-original-preserved info
{oneOf: [{type: string}, {type: integer}]} => {type: string} => request-body-unwrapped-from-one-of breaking
{type: string} => {oneOf: [{type: boolean}, {type: integer}], type: string} => request-body-wrapped-in-one-of breaking
";

const RESPONSE_BODY: &str = "
{type: string} => {type: [string, 'null']} => response-body-became-nullable breaking
{maximum: 5} => {maximum: 6} => response-body-max-increased breaking
{type: array, items: {type: string}} => {type: array, items: {type: integer}} => response-property-type-changed breaking
";

const PARAMETER: &str = "
{type: integer} => {type: string} => request-parameter-type-generalized info
{type: string} => {type: integer} => request-parameter-type-changed breaking
{enum: [a, b]} => {enum: [a]} => request-parameter-enum-value-removed breaking
{type: string} => {type: string, enum: [a]} => request-parameter-became-enum breaking
{maxLength: 5} => {maxLength: 4} => request-parameter-max-length-decreased breaking
{pattern: '^a'} => {pattern: '^b'} => request-parameter-pattern-changed warning
{default: 1} => {default: 2} => request-parameter-default-value-changed info
{type: array, items: {enum: [a, b]}} => {type: array, items: {enum: [a]}} => request-parameter-property-enum-value-removed breaking
";

pub(super) fn check_all() -> usize {
    check(request, REQUEST)
        + check(response, RESPONSE)
        + check(request_body, REQUEST_BODY)
        + check(response_body, RESPONSE_BODY)
        + check(parameter, PARAMETER)
}
