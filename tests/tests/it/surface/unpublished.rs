//! The surface of what no published document has, behind its feature.

use std::path::Path;

use lago_client::OPERATIONS;

use super::called::Surface;
use super::{functions, parse, types_in};

#[test]
fn types() {
    insta::assert_snapshot!(types_in("../lago-types/src/generated/unpublished"));
}

/// Calls of nouns that are published stand on their accessors, those of others on accessors of their own.
#[test]
fn methods() {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lago-client/src/generated");
    let folder = generated.join("unpublished");
    let roots = ["unpublished/resources.rs", "resources.rs"].map(|file| generated.join(file));
    let accessors: Vec<(String, String)> = roots
        .iter()
        .map(|file| parse(file))
        .flat_map(|file| {
            let functions = functions(&file, "Client");
            let named =
                functions.map(|(function, returns)| (function.sig.ident.to_string(), returns));
            named.collect::<Vec<_>>()
        })
        .collect();
    let mut files: Vec<_> = std::fs::read_dir(folder.join("resources"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut surface = Surface::default();
    for path in files {
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut accessors = accessors.iter();
        let (noun, resource) = accessors
            .find_map(|(noun, returns)| {
                let (place, resource) = returns.split_once("::")?;
                (place == module).then_some((noun, resource))
            })
            .unwrap();
        surface.read(&module, &parse(&path), resource, noun);
    }
    insta::assert_snapshot!(surface.text);
    let unpublished = OPERATIONS
        .iter()
        .filter(|operation| operation.since.is_none());
    assert_eq!(surface.beyond(unpublished), Vec::<String>::new());
}
