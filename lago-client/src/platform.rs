//! What differs between a process with threads and sockets, and JavaScript: a browser or a worker
//! (`wasm32-unknown-unknown`). Both modules have the same names.
//!
//! Sockets, names and TLS are the browser's there, behind `fetch`. So nothing is known of connections, and nothing can be
//! set of redirects, which `fetch` follows: it is sent as through an HTTP client that a caller brings.

#[cfg(all(target_family = "wasm", not(target_os = "unknown")))]
compile_error!(
    "of the targets of WebAssembly, lago-client compiles for `wasm32-unknown-unknown` alone"
);

#[cfg(target_family = "wasm")]
mod browser;
#[cfg(not(target_family = "wasm"))]
mod native;

#[cfg(target_family = "wasm")]
pub(crate) use browser::*;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::*;
