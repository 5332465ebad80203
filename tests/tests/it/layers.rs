//! Modules look down: what a module names stands below it, and nothing goes in a circle.

mod imports;

use std::collections::BTreeSet;
use std::error::Error;
use std::io;
use std::path::Path;

use imports::Imports;

type Outcome = Result<(), Box<dyn Error>>;

/// What marks the list of layers in ARCHITECTURE.md.
const MARK: &str = "```layers\n";

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn imports_of(root: &str) -> io::Result<Imports> {
    imports::read(&workspace().join(root))
}

/// The layers of the client, the lowest first.
fn layers() -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let text = std::fs::read_to_string(workspace().join("ARCHITECTURE.md"))?;
    let list = text
        .split_once(MARK)
        .and_then(|(_, rest)| rest.split_once("```"));
    let (list, _) = list.ok_or("ARCHITECTURE.md has no list of layers")?;
    let layers = list.lines().map(|line| {
        let modules = line.split_whitespace();
        modules.map(str::to_owned).collect()
    });
    Ok(layers.collect())
}

/// The place of a module in the list: that of the longest beginning of its path.
fn place<'l>(module: &str, layers: &'l [Vec<String>]) -> Option<(usize, &'l str)> {
    let is_within = |listed: &str| {
        let rest = module.strip_prefix(listed);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let all = layers.iter().enumerate();
    let listed =
        all.flat_map(|(layer, modules)| modules.iter().map(move |name| (layer, name.as_str())));
    listed
        .filter(|(_, name)| is_within(name))
        .max_by_key(|(_, name)| name.len())
}

/// Every import that does not look down, in words.
fn upward(imports: &Imports, layers: &[Vec<String>]) -> Vec<String> {
    let mut wrong = Vec::new();
    // The root puts everything together, and hands on what is public.
    for (module, named) in imports.iter().filter(|(module, _)| !module.is_empty()) {
        let Some((layer, from)) = place(module, layers) else {
            if module != "generated" {
                wrong.push(format!("`{module}` stands in no layer"));
            }
            continue;
        };
        for other in named {
            match place(other, layers) {
                Some((below, to)) if below < layer || to == from => {}
                Some(_) => wrong.push(format!("`{module}` names `{other}`, which is not below it")),
                None => wrong.push(format!(
                    "`{module}` names `{other}`, which stands in no layer"
                )),
            }
        }
    }
    wrong
}

#[test]
fn modules_of_the_client_look_down() -> Outcome {
    let imports = imports_of("lago-client/src/lib.rs")?;
    assert!(imports.len() > 100, "{}", imports.len());
    let layers = layers()?;
    let wrong = upward(&imports, &layers);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known: BTreeSet<&str> = imports.keys().map(String::as_str).collect();
    for name in layers.iter().flatten() {
        assert!(known.contains(name.as_str()), "there is no module `{name}`");
    }
    Ok(())
}

/// The layers of the tests, the lowest first: what many stand on knows nothing of the product.
fn layers_of_the_tests() -> Vec<Vec<String>> {
    let layers = ["refused", "support", "generated", "conform"];
    layers.map(|layer| vec![layer.to_owned()]).into()
}

#[test]
fn modules_of_the_tests_look_down() -> Outcome {
    let imports = imports_of("tests/src/lib.rs")?;
    assert!(imports.len() > 20, "{}", imports.len());
    let wrong = upward(&imports, &layers_of_the_tests());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn support_that_knows_the_product_is_found() -> Outcome {
    let mut imports = imports_of("tests/src/lib.rs")?;
    let sample = imports
        .get_mut("support::sample")
        .ok_or("there is no support::sample")?;
    sample.insert("conform::compare".to_owned());
    assert_eq!(
        upward(&imports, &layers_of_the_tests()),
        ["`support::sample` names `conform::compare`, which is not below it"]
    );
    Ok(())
}

#[test]
fn an_import_that_looks_up_is_found() -> Outcome {
    let mut imports = imports_of("lago-client/src/lib.rs")?;
    let lowest = imports
        .get_mut("rate_limit")
        .ok_or("there is no rate_limit")?;
    lowest.insert("request".to_owned());
    imports.insert("stray".to_owned(), ["client".to_owned()].into());
    assert_eq!(
        upward(&imports, &layers()?),
        [
            "`rate_limit` names `request`, which is not below it",
            "`stray` stands in no layer"
        ]
    );
    Ok(())
}

/// Modules that lead back to themselves. What a module and those in it name of each other is no circle.
fn circles(imports: &Imports) -> Vec<String> {
    let is_within = |inner: &str, outer: &str| {
        let rest = inner.strip_prefix(outer);
        outer.is_empty() || rest.is_some_and(|rest| rest.starts_with("::"))
    };
    let next = |module: &str| {
        let named = imports.get(module).into_iter().flatten();
        let module = module.to_owned();
        named.filter(move |other| !is_within(other, &module) && !is_within(&module, other))
    };
    let mut circles = Vec::new();
    for start in imports.keys() {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&String> = next(start).collect();
        while let Some(module) = waiting.pop() {
            if module == start {
                circles.push(start.clone());
                break;
            }
            if seen.insert(module) {
                waiting.extend(next(module));
            }
        }
    }
    circles
}

#[test]
fn no_modules_go_in_a_circle() -> Outcome {
    for root in [
        "lago-client/src/lib.rs",
        "lago-types/src/lib.rs",
        "xtask/src/main.rs",
        "tests/src/lib.rs",
    ] {
        assert_eq!(circles(&imports_of(root)?), [""; 0], "{root}");
    }
    Ok(())
}

#[test]
fn a_circle_is_found() {
    let of = |module: &str, named: &[&str]| {
        let named = named.iter().map(|&name| name.to_owned());
        (module.to_owned(), named.collect::<BTreeSet<_>>())
    };
    let imports = [
        of("a", &["a::b", "c"]),
        of("a::b", &["a", "d"]),
        of("c", &["d"]),
        of("d", &["e"]),
        of("e", &["c"]),
    ];
    assert_eq!(circles(&imports.into()), ["c", "d", "e"]);
}
