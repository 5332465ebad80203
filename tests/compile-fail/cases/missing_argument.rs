//! What the path needs is an argument, so it cannot be forgotten.

fn main() {
    let lago = lago_client::Client::from_env().unwrap();
    let _ = lago.customers().get();
}
