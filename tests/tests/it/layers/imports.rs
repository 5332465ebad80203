//! Which module of a crate names which other one, read from its sources.
//!
//! Every path of the code counts, in macros too; what is only compiled for tests does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The modules of a crate, by path: `retry::decision`, the root being the empty path. To each the modules of
/// the same crate that it names.
pub(super) type Imports = BTreeMap<String, BTreeSet<String>>;

/// Reads a crate from its root file.
pub(super) fn read(root: &Path) -> io::Result<Imports> {
    let mut modules = BTreeMap::new();
    let folder = root.parent().unwrap_or(root);
    collect(root, folder, "", &mut modules)?;
    let known: BTreeSet<&str> = modules.keys().map(String::as_str).collect();
    let exports = modules.get("").map(exports).unwrap_or_default();
    let imports = modules.iter().map(|(module, tokens)| {
        let mut named = Vec::new();
        paths(tokens.clone(), module, &mut named);
        let named = named
            .iter()
            .filter_map(|path| owner(path, &known, &exports));
        let others = named.filter(|other| other != module);
        (module.clone(), others.collect())
    });
    Ok(imports.collect())
}

/// Reads a file and the files of its modules; `folder` is where these are.
fn collect(
    file: &Path,
    folder: &Path,
    module: &str,
    modules: &mut BTreeMap<String, TokenStream>,
) -> io::Result<()> {
    let text = fs::read_to_string(file)?;
    let invalid = |error| {
        let message = format!("{}: {error}", file.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    let tokens = without_tests(
        text.parse::<TokenStream>()
            .map_err(|e| invalid(e.to_string()))?,
    );
    for child in declared(&tokens) {
        let below = folder.join(&child);
        let candidates: [PathBuf; 2] = [folder.join(format!("{child}.rs")), below.join("mod.rs")];
        let found = candidates.iter().find(|candidate| candidate.is_file());
        let found = found.ok_or_else(|| invalid(format!("no file of the module `{child}`")))?;
        collect(found, &below, &joined(module, &child), modules)?;
    }
    modules.insert(module.to_owned(), tokens);
    Ok(())
}

fn joined(module: &str, name: &str) -> String {
    match module {
        "" => name.to_owned(),
        module => format!("{module}::{name}"),
    }
}

/// The names in `mod name;`.
fn declared(tokens: &TokenStream) -> Vec<String> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let names = trees.windows(3).filter_map(|window| match window {
        [
            TokenTree::Ident(word),
            TokenTree::Ident(name),
            TokenTree::Punct(end),
        ] if word == "mod" && end.as_char() == ';' => Some(name.to_string()),
        _ => None,
    });
    names.collect()
}

/// The code without items that are only compiled for tests.
fn without_tests(tokens: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let is_attribute = matches!(&tree, TokenTree::Punct(sign) if sign.as_char() == '#');
        if is_attribute && trees.peek().is_some_and(is_test_only) {
            for tree in trees.by_ref() {
                let ends = match &tree {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(sign) => sign.as_char() == ';',
                    _ => false,
                };
                if ends {
                    break;
                }
            }
            continue;
        }
        kept.push(match tree {
            TokenTree::Group(group) => {
                let inner = without_tests(group.stream());
                TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner))
            }
            other => other,
        });
    }
    kept.into_iter().collect()
}

/// `[cfg(test)]`, or `[test]`.
fn is_test_only(tree: &TokenTree) -> bool {
    let text = tree.to_string().replace(' ', "");
    text == "[cfg(test)]" || text == "[test]" || text.starts_with("[cfg(all(test")
}

/// What the root hands on under another path: `Error` of `error::Error`.
fn exports(root: &TokenStream) -> BTreeMap<String, String> {
    let mut paths = Vec::new();
    let mut trees = root.clone().into_iter().peekable();
    while let Some(tree) = trees.next() {
        if matches!(&tree, TokenTree::Ident(word) if word == "use") {
            let until_end = trees.by_ref().take_while(
                |tree| !matches!(tree, TokenTree::Punct(sign) if sign.as_char() == ';'),
            );
            tree_paths(until_end.collect(), "", &mut paths);
        }
    }
    let exports = paths.into_iter().filter_map(|path: String| {
        let name = path.rsplit("::").next()?.to_owned();
        Some((name, path))
    });
    exports.collect()
}

