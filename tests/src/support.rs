//! What tests stand on: the document read anew, values and requests made up from it, and servers on the
//! loopback.

pub mod bodies;
pub mod calling;
pub mod clients;
pub mod document;
pub mod every_type;
pub mod example;
pub mod faults;
pub mod gateway;
pub mod instance;
mod overlay;
pub mod places;
pub mod proxy;
pub mod rails;
pub mod sample;
pub mod server;
pub mod shape;
pub mod yaml;
