//! Looking at a body as it passes: JSON, form fields, multipart fields; of files name, type, size
//! and SHA-256.
//!
//! What always holds: contents of files are never kept, and a body that can't be read is told by
//! its size and SHA-256 instead of not at all. It does not wait or read: chunks are pushed in.

mod multipart;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use multipart::Multipart;

/// A body as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    value: Value,
    /// The body itself, where it was JSON.
    text: Option<String>,
}

impl Data {
    /// What selectors see.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The bytes as they were sent, where they are JSON.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

impl From<Value> for Data {
    fn from(value: Value) -> Self {
        Self { value, text: None }
    }
}

/// A body that is being looked at: push every chunk, then finish.
#[derive(Debug)]
pub struct Capture {
    form: Form,
    content_type: Option<String>,
    bytes_max: usize,
    size: u64,
}

#[derive(Debug)]
enum Form {
    Json(Vec<u8>),
    Urlencoded(Vec<u8>),
    Multipart(Box<Multipart>),
    Opaque(Box<Sha256>),
}

impl Capture {
    /// A body of a type. At most `bytes_max` of JSON and of form fields are held; a larger body is
    /// told by its size and SHA-256, like one of an unknown type.
    pub fn new(content_type: Option<&str>, bytes_max: usize) -> Self {
        let text = content_type.unwrap_or_default();
        let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let form = match &*kind {
            "application/x-www-form-urlencoded" => Form::Urlencoded(Vec::new()),
            "multipart/form-data" => match multer::parse_boundary(text) {
                Ok(boundary) => Form::Multipart(Box::new(Multipart::new(boundary, bytes_max))),
                Err(_) => Form::Opaque(Box::default()),
            },
            kind if kind == "application/json" || kind.ends_with("+json") => Form::Json(Vec::new()),
            _ => Form::Opaque(Box::default()),
        };
        let content_type = (!kind.is_empty()).then_some(kind);
        Self { form, content_type, bytes_max, size: 0 }
    }

    /// The next bytes of the body.
    pub fn push(&mut self, chunk: &Bytes) {
        self.size += chunk.len() as u64;
        match &mut self.form {
            Form::Json(held) | Form::Urlencoded(held) => {
                if held.len() + chunk.len() <= self.bytes_max {
                    held.extend_from_slice(chunk);
                } else {
                    let hash = Sha256::new().chain_update(held).chain_update(chunk);
                    self.form = Form::Opaque(Box::new(hash));
                }
            }
            Form::Multipart(parts) => parts.push(chunk.clone()),
            Form::Opaque(hash) => hash.update(chunk),
        }
    }

    /// What of the body is recorded; none if there was none.
    pub fn finish(self) -> Option<Data> {
        let Self { form, content_type, size, .. } = self;
        if size == 0 {
            return None;
        }
        let opaque = |hash: Sha256| {
            let mut value = json!({"size": size, "sha256": hex(hash)});
            if let Some(content_type) = &content_type {
                value["type"] = Value::from(&**content_type);
            }
            Data::from(value)
        };
        Some(match form {
            Form::Json(bytes) => match serde_json::from_slice(&bytes) {
                Ok(value) => Data { value, text: String::from_utf8(bytes).ok() },
                Err(_) => opaque(Sha256::new().chain_update(&bytes)),
            },
            Form::Urlencoded(bytes) => {
                let mut fields = Fields::default();
                for (name, value) in form_urlencoded::parse(&bytes) {
                    fields.add(&name, Value::from(value));
                }
                Data::from(fields.finish())
            }
            Form::Multipart(parts) => Data::from(parts.finish()),
            Form::Opaque(hash) => opaque(*hash),
        })
    }
}

/// Fields of a form; one that comes again becomes a list.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

/// Fields of one form that are kept.
const FIELDS_COUNT_MAX: usize = 10_000;

impl Fields {
    fn add(&mut self, name: &str, value: Value) {
        let has_room = self.0.len() < FIELDS_COUNT_MAX;
        match self.0.get_mut(name) {
            None if has_room => drop(self.0.insert(name.to_owned(), value)),
            None => {}
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }

    fn finish(self) -> Value {
        Value::Object(self.0)
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
