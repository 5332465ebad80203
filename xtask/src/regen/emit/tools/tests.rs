use super::*;
use crate::regen::ir::{
    BodyShape, Effect, EnumSite, Field, Form, Idempotency, Key, Kind, Limits, TypeRef,
};
use crate::regen::sample::{self, Goes, list, named, structure, ty};

/// The sample with its types: a thing has parts, and a part the thing that it is part of.
fn api() -> Api {
    let field = |name: &str, ty, required| sample::root(name, ty, required);
    let nullable = |field: Field| Field {
        nullable: true,
        ..field
    };
    let told = |doc: &str, field: Field| Field {
        doc: Some(doc.to_owned()),
        ..field
    };
    let status = Kind::Enum {
        values: vec!["new".into(), "old".into()],
        words: BTreeMap::new(),
        sites: vec![],
    };
    let thing = vec![
        told(
            "What it is [called](https://example.com). Shown.",
            field("name", TypeRef::String, true),
        ),
        nullable(field("price", TypeRef::Decimal(Form::String), false)),
        told("How it is.", field("status", named("ThingStatus"), false)),
        field("parts", list(named("PartInput")), false),
    ];
    let part = vec![
        field("whole", named("ThingInput"), false),
        field("born", TypeRef::DateTime, true),
        field("tags", TypeRef::Map(Box::new(TypeRef::Json)), false),
    ];
    let mut api = sample::api();
    api.types.extend([
        ty("ThingStatus", Goes::Out, status),
        structure("ThingInput", Goes::Out, thing),
        structure("PartInput", Goes::Out, part),
        structure(
            "ThingDeleteInput",
            Goes::Out,
            vec![field("why", TypeRef::String, true)],
        ),
    ]);
    api
}

fn tool<'a>(api: &Api, operation: &'a Operation) -> Tool<'a> {
    Tool::of(api, operation).unwrap()
}

/// The schema of a tool, without the ends of its lines.
fn schema(api: &Api, operation: &Operation) -> String {
    tool(api, operation).schema().replace('\n', "")
}

fn places(tool: &Tool<'_>) -> Vec<String> {
    tool.arguments
        .all
        .iter()
        .map(|it| place(it).trim().to_owned())
        .collect()
}

#[test]
fn a_row_has_all_that_an_agent_needs() {
    let api = api();
    let row = tool(&api, &api.operations[1]).row();
    let expected = r##"    tool(
        "things_post", "creatething", "things", op::CREATE_THING,
        "createThing",
        "createThing. Since Lago 1.2.0.",
        r#"{"type":"object","properties":{
"name":{"type":"string","description":"What it is called. Shown."},
"price":{"type":"string","pattern":"^-?[0-9]+(\\.[0-9]+)?$"},
"status":{"type":"string","description":"How it is. Known: new, old."},
"parts":{"type":"array","items":{"type":"object","properties":{"whole":{"type":"object"},"born":{"type":"string","format":"date-time"},"tags":{"type":"object"}},"required":["born"],"additionalProperties":false}},
"type":{"type":"string"}
},"required":["name"],"additionalProperties":false}"#,
        &[
            argument("name", Body(&["thing", "name"])),
            argument("price", Body(&["thing", "price"])),
            argument("status", Body(&["thing", "status"])),
            argument("parts", Body(&["thing", "parts"])),
            argument("type", Body(&["type"])),
        ],
    ),
"##;
    // An object within itself has no end: it is an object.
    let expected = expected.replace(
        r#""whole":{"type":"object"}"#,
        r#""whole":{"type":"object","properties":{"name":{"type":"string","description":"What it is called."},"price":{"type":"string","pattern":"^-?[0-9]+(\\.[0-9]+)?$"},"status":{"type":"string","description":"How it is. Known: new, old."},"parts":{"type":"array","items":{"type":"object"}}},"required":["name"],"additionalProperties":false}"#,
    );
    assert_eq!(row, expected);
}

