//! The example of each method as a function: generated code of lago-tests, a file for each noun.

use std::collections::BTreeMap;

use crate::regen::emit::example::{self, Example};
use crate::regen::emit::resources::files;
use crate::regen::emit::resources::methods::{Input, methods};
use crate::regen::emit::{EmitError, Tree, source};
use crate::regen::ir::{Api, Operation};
use crate::regen::names::ident;

const FOLDER: &str = "tests/src/generated/examples";

/// An example and what it is of.
struct Shown {
    /// The function that has it.
    name: String,
    /// The method: `plans.create`.
    method: String,
    /// The operation that it calls.
    operation: String,
    deprecated: bool,
    example: Example,
}

/// Prints a function for each method, and the list of them.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let mut nouns: BTreeMap<String, Vec<Shown>> = BTreeMap::new();
    for operation in &api.operations {
        let noun = ident::module(&operation.accessors[0]);
        nouns.entry(noun).or_default().extend(of(api, operation)?);
    }
    for file in files::methods_of(api)? {
        let noun = ident::module(&file.place[0]);
        if let Some(example) = file.example {
            nouns.entry(noun).or_default().push(Shown {
                name: ident::snake(&format!("{}_{}", file.place.join("_"), file.verb)),
                method: format!("{}.{}", file.place.join("."), file.verb),
                operation: file.asks.to_owned(),
                deprecated: file.deprecated,
                example,
            });
        }
    }
    nouns.retain(|_, shown| !shown.is_empty());
    for (noun, shown) in &nouns {
        tree.insert(format!("{FOLDER}/{noun}.rs"), functions(noun, shown)?);
    }
    tree.insert(format!("{FOLDER}/mod.rs"), list(&nouns)?);
    Ok(())
}

/// The examples of an operation, which may be several methods.
fn of(api: &Api, operation: &Operation) -> Result<Vec<Shown>, EmitError> {
    let mut shown = Vec::new();
    for method in methods(operation)? {
        let name = match &method.input {
            Input::Variant(field) => format!("{}_{}", operation.id, field.name),
            _ => operation.id.clone(),
        };
        if let Some(example) = example::of(api, &method) {
            shown.push(Shown {
                name: ident::value(&name).to_string(),
                method: format!("{}.{}", operation.accessors.join("."), method.verb),
                operation: operation.id.clone(),
                deprecated: operation.deprecated,
                example,
            });
        }
    }
    Ok(shown)
}

fn functions(noun: &str, shown: &[Shown]) -> Result<String, EmitError> {
    let doc = format!("The examples of `{noun}`, as the documentation of its methods has them.");
    let mut text = source(
        &doc,
        quote::quote! {
            use lago_client::Client;

            use crate::support::example::Outcome;
        },
    )?;
    for Shown {
        name,
        deprecated,
        example,
        ..
    } in shown
    {
        let deprecated = match deprecated {
            true => "#[allow(deprecated)]\n",
            false => "",
        };
        text += &format!("\n{deprecated}pub(super) async fn {name}(lago: &Client) -> Outcome {{\n");
        for line in example.lines() {
            let indent = if line.is_empty() { "" } else { "    " };
            text += &format!("{indent}{line}\n");
        }
        text += "    Ok(())\n}\n";
    }
    Ok(text)
}

fn list(nouns: &BTreeMap<String, Vec<Shown>>) -> Result<String, EmitError> {
    let modules = nouns.keys().map(|noun| quote::format_ident!("{noun}"));
    let head = source(
        "The examples that the documentation of methods has.",
        quote::quote! {
            #(mod #modules;)*

            use crate::support::example::Example;
        },
    )?;
    let rows: Vec<String> = nouns
        .iter()
        .flat_map(|(noun, shown)| shown.iter().map(move |shown| row(noun, shown)))
        .collect();
    Ok(format!(
        "{head}\n/// Every example, by noun and method.\npub static EXAMPLES: [Example; {}] = [\n{}];\n",
        rows.len(),
        rows.concat()
    ))
}

fn row(noun: &str, shown: &Shown) -> String {
    let Shown {
        name,
        method,
        operation,
        ..
    } = shown;
    format!(
        "    Example {{ method: {method:?}, operation: {operation:?}, run: |lago| Box::pin({noun}::{name}(lago)) }},\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample;

    #[test]
    fn a_test_runs_the_text_that_the_documentation_has() {
        let mut api = sample::api();
        // What is not known has no value, and so its method no example.
        let mut tree = Tree::new();
        emit(&api, &mut tree).unwrap();
        let text = &tree[&format!("{FOLDER}/things.rs")];
        assert!(text.contains("fn list_parts(lago: &Client)"), "{text}");
        assert!(!text.contains("fn create_thing("), "{text}");

        let input = vec![sample::root(
            "code",
            crate::regen::ir::TypeRef::String,
            true,
        )];
        for name in ["ThingInput", "PartInput"] {
            api.types
                .extend([sample::structure(name, sample::Goes::Out, input.clone())]);
        }
        emit(&api, &mut tree).unwrap();
        let text = &tree[&format!("{FOLDER}/things.rs")];
        for operation in &api.operations {
            for method in methods(operation).unwrap() {
                let example = example::of(&api, &method).unwrap();
                let documented = example.documentation();
                for line in example.lines() {
                    assert!(documented.contains(line) && text.contains(line), "{line}");
                }
            }
        }
        let row = "Example { method: \"things.parts.put_batch\", operation: \"setParts\", run: |lago| \
                   Box::pin(things::set_parts_parts(lago)) },";
        let list = &tree[&format!("{FOLDER}/mod.rs")];
        assert!(list.contains(row), "{list}");
    }
}