/// The paths of the code that begin in the crate, as paths from its root.
fn paths(tokens: TokenStream, module: &str, found: &mut Vec<String>) {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    trees.reverse();
    while let Some(tree) = trees.pop() {
        match tree {
            TokenTree::Group(group) => paths(group.stream(), module, found),
            TokenTree::Ident(word) if word == "mod" => {
                let name = trees.pop_if(|next| matches!(next, TokenTree::Ident(_)));
                let body = trees.pop_if(|next| matches!(next, TokenTree::Group(_)));
                if let (Some(name), Some(TokenTree::Group(body))) = (name, body) {
                    paths(body.stream(), &joined(module, &name.to_string()), found);
                }
            }
            TokenTree::Ident(word) if (word == "crate" || word == "super") && is_path(&trees) => {
                let mut base = match word == "crate" {
                    true => String::new(),
                    false => parent(module),
                };
                while next_is_super(&trees) {
                    trees.truncate(trees.len() - 3);
                    base = parent(&base);
                }
                let mut rest = Vec::new();
                while let Some(next) = trees.pop_if(|next| is_of_path(next)) {
                    let ends = matches!(&next, TokenTree::Group(_));
                    rest.push(next);
                    if ends {
                        break;
                    }
                }
                tree_paths(rest.into_iter().collect(), &base, found);
            }
            _ => {}
        }
    }
}

/// Whether `::` comes next; the trees are in reverse order.
fn is_path(trees: &[TokenTree]) -> bool {
    let colon = |tree: &TokenTree| matches!(tree, TokenTree::Punct(sign) if sign.as_char() == ':');
    matches!(trees, [.., second, first] if colon(first) && colon(second))
}

fn next_is_super(trees: &[TokenTree]) -> bool {
    let third = trees.len().checked_sub(3).map(|index| &trees[index]);
    is_path(trees)
        && matches!(third, Some(TokenTree::Ident(word)) if word == "super")
        && is_path(&trees[..trees.len() - 3])
}

fn is_of_path(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(sign) => sign.as_char() == ':',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Literal(_) => false,
    }
}

/// The module above.
fn parent(module: &str) -> String {
    module
        .rsplit_once("::")
        .map_or_else(String::new, |(parent, _)| parent.to_owned())
}

/// The paths of `a::{b, c::d}` below a base.
fn tree_paths(tokens: TokenStream, base: &str, found: &mut Vec<String>) {
    let mut path = base.to_owned();
    let (mut is_open, mut is_renamed) = (false, false);
    for tree in tokens {
        match tree {
            TokenTree::Punct(sign) if sign.as_char() == ',' => {
                if is_open {
                    found.push(std::mem::replace(&mut path, base.to_owned()));
                }
                (path, is_open, is_renamed) = (base.to_owned(), false, false);
            }
            TokenTree::Ident(_) if is_renamed => {}
            TokenTree::Ident(word) if word == "as" => is_renamed = true,
            TokenTree::Ident(word) if word != "self" => {
                path = joined(&path, &word.to_string());
                is_open = true;
            }
            TokenTree::Ident(_) => is_open = true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                tree_paths(group.stream(), &path, found);
                (path, is_open) = (base.to_owned(), false);
            }
            _ => {}
        }
    }
    if is_open {
        found.push(path);
    }
}

/// The module in which a path leads to something: the longest known beginning. What the root hands on is
/// looked for where it comes from.
fn owner(path: &str, known: &BTreeSet<&str>, exports: &BTreeMap<String, String>) -> Option<String> {
    let first = path.split("::").next()?;
    let path = match exports.get(first).filter(|_| !known.contains(first)) {
        Some(exported) => exported,
        None => path,
    };
    let mut path = path;
    loop {
        if known.contains(path) {
            return Some(path.to_owned());
        }
        path = path.rsplit_once("::")?.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: &str, module: &str) -> Vec<String> {
        let mut found = Vec::new();
        paths(without_tests(code.parse().unwrap()), module, &mut found);
        found
    }

    #[test]
    fn every_spelling_of_a_path_is_read() {
        assert_eq!(
            named("use crate::{a::{self, B}, c as d};", "x"),
            ["a", "a::B", "c"]
        );
        assert_eq!(named("use super::super::a::B;", "x::y::z"), ["x::a::B"]);
        assert_eq!(named("use super::{a, b::C};", "x::y"), ["x::a", "x::b::C"]);
        assert_eq!(named("mod y { use super::a; }", "x"), ["x::a"]);
        assert_eq!(
            named("m! { $crate::a::f($x, super::g()) }", "x::y"),
            ["a::f", "x::g"]
        );
        assert_eq!(
            named("pub(crate) fn f(a: crate::A<super::B>) {}", "x"),
            ["A", "B"]
        );
        assert_eq!(
            named(
                "#[cfg(test)] mod tests { use crate::a; } use crate::b; #[test] fn t() { crate::c() }",
                ""
            ),
            ["b"]
        );
    }

    #[test]
    fn a_path_belongs_to_the_module_that_it_begins_with() {
        let known = ["", "error", "error::kind"].into();
        let exports = exports(
            &"pub use error::{Error, kind::Kind as Sort};"
                .parse()
                .unwrap(),
        );
        let owner = |path| owner(path, &known, &exports);
        assert_eq!(
            owner("error::kind::Kind::A").as_deref(),
            Some("error::kind")
        );
        assert_eq!(owner("error::Error").as_deref(), Some("error"));
        assert_eq!(owner("Error::new").as_deref(), Some("error"));
        assert_eq!(owner("other"), None);
    }
}
