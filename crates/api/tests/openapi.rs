//! The committed OpenAPI document is the one the code describes.
//!
//! After an intended change run with `ANNALS_UPDATE=1` and look at the difference before
//! committing it: what it says is what others rely on.

use std::path::Path;

use annals_api::openapi;

#[test]
fn the_committed_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let current = openapi::document_text();
    if std::env::var_os("ANNALS_UPDATE").is_some() {
        std::fs::write(&path, &current).expect("docs/openapi.json can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "docs/openapi.json is out of date; ANNALS_UPDATE=1 cargo test -p annals-api --test openapi"
    );
}

// Every reference must resolve, or generated clients break.
#[test]
fn every_reference_resolves() {
    let document = serde_json::to_value(openapi::document()).expect("the document is JSON");
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 10);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &serde_json::Value, references: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(|value| value.as_str()) {
                references.push(reference.to_owned());
            }
            members.values().for_each(|member| collect(member, references));
        }
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| collect(item, references));
        }
        _ => {}
    }
}