/// Where there is nothing that it could take away, null is not mentioned.
#[test]
fn null_is_said_where_it_means_something() {
    let mut api = api();
    let price = |api: &Api| {
        let schema: Value = serde_json::from_str(&schema(api, &api.operations[1])).unwrap();
        schema["properties"]["price"].clone()
    };
    let text = serde_json::json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"});
    assert_eq!(price(&api), text);
    api.operations[1].effect = Effect::Changes;
    assert_eq!(
        price(&api),
        serde_json::json!({"anyOf": [text, {"type": "null"}], "description": "Null takes it away."})
    );
    api.operations[1].effect = Effect::Adds;
    let Kind::Struct(fields) = &mut api.types.get_mut("ThingInput").unwrap().kind else {
        panic!("it is a struct");
    };
    fields[1].required = true;
    assert_eq!(
        price(&api),
        serde_json::json!({"anyOf": [text, {"type": "null"}]})
    );
}

#[test]
fn limits_stand_where_the_value_is() {
    let mut api = api();
    let limits = |keywords: &[(&'static str, u64)]| Limits {
        keywords: keywords
            .iter()
            .map(|(name, value)| (*name, Value::from(*value)))
            .collect(),
        each: None,
    };
    let list = &mut api.operations[0].parameters;
    list[1].limits = limits(&[("minimum", 1)]);
    list[2].limits = Limits {
        each: Some(Box::new(limits(&[("maxLength", 9)]))),
        ..limits(&[("maxItems", 5)])
    };
    let listed: Value = serde_json::from_str(&schema(&api, &api.operations[0])).unwrap();
    let listed = &listed["properties"];
    assert_eq!(
        listed["page"],
        serde_json::json!({"type": "integer", "minimum": 1})
    );
    assert_eq!(listed["status"]["maxItems"], 5);
    assert_eq!(
        listed["status"]["items"],
        serde_json::json!({"type": "string", "maxLength": 9})
    );
    // Beside null as well.
    api.operations[1].effect = Effect::Changes;
    let Kind::Struct(fields) = &mut api.types.get_mut("ThingInput").unwrap().kind else {
        panic!("it is a struct");
    };
    fields[0].nullable = true;
    fields[0].required = false;
    fields[0].limits = limits(&[("minLength", 2)]);
    let changed: Value = serde_json::from_str(&schema(&api, &api.operations[1])).unwrap();
    assert_eq!(
        changed["properties"]["name"]["anyOf"],
        serde_json::json!([{"type": "string", "minLength": 2}, {"type": "null"}])
    );
}

#[test]
fn parameters_go_where_the_server_looks_for_them() {
    let api = api();
    let tool = tool(&api, &api.operations[0]);
    assert_eq!(
        places(&tool),
        [
            r#"argument("code", Path("code")),"#,
            r#"argument("page", Query("page")),"#,
            r#"argument("status", QueryList("status[]")),"#,
            r#"argument("since", Query("since")),"#,
            r#"argument("metadata", QueryMap("metadata")),"#,
        ]
    );
}

#[test]
fn what_would_be_there_twice_keeps_its_root_key() {
    let mut api = api();
    let mut code = sample::path("code");
    code.name = "name".into();
    api.operations[1].parameters.push(code);
    let tool = tool(&api, &api.operations[1]);
    assert_eq!(
        places(&tool),
        [
            r#"argument("name", Path("name")),"#,
            r#"argument("thing", Body(&["thing"])),"#,
            r#"argument("type", Body(&["type"])),"#,
        ]
    );
}

#[test]
fn two_of_one_name_are_told_apart_by_their_place() {
    let mut api = api();
    api.operations[0].parameters[1].name = "code".into();
    let tool = tool(&api, &api.operations[0]);
    assert_eq!(
        places(&tool)[..2],
        [
            r#"argument("code", Path("code")),"#,
            r#"argument("query_code", Query("code")),"#,
        ]
    );
}

/// What must be there when a body is cannot be asked for when there is none.
#[test]
fn a_body_that_may_be_left_out_is_given_whole() {
    let api = api();
    let tool = tool(&api, &api.operations[2]);
    assert_eq!(places(&tool)[1], r#"argument("body", Body(&[])),"#);
    assert!(!tool.arguments.all[1].required);
}

#[test]
fn a_choice_of_bodies_keeps_its_keys_and_asks_for_none() {
    let api = api();
    let tool = tool(&api, &api.operations[3]);
    assert_eq!(tool.arguments.one_of, ["part", "parts"]);
    assert!(
        tool.row()
            .ends_with("    ).one_of(&[\"part\", \"parts\"]),\n")
    );
    assert!(
        schema(&api, &api.operations[3])
            .ends_with(r#""required":["code"],"additionalProperties":false}"#)
    );
}

#[test]
fn a_thing_with_a_key_has_to_have_it_and_its_time() {
    let mut api = api();
    api.operations[1].idempotency = Idempotency::WithKey(Key {
        name: "price".into(),
        time: "status".into(),
        content: vec![],
        amounts: vec![],
        lookup: String::new(),
    });
    let schema = schema(&api, &api.operations[1]);
    assert!(
        schema.ends_with(r#""required":["name","price","status"],"additionalProperties":false}"#),
        "{schema}"
    );
}

#[test]
fn what_cannot_be_a_tool_stops_generation() {
    let refused = |change: &dyn Fn(&mut Operation)| {
        let mut api = api();
        change(&mut api.operations[0]);
        emit(&api, &mut Tree::new()).unwrap_err().message
    };
    let long = refused(&|operation| operation.verb = "a".repeat(49));
    assert!(long.contains("longer than 49 characters"), "{long}");
    let twice = refused(&|operation| operation.id = "things_post".into());
    assert!(twice.contains("a tool called `things_post`"), "{twice}");
    let fields = refused(&|operation| operation.parameters[1].name = "fields".into());
    assert!(fields.contains("an argument `fields`"), "{fields}");
}

#[test]
fn a_field_that_is_called_as_an_argument_of_every_tool_keeps_its_root_key() {
    let mut api = api();
    let Some(BodyShape::Roots(roots)) = api.operations[1].body.as_mut().map(|body| &mut body.shape)
    else {
        panic!("it has roots");
    };
    roots.truncate(1);
    let Some(Kind::Struct(fields)) = api.types.get_mut("ThingInput").map(|ty| &mut ty.kind) else {
        panic!("it has fields");
    };
    fields[0].name = "fields".into();
    assert_eq!(
        places(&tool(&api, &api.operations[1])),
        [r#"argument("thing", Body(&["thing"])),"#]
    );
}

#[test]
fn tables_stand_in_a_file_for_each_noun() {
    let mut tree = Tree::new();
    let mut api = api();
    api.operations[0].published = false;
    api.operations[0].parameters.clear();
    emit(&api, &mut tree).unwrap();
    for text in tree.values() {
        syn::parse_file(text).unwrap();
    }
    let root = &tree["lago-client/src/generated/tools.rs"];
    assert!(
        root.contains("mod things;") && root.contains("    things::TOOLS,\n"),
        "{root}"
    );
    let unpublished = &tree["lago-client/src/generated/unpublished/tools/things.rs"];
    assert!(
        unpublished.contains("use crate::gateway::tool::{Tool, tool};"),
        "{unpublished}"
    );
    assert!(
        unpublished.contains("\"things_parts_get\""),
        "{unpublished}"
    );
}

#[test]
fn texts_that_look_like_the_end_of_a_literal_are_texts() {
    assert_eq!(raw("a\"#b"), "r##\"a\"#b\"##");
}

#[test]
fn a_place_that_takes_fewer_values_says_only_those() {
    let mut api = api();
    let Some(Kind::Enum { sites, .. }) = api.types.get_mut("ThingStatus").map(|ty| &mut ty.kind)
    else {
        panic!("it has values");
    };
    sites.push(EnumSite {
        origin: "GET /things?status[][]".into(),
        values: vec!["old".into()],
    });
    api.operations[0].parameters[2].origin = "GET /things?status[]".into();
    let of_query = schema(&api, &api.operations[0]);
    assert!(
        of_query.contains(r#""description":"Known: old.""#),
        "{of_query}"
    );
    let of_body = schema(&api, &api.operations[1]);
    assert!(of_body.contains("Known: new, old."), "{of_body}");
}

#[test]
fn what_null_says_elsewhere_an_empty_object_may_say() {
    let mut api = api();
    let Some(Kind::Struct(fields)) = api.types.get_mut("PartInput").map(|ty| &mut ty.kind) else {
        panic!("it has fields");
    };
    fields[0].nullable = true;
    fields[0].null_as_empty = true;
    let schema = schema(&api, &api.operations[3]);
    let whole = r#""whole":{"type":"object","properties":{"name":{"type":"string","#;
    let end = r#""additionalProperties":false,"description":"An empty object takes it away."}"#;
    assert!(schema.contains(whole) && schema.contains(end), "{schema}");
}
