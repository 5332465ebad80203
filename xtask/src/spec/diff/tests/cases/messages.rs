//! Cases about parameters, bodies and responses.

use super::{check, operation};

const OPERATION: &str = "
{responses: {}} => {responses: {}, parameters: [{name: a, in: query, required: true}]} => new-required-request-parameter breaking
{responses: {}} => {responses: {}, parameters: [{name: a, in: query}]} => new-optional-request-parameter info
{responses: {}} => {responses: {}, parameters: [{name: a, in: path, required: true}]} => new-request-path-parameter breaking
{parameters: [{name: a, in: query}]} => {parameters: []} => request-parameter-removed warning
{parameters: [{name: a, in: query, deprecated: true}]} => {} => request-parameter-removed-with-deprecation info
{parameters: [{name: a, in: query}]} => {parameters: [{name: a, in: query, required: true}]} => request-parameter-became-required breaking
{parameters: [{name: a, in: query, required: true}]} => {parameters: [{name: a, in: query}]} => request-parameter-became-optional info
{parameters: [{name: a, in: query}]} => {parameters: [{name: a, in: query, deprecated: true}]} => request-parameter-deprecated info
{parameters: [{name: a, in: query}]} => {parameters: [{name: a, in: query, explode: false}]} => request-parameter-explode-changed breaking
{parameters: [{name: a, in: query}]} => {parameters: [{name: a, in: query, style: form}]} => annotation-changed info
{} => {requestBody: {required: true, content: {}}} => request-body-added-required breaking
{} => {requestBody: {content: {}}} => request-body-added-optional info
{requestBody: {content: {}}} => {} => request-body-removed breaking
{requestBody: {content: {}}} => {requestBody: {required: true, content: {}}} => request-body-became-required breaking
{requestBody: {required: true, content: {}}} => {requestBody: {content: {}}} => request-body-became-optional info
{requestBody: {content: {a/b: {}}}} => {requestBody: {content: {a/b: {}, a/c: {}}}} => request-body-media-type-added info
{requestBody: {content: {a/b: {}, a/c: {}}}} => {requestBody: {content: {a/b: {}}}} => request-body-media-type-removed breaking
{requestBody: {content: {a/b: {}}}} => {requestBody: {content: {a/b: {schema: {}}}}} => request-body-media-type-schema-added breaking
{responses: {'200': {}}} => {responses: {'200': {}, '201': {}}} => response-success-status-added info
{responses: {'200': {}, '201': {}}} => {responses: {'200': {}}} => response-success-status-removed breaking
{responses: {'200': {}}} => {responses: {'200': {}, '404': {}}} => response-non-success-status-added info
{responses: {'404': {}}} => {responses: {}} => response-non-success-status-removed info
{responses: {'200': {content: {a/b: {}}}}} => {responses: {'200': {content: {}}}} => response-media-type-removed breaking
{responses: {'200': {content: {}}}} => {responses: {'200': {content: {a/b: {}}}}} => response-media-type-added info
{responses: {'200': {content: {a/b: {schema: {}}}}}} => {responses: {'200': {content: {a/b: {}}}}} => response-body-media-type-schema-removed breaking
{responses: {'200': {headers: {X: {required: true}}}}} => {responses: {'200': {}}} => required-response-header-removed breaking
{responses: {'200': {headers: {X: {}}}}} => {responses: {'200': {}}} => optional-response-header-removed warning
{responses: {'200': {}}} => {responses: {'200': {headers: {X: {}}}}} => response-header-added info
{responses: {'200': {headers: {X: {required: true}}}}} => {responses: {'200': {headers: {X: {}}}}} => response-header-became-optional breaking
{responses: {'200': {headers: {X: {schema: {type: string}}}}}} => {responses: {'200': {headers: {X: {schema: {type: integer}}}}}} => response-header-type-changed breaking
{operationId: a} => {operationId: b} => api-operation-id-removed info
{} => {operationId: b} => api-operation-id-added info
{tags: [a]} => {tags: []} => api-tag-removed info
{tags: [a]} => {tags: [a, b]} => api-tag-added info
{responses: {}} => {responses: {}, deprecated: true} => endpoint-deprecated info
{deprecated: true} => {deprecated: false} => endpoint-reactivated info
{security: [{a: []}]} => {security: [{a: []}, {b: []}]} => api-security-added info
{security: [{a: []}, {b: []}]} => {security: [{a: []}]} => api-security-removed breaking
{security: [{a: []}]} => {security: [{a: [read]}]} => api-security-scope-added breaking
{security: [{a: [read]}]} => {security: [{a: []}]} => api-security-scope-removed info
{security: []} => {security: [{a: []}]} => api-security-added breaking
";

pub(super) fn check_all() -> usize {
    check(operation, OPERATION)
}
