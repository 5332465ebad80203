//! A request that is neither awaited nor sent does nothing, and says so.

#![deny(unused_must_use)]

fn main() {
    let lago = lago_client::Client::from_env().unwrap();
    lago.customers().delete("acme");
}
