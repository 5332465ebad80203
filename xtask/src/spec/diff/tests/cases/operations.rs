//! Cases about documents as a whole.

use super::{check, whole};

const DOCUMENT: &str = "
{paths: {}} => {paths: {/a: {get: {}}}} => endpoint-added info
{paths: {/a: {get: {}}}} => {paths: {}} => api-path-removed-without-deprecation breaking
{paths: {/a: {get: {deprecated: true}}}} => {paths: {}} => api-path-removed-with-deprecation info
{paths: {/a: {get: {}, put: {}}}} => {paths: {/a: {put: {}}}} => api-removed-without-deprecation breaking
{paths: {/a: {get: {deprecated: true}, put: {}}}} => {paths: {/a: {put: {}}}} => api-removed-with-deprecation info
{paths: {'/a/{id}': {get: {parameters: [{name: id, in: path, required: true}]}}}} => {paths: {'/a/{code}': {get: {parameters: [{name: code, in: path, required: true}]}}}} => path-parameter-renamed info
{webhooks: {}} => {webhooks: {a: {post: {}}}} => webhook-added info
{webhooks: {a: {post: {}}}} => {webhooks: {}} => webhook-removed breaking
{components: {schemas: {A: {}}}} => {components: {schemas: {}}} => api-schema-removed info
{components: {schemas: {}}} => {components: {schemas: {A: {}}}} => api-schema-added info
{components: {securitySchemes: {a: {type: http}}}} => {components: {securitySchemes: {a: {type: apiKey}}}} => api-security-component-type-changed info
{components: {securitySchemes: {}}} => {components: {securitySchemes: {a: {}}}} => api-security-component-added info
{security: [{a: []}]} => {security: [{a: []}, {b: []}]} => api-global-security-added info
{security: [{a: []}, {b: []}]} => {security: [{b: []}]} => api-global-security-removed breaking
{servers: [{url: a}]} => {servers: [{url: a}, {url: b}]} => server-added info
{servers: [{url: a}, {url: b}]} => {servers: [{url: a}]} => server-removed breaking
{tags: [{name: a}]} => {tags: [{name: a}, {name: b}]} => tag-added info
{info: {version: '1'}} => {info: {version: '2'}} => api-info-changed info
";

pub(super) fn check_all() -> usize {
    check(whole, DOCUMENT)
}
