//! The storage of the stand-in: files that its examples name are its own.

use bytes::Bytes;
use http::Method;
use http::header::HOST;
use serde_json::Value;

use super::record::ReceivedRequest;

const FOLDER: &str = "/files/";

/// A field that says where a file is, how the name of such a file ends, and what is in all of them.
struct File {
    field: &'static str,
    extension: &'static str,
    media_type: &'static str,
    content: &'static [u8],
}

const FILES: [File; 2] = [
    File {
        field: "file_url",
        extension: ".pdf",
        media_type: "application/pdf",
        // A document without pages.
        content: b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
                   2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n\
                   trailer<</Root 1 0 R>>\n%%EOF\n",
    },
    File {
        field: "xml_url",
        extension: ".xml",
        media_type: "application/xml",
        content: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Invoice/>\n",
    },
];

/// The file that a request asks for, with its media type. As with any storage, its address is all that it takes.
pub(super) fn requested(request: &ReceivedRequest) -> Option<(&'static str, Bytes)> {
    let name = request.target.strip_prefix(FOLDER)?;
    let file = FILES.iter().find(|file| name.ends_with(file.extension))?;
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    is_read.then(|| (file.media_type, Bytes::from_static(file.content)))
}

/// Makes an example name files of the server that the request went to.
pub(super) fn at_home(mut example: Value, request: &ReceivedRequest) -> Value {
    if let Some(host) = request.header(HOST.as_str()) {
        rename(&mut example, host);
    }
    example
}

fn rename(value: &mut Value, host: &str) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let file = FILES.iter().find(|file| file.field == name);
                match (file, &value) {
                    (Some(file), Value::String(_)) => {
                        let extension = file.extension;
                        *value = format!("http://{host}{FOLDER}example{extension}").into();
                    }
                    _ => rename(value, host),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, host)),
        _ => {}
    }
}
