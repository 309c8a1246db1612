//! What of a request's body is recorded: JSON, form fields, multipart fields; of files their names.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::body::Beginning;

/// What stands in the place of a masked value.
const MASK: &str = "***";

/// A kind of body that is looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Urlencoded,
    /// With its boundary.
    Multipart(String),
}

impl Form {
    /// What the headers say; none for bodies that are passed on unseen.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Urlencoded),
            "multipart/form-data" => multer::parse_boundary(text).ok().map(Self::Multipart),
            kind if kind == "application/json" || kind.ends_with("+json") => Some(Self::Json),
            _ => None,
        }
    }

    /// The data. Of a body that was not seen to its end only multipart fields can be read.
    pub(super) async fn read(self, Beginning { bytes, is_whole }: Beginning) -> Option<Value> {
        match self {
            Self::Json if is_whole => serde_json::from_slice(&bytes).ok(),
            Self::Urlencoded if is_whole => Some(urlencoded(&bytes)),
            Self::Multipart(boundary) => Some(multipart(boundary, &bytes).await),
            _ => None,
        }
    }
}

fn urlencoded(bytes: &[u8]) -> Value {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        add(&mut fields, &name, value.into_owned().into());
    }
    Value::Object(fields)
}

/// Fields up to the end, or to where the body was not looked at further.
async fn multipart(boundary: String, bytes: &[u8]) -> Value {
    let mut fields = Map::new();
    let mut parts = multer::Multipart::with_reader(bytes, boundary);
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file) = part.file_name() {
            add(&mut fields, &name, json!({"file": file}));
        } else if let Ok(text) = part.text().await {
            add(&mut fields, &name, text.into());
        }
    }
    Value::Object(fields)
}

/// A field that comes again becomes a list.
fn add(fields: &mut Map<String, Value>, name: &str, value: Value) {
    match fields.get_mut(name) {
        None => drop(fields.insert(name.to_owned(), value)),
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// The data without the values at these keys, at any depth.
pub(super) fn masked(value: &Value, keys: &[String]) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| {
                    let is_masked = keys.contains(key);
                    let value = if is_masked { MASK.into() } else { masked(value, keys) };
                    (key.clone(), value)
                })
                .collect(),
        ),
        Value::Array(values) => values.iter().map(|value| masked(value, keys)).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, body: &str, is_whole: bool) -> Option<Value> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().expect("a header"));
        let form = Form::of(&headers)?;
        let beginning = Beginning { bytes: body.into(), is_whole };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(form.read(beginning))
    }

    // Protects: every kind of form is read, a file's contents never, and what was cut off says
    // nothing instead of something wrong.
    #[test]
    fn forms() {
        let check = |kind: &str, body: &str, is_whole, expected: Option<Value>| {
            assert_eq!(read(kind, body, is_whole), expected, "{kind} {body}");
        };
        check("application/json; charset=utf-8", r#"{"a":1}"#, true, Some(json!({"a": 1})));
        check("application/json", r#"{"a":"#, false, None);
        let form = "application/x-www-form-urlencoded";
        check(form, "a=1&b=x+y&a=2", true, Some(json!({"a": ["1", "2"], "b": "x y"})));
        check("text/plain", "a=1", true, None);
        let parts = "--XX\r\ncontent-disposition: form-data; name=\"folder\"\r\n\r\n/home\r\n\
                     --XX\r\ncontent-disposition: form-data; name=\"data\"; filename=\"a.sh\"\r\n\
                     \r\nsecret contents";
        let expected = json!({"folder": "/home", "data": {"file": "a.sh"}});
        let kind = "multipart/form-data; boundary=XX";
        check(kind, parts, false, Some(expected.clone()));
        check(kind, &format!("{parts}\r\n--XX--\r\n"), true, Some(expected));
    }

    // Protects: what a route masks never leaves the process.
    #[test]
    fn masks() {
        let value = json!({"a": [{"licence": {"key": 1}}], "b": 2});
        let expected = json!({"a": [{"licence": "***"}], "b": 2});
        assert_eq!(masked(&value, &["licence".to_owned()]), expected);
    }
}
