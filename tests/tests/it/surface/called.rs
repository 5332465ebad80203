//! What can be called, as a snapshot has it, beside the table of operations.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lago_client::Operation;
use syn::File;

use super::follow;

/// What can be called, module by module.
#[derive(Default)]
pub(super) struct Surface {
    /// What the snapshot says.
    pub(super) text: String,
    /// What each method calls, by its name.
    calls: BTreeMap<String, String>,
}

impl Surface {
    /// Reads what can be called from one accessor on.
    pub(super) fn read(&mut self, module: &str, file: &File, resource: &str, noun: &str) {
        writeln!(self.text, "# {module}.rs").unwrap();
        follow(file, resource, &[noun.to_owned()], &mut |method| {
            writeln!(self.text, "{}", method.text).unwrap();
            assert!(
                self.calls
                    .insert(method.name.clone(), method.call)
                    .is_none(),
                "{} is there twice",
                method.name
            );
        });
    }

    /// What is called beyond these operations, each of which is called.
    pub(super) fn beyond<'o>(
        mut self,
        operations: impl Iterator<Item = &'o Operation>,
    ) -> Vec<String> {
        for operation in operations {
            let call = self.calls.remove(operation.resource);
            // The first version stands without its name.
            let base_path = operation.base_path.trim_start_matches("/api/v1");
            let known = format!("{} {base_path}{}", operation.method, operation.path);
            assert_eq!(call, Some(known), "{}", operation.resource);
        }
        self.calls.into_keys().collect()
    }
}
