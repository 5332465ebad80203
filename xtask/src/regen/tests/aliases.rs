//! The words by which people look for things: each helps, because the name of the thing does not say it.

use super::*;
use crate::sources;

#[test]
fn an_alias_is_no_part_of_a_name_that_is_found_anyway() {
    let workspace = crate::workspace().unwrap();
    let spec = sources::own(&workspace, sources::DOCUMENT).unwrap();
    let inputs = Inputs::new(spec, sources::data(&workspace).unwrap(), true);
    let api = lower(&inputs, &mut Clock::start()).unwrap().api;
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let mut count = 0;
    for (item, words) in &api.aliases {
        let operation = api.operations.iter().find(|known| known.id == *item);
        let name = match operation {
            Some(operation) => &operation.verb,
            None => item.rsplit('.').next().unwrap_or(item),
        };
        for word in words {
            assert!(!plain(name).contains(&plain(word)), "{word}: {item}");
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}
