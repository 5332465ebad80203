//! Two things in one package. `conform` holds a client against what a server was recorded saying, and
//! against variations of it; `support` is what that and the tests of the generated crates stand on: a
//! reading of openapi.yaml that shares nothing with the generator, requests made up from it, and servers
//! on the loopback.

pub mod conform;
#[rustfmt::skip]
pub mod generated;
#[cfg(doctest)]
mod refused;
pub mod support;

/// Runs the code of pages, as documentation of what nobody sees.
#[cfg(doctest)]
macro_rules! pages {
    ($($page:ident $file:literal)*) => {$(
        #[doc = include_str!($file)]
        struct $page;
    )*};
}

#[cfg(doctest)]
pages! {
    Readme "../../README.md"
    TypesReadme "../../lago-types/README.md"
    GettingStarted "../../lago-client/src/guide/getting_started.md"
    Prices "../../lago-client/src/guide/prices.md"
    Money "../../lago-client/src/guide/money.md"
    Types "../../lago-client/src/guide/types.md"
    CreateOrUpdate "../../lago-client/src/guide/create_or_update.md"
    Ingestion "../../lago-client/src/guide/ingestion.md"
    Wallets "../../lago-client/src/guide/wallets.md"
    Lists "../../lago-client/src/guide/lists.md"
    Errors "../../lago-client/src/guide/errors.md"
    Webhooks "../../lago-client/src/guide/webhooks.md"
    Organizations "../../lago-client/src/guide/organizations.md"
    Blocking "../../lago-client/src/guide/blocking.md"
    Browser "../../lago-client/src/guide/browser.md"
    Testing "../../lago-client/src/guide/testing.md"
    SelfHosting "../../lago-client/src/guide/self_hosting.md"
    Features "../../lago-client/src/guide/features.md"
    Agents "../../lago-client/src/guide/agents.md"
    FromTheOfficialClient "../../lago-client/src/guide/from_the_official_client.md"
}
