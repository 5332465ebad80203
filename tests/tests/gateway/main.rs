//! The gateway: the REST adapter and the tools for agents, over real sockets.

#[cfg(test)]
mod mcp;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod tools;
