//! Any sequence of calls on a collection, held against a map.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use lago_client::types::TaxInput;
use lago_client::types::TaxUpdate;
use proptest::prelude::*;
use tokio::runtime::Builder;

use super::{Outcome, remembering, said};

#[derive(Clone, Debug)]
enum Call {
    Create(u8, u8),
    Get(u8),
    Rename(u8, u8),
    Delete(u8),
    List(u8),
}

fn call() -> impl Strategy<Value = Call> {
    let code = 0..4_u8;
    prop_oneof![
        (code.clone(), any::<u8>()).prop_map(|(code, name)| Call::Create(code, name)),
        code.clone().prop_map(Call::Get),
        (code.clone(), any::<u8>()).prop_map(|(code, name)| Call::Rename(code, name)),
        code.prop_map(Call::Delete),
        (1..4_u8).prop_map(Call::List),
    ]
}

async fn holds(calls: Vec<Call>) -> Outcome {
    let (_server, lago) = remembering().await?;
    let taxes = lago.taxes();
    let mut model: BTreeMap<String, String> = BTreeMap::new();
    let code = |number: u8| format!("t{number}");
    for call in calls {
        match call {
            Call::Create(number, name) => {
                let (code, name) = (code(number), format!("n{name}"));
                let made = taxes
                    .create(TaxInput::new(name.clone(), code.clone(), "1.0"))
                    .await;
                match model.entry(code) {
                    Entry::Occupied(_) => assert_eq!(said(made)?.0, 422),
                    Entry::Vacant(free) => {
                        assert_eq!(made?.code, *free.key());
                        free.insert(name);
                    }
                }
            }
            Call::Get(number) => match model.get(&code(number)) {
                Some(name) => assert_eq!(taxes.get(code(number)).await?.name, *name),
                None => assert_eq!(said(taxes.get(code(number)).await)?.1, "tax_not_found"),
            },
            Call::Rename(number, name) => {
                let name = format!("n{name}");
                let update = TaxUpdate::new().name(name.clone());
                let updated = taxes.update(code(number), update).await;
                match model.get_mut(&code(number)) {
                    Some(there) => {
                        assert_eq!(updated?.name, name);
                        *there = name;
                    }
                    None => assert_eq!(said(updated)?.0, 404),
                }
            }
            Call::Delete(number) => {
                let gone = taxes.delete(code(number)).await;
                match model.remove(&code(number)) {
                    Some(name) => assert_eq!(gone?.name, name),
                    None => assert_eq!(said(gone)?.0, 404),
                }
            }
            Call::List(per_page) => {
                let mut seen = BTreeMap::new();
                let mut page = Some(1);
                while let Some(number) = page {
                    let found = taxes
                        .list()
                        .page(number)
                        .per_page(i64::from(per_page))
                        .await?;
                    page = found.next_page();
                    seen.extend(found.into_iter().map(|tax| (tax.code, tax.name)));
                }
                assert_eq!(seen, model);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_collection_is_a_map(calls in prop::collection::vec(call(), 1..30)) {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let outcome = runtime.block_on(holds(calls));
        prop_assert!(outcome.is_ok(), "{:?}", outcome.err().map(|error| error.to_string()));
    }
}
