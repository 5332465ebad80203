//! Which TLS the HTTP clients have that are made here.
//!
//! Features add up over a whole program, so that several can be on. Then one that is not the default was asked for by
//! someone, and goes first: `native-tls`, `rustls-ring`, `rustls`, in this order.

use crate::error::Error;

/// Makes a client use the first that is switched on.
#[cfg(feature = "native-tls")]
pub(crate) fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    Ok(builder.tls_backend_native())
}

/// Makes a client use the first that is switched on.
///
/// The cryptography is given with the configuration: what the process has as its default stays as it is, and need not
/// be there.
#[cfg(all(feature = "rustls-ring", not(feature = "native-tls")))]
pub(crate) fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    use std::sync::Arc;

    use rustls::crypto::ring::default_provider;
    use rustls_platform_verifier::BuilderVerifierExt;

    let provider = Arc::new(default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        // The system's certificates, as with reqwest's own.
        .and_then(BuilderVerifierExt::with_platform_verifier);
    let mut config = config
        .map_err(|error| {
            Error::config("the certificates of the system cannot be used").with_source(error)
        })?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(config))
}

/// Makes a client use the first that is switched on.
#[cfg(all(
    feature = "rustls",
    not(any(feature = "rustls-ring", feature = "native-tls"))
))]
pub(crate) fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    Ok(builder.tls_backend_rustls())
}

/// There is none: what another crate gives reqwest decides.
#[cfg(not(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")))]
pub(crate) fn with_tls(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    Ok(builder)
}
