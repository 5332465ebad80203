//! Methods that fetch a file: for each noun of which one object says where its file is.
//!
//! Nothing is named here but fields and the words for what is in them. Which nouns have files, and
//! by which call a file is made, follows from the operations of the document.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::methods::{Input, Method, Output, methods};
use crate::regen::emit::docs::doc_lines;
use crate::regen::emit::example::{self, Example};
use crate::regen::emit::section::{UNPUBLISHED, condition};
use crate::regen::emit::{EmitError, docs};
use crate::regen::ir::{Api, Field, Kind, Operation, ParameterPlace, TypeRef};
use crate::regen::names::ident;
use crate::regen::names::words::singular;
use crate::regen::prose::code;

/// A kind of file that an object may have.
struct File {
    /// The field that says where it is.
    field: &'static str,
    /// The method that fetches it.
    verb: &'static str,
    /// The end of the path that makes it, below that of the object.
    action: &'static str,
    /// What it is called.
    noun: &'static str,
    /// What the client calls its format.
    format: &'static str,
    /// What an example calls it.
    variable: &'static str,
}

const FILES: [File; 2] = [
    File {
        field: "file_url",
        verb: "fetch_pdf",
        action: "download",
        noun: "PDF",
        format: "Pdf",
        variable: "pdf",
    },
    File {
        field: "xml_url",
        verb: "fetch_xml",
        action: "download_xml",
        noun: "XML file",
        format: "Xml",
        variable: "xml",
    },
];

/// A method that fetches a file, and where it belongs.
pub(crate) struct FileMethod<'a> {
    /// The nouns that lead to it.
    pub(crate) place: &'a [String],
    /// Whether the call that reads the object is published; that which makes the file may be none the less.
    pub(crate) published: bool,
    /// What it is called.
    pub(crate) verb: &'static str,
    /// What the file is called.
    pub(crate) noun: &'static str,
    /// The operation that it calls first.
    pub(crate) asks: &'a str,
    /// Whether one of the operations that it calls should not be used any more.
    pub(crate) deprecated: bool,
    /// How it is called.
    pub(crate) example: Option<Example>,
    /// The method itself.
    pub(crate) method: TokenStream,
}

/// The methods for all files of the document.
pub(crate) fn methods_of(api: &Api) -> Result<Vec<FileMethod<'_>>, EmitError> {
    let mut found = Vec::new();
    for operation in api.operations.iter().filter(|o| reads_one(o)) {
        for get in methods(operation)? {
            for file in &FILES {
                if let Some(url) = url(api, &get.output, file) {
                    let trigger = trigger(api, operation, file)?;
                    let calls = (&get, trigger.as_ref());
                    let deprecated = trigger
                        .as_ref()
                        .is_some_and(|made| made.operation.deprecated);
                    let asks = trigger.as_ref().map_or(operation, |made| made.operation);
                    found.push(FileMethod {
                        place: &operation.accessors,
                        published: operation.published,
                        verb: file.verb,
                        noun: file.noun,
                        asks: &asks.id,
                        deprecated: operation.deprecated || deprecated,
                        example: example::of_file(api, &get, file.verb, file.variable),
                        method: print(api, calls, &url, file)?,
                    });
                }
            }
        }
    }
    Ok(found)
}

/// Whether an operation reads one object by nothing but what stands in the path.
fn reads_one(operation: &Operation) -> bool {
    operation.method == "GET"
        && operation.path.ends_with('}')
        && operation.body.is_none()
        && takes_only_the_path(operation)
}

fn takes_only_the_path(operation: &Operation) -> bool {
    let mut places = operation
        .parameters
        .iter()
        .map(|parameter| &parameter.place);
    places.all(|place| match place {
        ParameterPlace::Path => true,
        ParameterPlace::Query { required, .. } | ParameterPlace::QueryMap { required } => !required,
    })
}

