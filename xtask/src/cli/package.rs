//! `cargo xtask package`: the published crates as a workspace that `cargo package` takes.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::output::{self, Copied};
use crate::regen::Source;
use crate::release::{self, Crate, Release};
use crate::sources::{self, io_problem};
use crate::yaml::read::Document;

/// In each package, whatever the workspace keeps them for.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Writes both crates for a release, under the names that they are to have in a registry.
///
/// The libraries keep their names, lago_client and lago_types. docs/releasing.md says how to go on.
#[derive(Args, Debug)]
pub(crate) struct Package {
    /// The package that lago-types becomes.
    #[arg(long, value_name = "NAME", value_parser = package_name)]
    types_name: String,
    /// The package that lago-client becomes.
    #[arg(long, value_name = "NAME", value_parser = package_name)]
    client_name: String,
    /// Where the sources are, for the page of the registry.
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// A folder that is new or empty, outside of this workspace or below `target`.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the command; the response is what to print on success.
pub(crate) fn package(options: &Package, root: &Path) -> Result<String, Diagnostics> {
    let out = &options.out;
    let failed = |error| Diagnostics::from(io_problem(out, &error));
    let release = Release {
        types: options.types_name.clone(),
        client: options.client_name.clone(),
        repository: options.repository.clone(),
    };
    let document = document_version(root)?;
    output::copy_workspace(root, out, Copied::Whole).map_err(failed)?;

    let manifest = sources::own(out, "Cargo.toml")?;
    let (text, version) = release::workspace_manifest(&manifest.text, &document, &release)
        .map_err(|error| unreadable(&manifest, &error))?;
    fs::write(out.join("Cargo.toml"), text).map_err(failed)?;

    for which in Crate::ALL {
        let folder = out.join(which.folder());
        let manifest = sources::own(out, &format!("{}/Cargo.toml", which.folder()))?;
        let text = release::crate_manifest(&manifest.text, which, &release)
            .map_err(|error| unreadable(&manifest, &error))?;
        fs::write(folder.join("Cargo.toml"), text).map_err(failed)?;
        for licence in LICENCES {
            fs::copy(root.join(licence), folder.join(licence)).map_err(failed)?;
        }
    }
    let readme = Crate::Client.folder();
    fs::copy(root.join("README.md"), out.join(readme).join("README.md")).map_err(failed)?;

    Ok(format!(
        "{} and {}, version {version}, are in {}\nnext: cargo package --workspace --manifest-path {}",
        release.types,
        release.client,
        out.display(),
        out.join("Cargo.toml").display(),
    ))
}

/// The version that openapi.yaml gives itself.
fn document_version(root: &Path) -> Result<String, Diagnostics> {
    let source = sources::own(root, sources::DOCUMENT)?;
    let document = Document::parse(&source.name, &source.text)?;
    let version = document.root()["info"]["version"].as_str();
    version.map(str::to_owned).ok_or_else(|| {
        Diagnostic {
            file: source.name,
            line: document.line("/info"),
            pointer: Some("/info/version".to_owned()),
            message: "the document has no version, which a release tells".to_owned(),
            advice: "give it one, in quotes".to_owned(),
        }
        .into()
    })
}

fn unreadable(manifest: &Source, error: &toml_edit::TomlError) -> Diagnostics {
    let before = error.span().map(|span| &manifest.text[..span.start]);
    Diagnostic {
        file: manifest.name.clone(),
        line: before.map(|before| before.lines().count().max(1)),
        pointer: None,
        message: error.message().to_owned(),
        advice: "mend the manifest; `cargo metadata` reads it as well".to_owned(),
    }
    .into()
}

/// As registries take them.
fn package_name(name: &str) -> Result<String, String> {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() && name.len() <= 64 && name.chars().all(letters) => {
            Ok(name.to_owned())
        }
        _ => Err("a name of a package begins with a letter, and goes on with at most 63 letters, digits, `-` and `_`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_a_registry_takes() {
        assert_eq!(package_name("acme-lago_2").unwrap(), "acme-lago_2");
        for name in ["", "2lago", "acme/lago", "läger", &"a".repeat(65)] {
            assert!(package_name(name).is_err(), "{name}");
        }
    }
}
