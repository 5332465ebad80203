//! Documents that are legal and unusual: each regenerates to code that parses and says the right
//! thing. `tests/every-version.sh tests/fixtures/documents` compiles it.

use super::*;
use crate::regen::prose::tests::more_than_text;

const FOLDER: &str = "tests/fixtures/documents";

/// The fixture as text.
pub(super) fn fixture(name: &str) -> String {
    let path = crate::workspace().unwrap().join(FOLDER).join(name);
    std::fs::read_to_string(path).unwrap()
}

/// Generates from a fixture; every file parses.
fn generated(name: &str) -> Generated {
    let generated = regen(&inputs(&fixture(name))).unwrap_or_else(|error| panic!("{error}"));
    for (path, text) in &generated.tree {
        if path.ends_with(".rs")
            && let Err(error) = syn::parse_file(text)
        {
            panic!("{path}: {error}\n{text}");
        }
    }
    generated
}

/// A file without white space.
fn flat(generated: &Generated, path: &str) -> String {
    generated.tree[path].split_whitespace().collect()
}

fn reports(generated: &Generated) -> String {
    let reports: Vec<String> = generated.reports.iter().map(ToString::to_string).collect();
    reports.join("\n")
}

fn assert_contains(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "{expected}\n---\n{text}");
    }
}

#[test]
fn names_that_are_words_of_rust_are_still_names() {
    let generated = generated("names.yaml");
    let types = flat(&generated, "tests/src/generated/types.rs");
    assert_contains(
        &types,
        &[
            "Row::of::<lago_types::StringObject>",
            "Row::of::<lago_types::VecObject>",
            "Row::of::<lago_types::SelfObject>",
            "Row::of::<lago_types::X2fa>",
            "Row::of::<lago_types::ErrorObject>",
        ],
    );
    assert!(!types.contains("lago_types::String>"), "{types}");
    let result = flat(&generated, "lago-types/src/generated/common.rs");
    assert_contains(
        &result,
        &[
            "pubfnnew(required:ResultObjectRequired)->Self",
            "self_:required.self_,gen_:required.gen_,new:required.new,",
            "pubfnset_new<",
        ],
    );
    let calls = flat(&generated, "lago-client/src/generated/resources/self_.rs");
    assert_contains(
        &calls,
        &[
            "pubfnget(&self,r#type:implstd::fmt::Display)->GetRequest",
            "pubfnr#gen(mutself,r#gen:implInto<String>)->Self",
            "pubfnx2fa(mutself,x2fa:bool)->Self",
            "pubfnself_(mutself,self_:implInto<String>)->Self",
            "pubfnquery_body(mutself,query_body:implInto<String>)->Self",
        ],
    );
    assert_contains(
        &calls,
        &[
            ".query(\"body\",&self.query_body)",
            ".query(\"paging\",&self.query_paging)",
            ".query(\"url\",&self.url)",
            ".query(\"größe\",&self.gr_uf6_udf_e)",
        ],
    );
    let client = flat(&generated, "lago-client/src/generated/resources.rs");
    assert_contains(
        &client,
        &[
            "pubmodserde_;",
            "pubfnserde(&self)->serde_::Serde",
            "pubfndrift_calls(&self)->drift_calls::DriftCalls",
            "pubfnrequest(&self)->request::RequestCalls",
            "pubfnroot(&self)->root::Root",
        ],
    );
    assert_contains(
        &reports(&generated),
        &["the name `String` is reserved; it becomes `StringObject`"],
    );
}

#[test]
fn parameters_are_told_apart_and_read_in_every_spelling() {
    let generated = generated("parameters.yaml");
    let calls = flat(&generated, "lago-client/src/generated/resources/wallets.rs");
    assert_contains(
        &calls,
        &[
            "(&self,id:implstd::fmt::Display)",
            "(&self,id:implstd::fmt::Display,query_id:implInto<String>,",
            "pubfnquery_id(mutself,query_id:implInto<String>)->Self",
            "pubfncurrency(mutself,currency:implInto<String>)->Self",
            "pubfnstates(mutself,",
            "DeepObject::new(filter)",
        ],
    );
    let secrets = flat(&generated, "lago-client/src/generated/resources/v1.rs");
    assert_contains(
        &secrets,
        &["pubfnadd_version(&self,secret:implstd::fmt::Display,)->SecretsAddVersionRequest"],
    );
    let files = flat(&generated, "lago-client/src/generated/resources/files.rs");
    assert_contains(
        &files,
        &["(&self,name:implstd::fmt::Display,ending:implstd::fmt::Display,)"],
    );
    assert_contains(
        &reports(&generated),
        &["api.yaml:14: the parameter `currency` is declared twice, with the same facts"],
    );
}

#[test]
fn numbers_stay_numbers_and_every_word_is_a_variant() {
    let generated = generated("values.yaml");
    let types = flat(&generated, "lago-types/src/generated/image.rs");
    assert_contains(
        &types,
        &[
            "pubblock_size:i64",
            "pubfill:Option<i64>",
            "Oneof`512`,`2048`,`4096`.",
        ],
    );
    let enums = &generated.tree["lago-types/src/generated/enums.rs"];
    assert_contains(
        enums,
        &[
            "X = \"<\",",
            "Plus1 = \"+1\",",
            "UnknownValue = \"unknown\",",
            "/// `\"\"`",
            "/// `line\\nbreak`",
        ],
    );
    assert!(!enums.contains("= 512"), "{enums}");
}

