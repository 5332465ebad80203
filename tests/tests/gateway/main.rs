//! The gateway: the REST adapter and the tools for agents, over real sockets.

#[cfg(test)]
mod rest;
