//! Cases about parameters, bodies and responses.

use super::{Breaking, Case, Info, Warning, check, operation};

const OPERATION: &[Case] = &[
    (
        "{responses: {}}",
        "{responses: {}, parameters: [{name: a, in: query, required: true}]}",
        "new-required-request-parameter",
        Breaking,
    ),
    (
        "{responses: {}}",
        "{responses: {}, parameters: [{name: a, in: query}]}",
        "new-optional-request-parameter",
        Info,
    ),
    (
        "{responses: {}}",
        "{responses: {}, parameters: [{name: a, in: path, required: true}]}",
        "new-request-path-parameter",
        Breaking,
    ),
    (
        "{parameters: [{name: a, in: query}]}",
        "{parameters: []}",
        "request-parameter-removed",
        Warning,
    ),
    (
        "{parameters: [{name: a, in: query, deprecated: true}]}",
        "{}",
        "request-parameter-removed-with-deprecation",
        Info,
    ),
    (
        "{parameters: [{name: a, in: query}]}",
        "{parameters: [{name: a, in: query, required: true}]}",
        "request-parameter-became-required",
        Breaking,
    ),
    (
        "{parameters: [{name: a, in: query, required: true}]}",
        "{parameters: [{name: a, in: query}]}",
        "request-parameter-became-optional",
        Info,
    ),
    (
        "{parameters: [{name: a, in: query}]}",
        "{parameters: [{name: a, in: query, deprecated: true}]}",
        "request-parameter-deprecated",
        Info,
    ),
    (
        "{parameters: [{name: a, in: query}]}",
        "{parameters: [{name: a, in: query, explode: false}]}",
        "request-parameter-explode-changed",
        Breaking,
    ),
    (
        "{parameters: [{name: a, in: query}]}",
        "{parameters: [{name: a, in: query, style: form}]}",
        "annotation-changed",
        Info,
    ),
    (
        "{}",
        "{requestBody: {required: true, content: {}}}",
        "request-body-added-required",
        Breaking,
    ),
    (
        "{}",
        "{requestBody: {content: {}}}",
        "request-body-added-optional",
        Info,
    ),
    (
        "{requestBody: {content: {}}}",
        "{}",
        "request-body-removed",
        Breaking,
    ),
    (
        "{requestBody: {content: {}}}",
        "{requestBody: {required: true, content: {}}}",
        "request-body-became-required",
        Breaking,
    ),
    (
        "{requestBody: {required: true, content: {}}}",
        "{requestBody: {content: {}}}",
        "request-body-became-optional",
        Info,
    ),
    (
        "{requestBody: {content: {a/b: {}}}}",
        "{requestBody: {content: {a/b: {}, a/c: {}}}}",
        "request-body-media-type-added",
        Info,
    ),
    (
        "{requestBody: {content: {a/b: {}, a/c: {}}}}",
        "{requestBody: {content: {a/b: {}}}}",
        "request-body-media-type-removed",
        Breaking,
    ),
    (
        "{requestBody: {content: {a/b: {}}}}",
        "{requestBody: {content: {a/b: {schema: {}}}}}",
        "request-body-media-type-schema-added",
        Breaking,
    ),
    (
        "{responses: {'200': {}}}",
        "{responses: {'200': {}, '201': {}}}",
        "response-success-status-added",
        Info,
    ),
    (
        "{responses: {'200': {}, '201': {}}}",
        "{responses: {'200': {}}}",
        "response-success-status-removed",
        Breaking,
    ),
    (
        "{responses: {'200': {}}}",
        "{responses: {'200': {}, '404': {}}}",
        "response-non-success-status-added",
        Info,
    ),
    (
        "{responses: {'404': {}}}",
        "{responses: {}}",
        "response-non-success-status-removed",
        Info,
    ),
    (
        "{responses: {'200': {content: {a/b: {}}}}}",
        "{responses: {'200': {content: {}}}}",
        "response-media-type-removed",
        Breaking,
    ),
    (
        "{responses: {'200': {content: {}}}}",
        "{responses: {'200': {content: {a/b: {}}}}}",
        "response-media-type-added",
        Info,
    ),
    (
        "{responses: {'200': {content: {a/b: {schema: {}}}}}}",
        "{responses: {'200': {content: {a/b: {}}}}}",
        "response-body-media-type-schema-removed",
        Breaking,
    ),
    (
        "{responses: {'200': {headers: {X: {required: true}}}}}",
        "{responses: {'200': {}}}",
        "required-response-header-removed",
        Breaking,
    ),
    (
        "{responses: {'200': {headers: {X: {}}}}}",
        "{responses: {'200': {}}}",
        "optional-response-header-removed",
        Warning,
    ),
    (
        "{responses: {'200': {}}}",
        "{responses: {'200': {headers: {X: {}}}}}",
        "response-header-added",
        Info,
    ),
    (
        "{responses: {'200': {headers: {X: {required: true}}}}}",
        "{responses: {'200': {headers: {X: {}}}}}",
        "response-header-became-optional",
        Breaking,
    ),
    (
        "{responses: {'200': {headers: {X: {schema: {type: string}}}}}}",
        "{responses: {'200': {headers: {X: {schema: {type: integer}}}}}}",
        "response-header-type-changed",
        Breaking,
    ),
    (
        "{operationId: a}",
        "{operationId: b}",
        "api-operation-id-removed",
        Info,
    ),
    ("{}", "{operationId: b}", "api-operation-id-added", Info),
    ("{tags: [a]}", "{tags: []}", "api-tag-removed", Info),
    ("{tags: [a]}", "{tags: [a, b]}", "api-tag-added", Info),
    (
        "{responses: {}}",
        "{responses: {}, deprecated: true}",
        "endpoint-deprecated",
        Info,
    ),
    (
        "{deprecated: true}",
        "{deprecated: false}",
        "endpoint-reactivated",
        Info,
    ),
    (
        "{security: [{a: []}]}",
        "{security: [{a: []}, {b: []}]}",
        "api-security-added",
        Info,
    ),
    (
        "{security: [{a: []}, {b: []}]}",
        "{security: [{a: []}]}",
        "api-security-removed",
        Breaking,
    ),
    (
        "{security: [{a: []}]}",
        "{security: [{a: [read]}]}",
        "api-security-scope-added",
        Breaking,
    ),
    (
        "{security: [{a: [read]}]}",
        "{security: [{a: []}]}",
        "api-security-scope-removed",
        Info,
    ),
    (
        "{security: []}",
        "{security: [{a: []}]}",
        "api-security-added",
        Breaking,
    ),
];

pub(super) fn check_all() -> usize {
    check(operation, OPERATION)
}