#[test]
fn only_a_block_that_the_client_can_read_makes_pages() {
    let generated = generated("lists.yaml");
    let things = flat(&generated, "lago-client/src/generated/resources/things.rs");
    assert_contains(&things, &["typeOutput=lago_types::Things;"]);
    let parts = flat(&generated, "lago-client/src/generated/resources/parts.rs");
    assert_contains(
        &parts,
        &[
            "typeOutput=Page<lago_types::Part>;",
            "typeOutput=lago_types::",
        ],
    );
    let all: String = generated
        .tree
        .values()
        .flat_map(|text| text.split_whitespace())
        .collect();
    assert_contains(
        &all,
        &[
            "pubstructPaginationMetaObject{",
            "pubstructPaginationMeta{",
            "pubnext_page:Option<i64>",
            "pubnext:Option<::std::boxed::Box<Part>>",
            "pubtree:Option<::serde_json::Map<String,::serde_json::Value>>",
            "pubnest:Option<Vec<::serde_json::Value>>",
            "pubanything:Option<::serde_json::Value>",
            "pubstructTwin{",
            "pubstructOtherTwin{",
        ],
    );
    assert_contains(
        &reports(&generated),
        &[
            "`Nest` is a list or map of itself; what is in it is taken as any JSON",
            "`Tree` is a list or map of itself; what is in it is taken as any JSON",
        ],
    );
}

#[test]
fn prose_never_becomes_code() {
    let generated = generated("prose.yaml");
    for (path, text) in &generated.tree {
        assert!(!text.contains('\r'), "{path}");
        for doc in docs(text) {
            let found: Vec<String> = more_than_text(&without_example(&doc))
                .into_iter()
                .filter(|found| !is_ours(found, text))
                .collect();
            assert_eq!(found, Vec::<String>::new(), "{path}: {doc}");
        }
        // What the descriptions hold is text to rustc: no item and no macro of theirs is there.
        if path.ends_with(".rs") {
            let tokens = quote::ToTokens::to_token_stream(&syn::parse_file(text).unwrap());
            let code = without_literals(tokens);
            for word in ["panic", "compile_error", "script"] {
                let found = code.split_whitespace().any(|token| token == word);
                assert!(!found, "{path}: {word}");
            }
        }
    }
}

/// A documentation without the example that the generator adds: in that the document has literals alone.
fn without_example(doc: &str) -> String {
    const BEGIN: &str = "# Example\n\n```no_run\n# async fn example(";
    let Some((before, example)) = doc.split_once(BEGIN) else {
        return doc.to_owned();
    };
    let (_, after) = example.split_once("\n# Ok(())\n# }\n```").unwrap();
    format!("{before}{after}")
}

/// Whether a link is one of our own: it leads to an item of lago-types, or to one that the file has.
fn is_ours(found: &str, file: &str) -> bool {
    let Some(target) = found.strip_prefix("link to ") else {
        let name = found.strip_prefix("link `");
        let name = name.and_then(|name| name.strip_suffix('`'));
        let is_there = |name| file.contains(&format!("pub type {name} "));
        return name.is_some_and(|name| name == "OPERATIONS" || is_there(name));
    };
    let of_page = target
        .strip_prefix("type.")
        .and_then(|page| page.split_once(".html#method."));
    match of_page.or_else(|| target.split_once("::")) {
        Some(("crate" | "lago_types", _)) => true,
        Some((owner, function)) => {
            let is = |kind: &str| file.contains(&format!("pub {kind} {owner} "));
            (is("struct") || is("type")) && file.contains(&format!("pub fn {function}("))
        }
        None => false,
    }
}

/// The doc comments of a file, each as rustdoc gets it.
fn docs(text: &str) -> Vec<String> {
    let mut docs = vec![String::new()];
    for line in text.lines() {
        match line.trim_start().strip_prefix("///") {
            Some(said) => {
                let last = docs.len() - 1;
                docs[last] += &format!("{}\n", said.strip_prefix(' ').unwrap_or(said));
            }
            None => docs.push(String::new()),
        }
    }
    docs.retain(|doc| !doc.is_empty());
    docs
}

/// The code of a file but for its docs and other strings.
fn without_literals(tokens: proc_macro2::TokenStream) -> String {
    let mut code = String::new();
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Group(group) => code += &without_literals(group.stream()),
            proc_macro2::TokenTree::Literal(_) => {}
            other => code += &format!("{other} "),
        }
    }
    code
}

#[test]
fn whatever_body_may_set_what_the_path_names_is_looked_at() {
    let generated = generated("bodies.yaml");
    let set = |noun: &str| {
        let calls = flat(
            &generated,
            &format!("lago-client/src/generated/resources/{noun}s.rs"),
        );
        let (_, set) = calls
            .split_once("identity::same_or_set(\"code\",&self.code,&[")
            .unwrap();
        set.split_once("],&value.code").unwrap().0.to_owned()
    };
    let needed = "identity::stated(&self.body.code)";
    let optional = "self.body.as_ref().and_then(|body|identity::stated(&body.code))";
    for (noun, expected) in [
        ("wheel", needed),
        ("door", needed),
        ("roof", needed),
        ("seat", optional),
        ("lamp", needed),
        ("key", optional),
        ("lock", needed),
    ] {
        let set = set(noun);
        assert_eq!(set.trim_end_matches(','), expected, "{noun}");
    }
}
