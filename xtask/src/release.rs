//! The crates as they are released: under names that are free, with a version that tells the document's.
//!
//! Lago owns `lago-client` and `lago-types` in the public registry, so those who publish these crates give them other
//! names. What programs write stays: the libraries are `lago_client` and `lago_types` under any name.

use toml_edit::{DocumentMut, InlineTable, Item, Table, TomlError, Value, value};

/// What a release is called.
#[derive(Clone, Debug)]
pub(crate) struct Release {
    /// The package of lago-types.
    pub(crate) types: String,
    /// The package of lago-client.
    pub(crate) client: String,
    /// Where the sources are, for the page of the registry.
    pub(crate) repository: Option<String>,
}

/// A published crate, by the name that it has in the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crate {
    Types,
    Client,
}

impl Crate {
    pub(crate) const ALL: [Self; 2] = [Self::Types, Self::Client];

    /// Its folder, and what other manifests of the workspace call it.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Types => "lago-types",
            Self::Client => "lago-client",
        }
    }

    fn library(self) -> &'static str {
        match self {
            Self::Types => "lago_types",
            Self::Client => "lago_client",
        }
    }

    fn package(self, release: &Release) -> &str {
        match self {
            Self::Types => &release.types,
            Self::Client => &release.client,
        }
    }
}

/// The manifest of the workspace, and the version that its crates have: `0.1.0+lago.1.55.0`.
pub(crate) fn workspace_manifest(
    text: &str,
    document: &str,
    release: &Release,
) -> Result<(String, String), TomlError> {
    let mut manifest: DocumentMut = text.parse()?;
    let package = table(&mut manifest, &["workspace", "package"]);
    let number = package
        .get("version")
        .and_then(Item::as_str)
        .unwrap_or_default()
        .to_owned();
    let version = format!("{number}+lago.{document}");
    package.insert("version", value(&version));
    package.insert("publish", value(true));
    if let Some(repository) = &release.repository {
        package.insert("repository", value(repository));
    }
    for known in Crate::ALL {
        let dependencies = table(&mut manifest, &["workspace", "dependencies"]);
        let mut dependency = dependencies
            .get(known.folder())
            .and_then(Item::as_inline_table)
            .cloned()
            .unwrap_or_else(InlineTable::new);
        dependency.insert("package", Value::from(known.package(release)));
        // Both are generated from one document. Requirements know no metadata of builds.
        dependency.insert("version", Value::from(format!("={number}")));
        dependencies.insert(known.folder(), value(dependency));
    }
    table(&mut manifest, &["workspace"]).remove("exclude");
    // It is about the generator.
    manifest.remove("profile");
    Ok((manifest.to_string(), version))
}

/// The manifest of a crate.
pub(crate) fn crate_manifest(
    text: &str,
    which: Crate,
    release: &Release,
) -> Result<String, TomlError> {
    let mut manifest: DocumentMut = text.parse()?;
    let package = table(&mut manifest, &["package"]);
    package.insert("name", value(which.package(release)));
    if which == Crate::Client {
        // That of the workspace stands in its folder there.
        package.insert("readme", value("README.md"));
    }
    if release.repository.is_some() {
        let mut inherited = Table::new();
        inherited.set_dotted(true);
        inherited.insert("workspace", value(true));
        package.insert("repository", Item::Table(inherited));
    }
    table(&mut manifest, &["lib"]).insert("name", value(which.library()));
    Ok(manifest.to_string())
}

/// The table at a path of keys, made where it is missing.
fn table<'a>(manifest: &'a mut DocumentMut, path: &[&str]) -> &'a mut Table {
    let mut here = manifest.as_table_mut();
    for key in path {
        let item = here.entry(key).or_insert_with(|| Item::Table(Table::new()));
        if !item.is_table() {
            *item = Item::Table(Table::new());
        }
        here = match item {
            Item::Table(table) => table,
            _ => unreachable!("it was made a table above"),
        };
    }
    here
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(repository: Option<&str>) -> Release {
        Release {
            types: "acme-lago-types".to_owned(),
            client: "acme-lago".to_owned(),
            repository: repository.map(str::to_owned),
        }
    }

    #[test]
    fn the_workspace_says_names_and_version() {
        let text = "\
[workspace]
members = [\"lago-client\", \"lago-types\"]
exclude = [\"examples\"]

[workspace.package]
version = \"0.3.1\"
publish = false

[workspace.dependencies]
lago-client = { path = \"lago-client\", default-features = false }
lago-types = { path = \"lago-types\" }
serde = \"1\" # kept

[profile.dev.package]
xtask = { opt-level = 1 }
";
        let (manifest, version) = workspace_manifest(text, "1.55.0", &release(None)).unwrap();
        assert_eq!(version, "0.3.1+lago.1.55.0");
        insta::assert_snapshot!(manifest, @r#"
        [workspace]
        members = ["lago-client", "lago-types"]

        [workspace.package]
        version = "0.3.1+lago.1.55.0"
        publish = true

        [workspace.dependencies]
        lago-client = { path = "lago-client", default-features = false , package = "acme-lago", version = "=0.3.1" }
        lago-types = { path = "lago-types" , package = "acme-lago-types", version = "=0.3.1" }
        serde = "1" # kept
        "#);
    }

    #[test]
    fn a_crate_keeps_the_name_of_its_library() {
        let text = "\
[package]
name = \"lago-client\"
readme.workspace = true

[features]
drift = [\"lago-types/drift\"]
";
        let release = release(Some("https://example.com/acme/lago"));
        let manifest = crate_manifest(text, Crate::Client, &release).unwrap();
        insta::assert_snapshot!(manifest, @r#"
        [package]
        name = "acme-lago"
        readme = "README.md"
        repository.workspace = true

        [features]
        drift = ["lago-types/drift"]

        [lib]
        name = "lago_client"
        "#);
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        assert!(workspace_manifest("[workspace", "1", &release(None)).is_err());
        assert!(crate_manifest("=", Crate::Types, &release(None)).is_err());
    }
}
