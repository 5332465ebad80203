//! Guides: what a billing engineer asks, in the order in which the questions arise.
//!
//! | guide | answers |
//! |---|---|
//! | [`getting_started`] | from an API key to usage that is billed |
//! | [`prices`] | which metric, which charge model, and what it comes to |
//! | [`money`] | cents, decimals, currencies without cents, and where Lago rounds |
//! | [`types`] | what you can rely on when you fill in a request or read a response |
//! | [`create_or_update`] | which calls may be made twice, and what an update forgets |
//! | [`ingestion`] | sending usage events: guarantees, doubt, sizing, shutdown, Kafka |
//! | [`wallets`] | prepaid credits, and topping up without charging twice |
//! | [`lists`] | pages, exports of millions, PDF and XML files |
//! | [`errors`] | what an error says, and what to do then |
//! | [`webhooks`] | verifying, deduplicating and ordering deliveries |
//! | [`organizations`] | several organizations in one process, and keys that change |
//! | [`blocking`] | programs without an async runtime |
//! | [`browser`] | WebAssembly: pages, workers, edge functions |
//! | [`testing`] | your own tests against the stand-in server |
//! | [`self_hosting`] | base URLs, proxies, older and newer servers |
//! | [`features`] | features, TLS, build time, traces, metrics, transports, calls without types |
//! | [`agents`] | AI agents, and programs in other languages |
//! | [`from_the_official_client`] | the calls of the official Rust client beside those of this one |
//!
//! They are documentation only: a program cannot name this module. All their code is compiled and run by the tests of
//! the workspace, with the features that it needs switched on.

/// Declares a guide, whose text is in a file of its own. Where its links lead stands there for those who read the file, and
/// in `guide_links` for rustdoc: of several definitions Markdown takes the first. What a feature that is off would have
/// leads to the guide on features.
macro_rules! guides {
    ($($name:ident $file:literal)*) => {$(
        #[doc = include_str!("guide_links/always.md")]
        #[cfg_attr(feature = "blocking", doc = include_str!("guide_links/blocking.md"))]
        #[cfg_attr(feature = "drift", doc = include_str!("guide_links/drift.md"))]
        #[cfg_attr(feature = "ingest", doc = include_str!("guide_links/ingest.md"))]
        #[cfg_attr(feature = "mock", doc = include_str!("guide_links/mock.md"))]
        #[cfg_attr(feature = "mock-validation", doc = include_str!("guide_links/mock_validation.md"))]
        #[cfg_attr(feature = "recording", doc = include_str!("guide_links/recording.md"))]
        #[cfg_attr(feature = "unpublished", doc = include_str!("guide_links/unpublished.md"))]
        #[cfg_attr(feature = "webhooks", doc = include_str!("guide_links/webhooks.md"))]
        #[doc = include_str!("guide_links/switched_off.md")]
        #[doc = include_str!($file)]
        pub mod $name {}
    )*};
}

guides! {
    getting_started "guide/getting_started.md"
    prices "guide/prices.md"
    money "guide/money.md"
    types "guide/types.md"
    create_or_update "guide/create_or_update.md"
    ingestion "guide/ingestion.md"
    wallets "guide/wallets.md"
    lists "guide/lists.md"
    errors "guide/errors.md"
    webhooks "guide/webhooks.md"
    organizations "guide/organizations.md"
    blocking "guide/blocking.md"
    browser "guide/browser.md"
    testing "guide/testing.md"
    self_hosting "guide/self_hosting.md"
    features "guide/features.md"
    agents "guide/agents.md"
    from_the_official_client "guide/from_the_official_client.md"
}
