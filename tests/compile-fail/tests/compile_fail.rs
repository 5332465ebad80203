//! What must not compile, and what a person reads then.
//!
//! Only cases whose text hardly changes with the compiler stand here; `TRYBUILD=overwrite` takes
//! new ones. The others are doctests of `lago-tests`, in `src/refused.rs`.

#[test]
fn what_must_not_compile() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
