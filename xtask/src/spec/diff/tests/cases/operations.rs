//! Cases about documents as a whole.

use super::{Breaking, Case, Info, check, whole};

const DOCUMENT: &[Case] = &[
    (
        "{paths: {}}",
        "{paths: {/a: {get: {}}}}",
        "endpoint-added",
        Info,
    ),
    (
        "{paths: {/a: {get: {}}}}",
        "{paths: {}}",
        "api-path-removed-without-deprecation",
        Breaking,
    ),
    (
        "{paths: {/a: {get: {deprecated: true}}}}",
        "{paths: {}}",
        "api-path-removed-with-deprecation",
        Info,
    ),
    (
        "{paths: {/a: {get: {}, put: {}}}}",
        "{paths: {/a: {put: {}}}}",
        "api-removed-without-deprecation",
        Breaking,
    ),
    (
        "{paths: {/a: {get: {deprecated: true}, put: {}}}}",
        "{paths: {/a: {put: {}}}}",
        "api-removed-with-deprecation",
        Info,
    ),
    (
        "{paths: {'/a/{id}': {get: {parameters: [{name: id, in: path, required: true}]}}}}",
        "{paths: {'/a/{code}': {get: {parameters: [{name: code, in: path, required: true}]}}}}",
        "path-parameter-renamed",
        Info,
    ),
    (
        "{webhooks: {}}",
        "{webhooks: {a: {post: {}}}}",
        "webhook-added",
        Info,
    ),
    (
        "{webhooks: {a: {post: {}}}}",
        "{webhooks: {}}",
        "webhook-removed",
        Breaking,
    ),
    (
        "{components: {schemas: {A: {}}}}",
        "{components: {schemas: {}}}",
        "api-schema-removed",
        Info,
    ),
    (
        "{components: {schemas: {}}}",
        "{components: {schemas: {A: {}}}}",
        "api-schema-added",
        Info,
    ),
    (
        "{components: {securitySchemes: {a: {type: http}}}}",
        "{components: {securitySchemes: {a: {type: apiKey}}}}",
        "api-security-component-type-changed",
        Info,
    ),
    (
        "{components: {securitySchemes: {}}}",
        "{components: {securitySchemes: {a: {}}}}",
        "api-security-component-added",
        Info,
    ),
    (
        "{security: [{a: []}]}",
        "{security: [{a: []}, {b: []}]}",
        "api-global-security-added",
        Info,
    ),
    (
        "{security: [{a: []}, {b: []}]}",
        "{security: [{b: []}]}",
        "api-global-security-removed",
        Breaking,
    ),
    (
        "{servers: [{url: a}]}",
        "{servers: [{url: a}, {url: b}]}",
        "server-added",
        Info,
    ),
    (
        "{servers: [{url: a}, {url: b}]}",
        "{servers: [{url: a}]}",
        "server-removed",
        Breaking,
    ),
    (
        "{tags: [{name: a}]}",
        "{tags: [{name: a}, {name: b}]}",
        "tag-added",
        Info,
    ),
    (
        "{info: {version: '1'}}",
        "{info: {version: '2'}}",
        "api-info-changed",
        Info,
    ),
];

pub(super) fn check_all() -> usize {
    check(whole, DOCUMENT)
}
