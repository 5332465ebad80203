//! Lago for agents and for programs in any language.

fn main() -> std::process::ExitCode {
    lago_client::gateway::main()
}