/// A function from what a method responses to the URL in it; none when there is none in it.
fn url(api: &Api, output: &Output<'_>, file: &File) -> Option<TokenStream> {
    let (ty, may_be_nothing) = match output {
        Output::Whole(ty) => (*ty, false),
        Output::Root { ty, .. } => (ty, false),
        Output::RootOrNothing { ty, .. } => (ty, true),
        Output::Nothing | Output::Text | Output::Page { .. } => return None,
    };
    let TypeRef::Named(name) = ty else {
        return None;
    };
    let Kind::Struct(fields) = &api.types.get(name)?.kind else {
        return None;
    };
    let has_url = |field: &&Field| field.name == file.field && field.ty == TypeRef::String;
    let field = fields.iter().find(has_url)?;
    let ident = ident::value(file.field);
    let some = may_be_nothing.then(|| quote!(?));
    Some(match field.required && !field.nullable {
        true => quote!(|object| Some(object #some.#ident)),
        false => quote!(|object| object #some.#ident),
    })
}

/// The call that makes the file of an object, if the document has one.
fn trigger<'a>(
    api: &'a Api,
    get: &Operation,
    file: &File,
) -> Result<Option<Method<'a>>, EmitError> {
    let path = format!("{}/{}", get.path, file.action);
    let makes = |operation: &&Operation| {
        operation.method == "POST" && operation.path == path && takes_only_the_path(operation)
    };
    let Some(operation) = api.operations.iter().find(makes) else {
        return Ok(None);
    };
    let plain = methods(operation)?.into_iter().find(|method| {
        matches!(
            method.input,
            Input::Nothing | Input::OptionalType(_) | Input::OptionalRoot(_)
        )
    });
    Ok(plain)
}

fn print(
    api: &Api,
    (get, trigger): (&Method<'_>, Option<&Method<'_>>),
    url_of_get: &TokenStream,
    file: &File,
) -> Result<TokenStream, EmitError> {
    let place = &get.operation.accessors;
    let taken = api.operations.iter().any(|operation| {
        let mut names = operation.accessors.iter().chain([&operation.verb]);
        operation.accessors.starts_with(place)
            && names.nth(place.len()).is_some_and(|name| name == file.verb)
    });
    if taken {
        return Err(EmitError::within(
            get.operation,
            format!(
                "`{}.{}` fetches a file, and an operation is called the same; give that another \
                 verb in names.yaml, section verbs",
                place.join("."),
                file.verb
            ),
        ));
    }
    let example = example::of_file(api, get, file.verb, file.variable);
    let example = example.map(|example| example.documentation());
    let doc = doc(get.operation, trigger, file) + &example.unwrap_or_default();
    let doc = doc_lines(&doc);
    let aliases = trigger.map(|trigger| docs::aliases(api, &trigger.operation.id));
    let idents: Vec<_> = get.path().map(|path| ident::value(&path.rust)).collect();
    let (verb, read) = (ident::value(file.verb), ident::value(&get.verb));
    let format = format_ident!("{}", file.format);
    let made = trigger.map(|trigger| {
        let verb = ident::value(&trigger.verb);
        // A response that does not say where the file is was worth asking for all the same.
        let url = url(api, &trigger.output, file).unwrap_or_else(|| quote!(|_| None));
        quote!(.made_by(self.#verb(#(&#idents),*), #url))
    });
    let request = quote! {
        crate::FileRequest::new(
            self.#read(#(&#idents),*),
            #url_of_get,
            crate::download::Format::#format,
        )
    };
    let request = match trigger {
        Some(trigger) if get.operation.published && !trigger.operation.published => {
            let condition = condition();
            quote! {
                let file = #request;
                #condition
                let file = file #made;
                file
            }
        }
        _ => quote!(#request #made),
    };
    let deprecated =
        get.operation.deprecated || trigger.is_some_and(|trigger| trigger.operation.deprecated);
    let deprecated = deprecated.then(|| quote!(#[deprecated] #[allow(deprecated)]));
    Ok(quote! {
        #doc
        #aliases
        #deprecated
        pub fn #verb(&self, #(#idents: impl std::fmt::Display),*) -> crate::FileRequest {
            #(let #idents = #idents.to_string();)*
            #request
        }
    })
}

fn doc(get: &Operation, trigger: Option<&Method<'_>>, file: &File) -> String {
    let noun = get.accessors.last().map(|noun| singular(noun));
    let noun = noun.unwrap_or_default().replace('_', " ");
    let article = match noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "an",
        false => "a",
    };
    let File {
        noun: kind, field, ..
    } = file;
    let route = docs::route(get);
    let more = match trigger {
        Some(trigger) if get.published && !trigger.operation.published => format!(
            "\nWith the feature `{UNPUBLISHED}` it is made first when it is missing, by {}.",
            code(&docs::endpoint(trigger.operation))
        ),
        _ => String::new(),
    };
    let (how, calls) = match trigger.filter(|_| more.is_empty()) {
        Some(trigger) => (
            ", which is made first when it is missing",
            format!("{}, then {route}", docs::route(trigger.operation)),
        ),
        None => (", once it is made", route),
    };
    format!(
        "Fetch the {kind} of {article} {noun}{how}.\n\n{calls}, until `{field}` is there; then \
         what is there, without the API key. See [`FileRequest`](crate::FileRequest).{more}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::Response;
    use crate::regen::sample;

    /// The sample with a thing that can be read by its code and has these fields.
    fn things(fields: Vec<Field>) -> Api {
        let mut api = sample::api();
        api.types
            .extend([sample::structure("Thing", sample::Goes::In, fields)]);
        api.operations.push(call("GET", "/things/{code}", "get"));
        api
    }

    fn call(method: &str, path: &str, verb: &str) -> Operation {
        Operation {
            verb: verb.to_owned(),
            accessors: vec!["things".to_owned()],
            parameters: vec![sample::path("code")],
            response: Response::Root {
                key: "thing".to_owned(),
                ty: TypeRef::Named("Thing".to_owned()),
            },
            ..sample::operation(verb, method, path)
        }
    }

    fn file_url(required: bool) -> Field {
        sample::root("file_url", TypeRef::String, required)
    }

    fn printed(api: &Api) -> Vec<String> {
        let methods = methods_of(api).unwrap();
        methods
            .iter()
            .map(|method| method.method.to_string().replace(' ', ""))
            .collect()
    }

    #[test]
    fn an_object_that_names_its_file_has_it_fetched() {
        assert_eq!(printed(&things(vec![])), Vec::<String>::new());
        let found = printed(&things(vec![file_url(false)]));
        assert_eq!(found.len(), 1);
        for expected in [
            "FetchthePDFofathing,onceitismade.",
            "`GET/things/{code}`",
            "pubfnfetch_pdf(&self,code:implstd::fmt::Display)->crate::FileRequest{",
            "crate::FileRequest::new(self.get(&code),|object|object.file_url,crate::download::Format::Pdf,)}",
        ] {
            assert!(found[0].contains(expected), "{expected}\n---\n{}", found[0]);
        }
        let found = printed(&things(vec![file_url(true)]));
        assert!(
            found[0].contains("|object|Some(object.file_url)"),
            "{found:?}"
        );
    }

    #[test]
    fn what_makes_the_file_is_called_first_and_may_say_nothing() {
        let mut api = things(vec![file_url(false)]);
        let download = call("POST", "/things/{code}/download", "download");
        api.operations.push(Operation {
            may_be_empty: true,
            ..download
        });
        let found = printed(&api);
        let expected = ".made_by(self.download(&code),|object|object?.file_url)";
        assert!(found[0].contains(expected), "{found:?}");
        let calls = "`POST/things/{code}/download`,then`GET/things/{code}`,until`file_url`";
        assert!(found[0].contains(calls), "{found:?}");

        let nothing = call("POST", "/things/{code}/download", "download");
        let last = api.operations.len() - 1;
        api.operations[last] = Operation {
            response: Response::Empty,
            ..nothing
        };
        let expected = ".made_by(self.download(&code),|_|None)";
        assert!(printed(&api)[0].contains(expected));
    }

    #[test]
    fn a_file_that_is_made_by_a_call_behind_the_feature_is_waited_for_without_it() {
        let mut api = things(vec![file_url(false)]);
        api.operations.push(Operation {
            published: false,
            ..call("POST", "/things/{code}/download", "download")
        });
        let methods = methods_of(&api).unwrap();
        assert!(methods[0].published);
        let found = printed(&api);
        for expected in [
            "letfile=crate::FileRequest::new(self.get(&code),",
            "#[cfg(feature=\"unpublished\")]letfile=file.made_by(self.download(&code),|object|object.file_url);file}",
            "FetchthePDFofathing,onceitismade.",
            "Withthefeature`unpublished`itismadefirstwhenitismissing,by`POST/things/{code}/download`.",
        ] {
            assert!(found[0].contains(expected), "{expected}\n---\n{}", found[0]);
        }
    }

    #[test]
    fn an_operation_of_the_same_name_is_an_error() {
        let mut api = things(vec![file_url(false)]);
        let clash = call("POST", "/things/{code}/fetch_pdf", "fetch_pdf");
        api.operations.push(clash);
        let error = methods_of(&api).err().unwrap();
        assert!(error.message.contains("`things.fetch_pdf`"), "{error:?}");
        assert_eq!(error.address.as_deref(), Some("GET /things/{code}"));
    }
}
