//! `Event`: an event as the API shows it.

use serde_json::Value;

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event(pub(crate) Value);

impl Event {
    /// A text field; empty where it is not there.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.text("outcome") == "success"
    }

    /// The target or targets.
    pub(crate) fn objects(&self) -> Vec<&Value> {
        let one = Some(&self.0["object"]).filter(|object| object.is_object());
        one.into_iter().chain(list(&self.0["objects"])).collect()
    }

    pub(crate) fn related(&self) -> Vec<&Value> {
        list(&self.0["related"]).collect()
    }

    /// Whether something is related as this type or in this role.
    pub(crate) fn is_related(&self, word: &str) -> bool {
        self.related().iter().any(|related| {
            let is_named = has_text(related, "id") || has_text(related, "name");
            is_named && (related["type"] == word || related["role"] == word)
        })
    }

    /// A value inside of the request data, at any depth.
    pub(crate) fn data(&self, key: &str) -> Option<&Value> {
        find(&self.0["request_data"], key)
    }

    /// All texts of the request data.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        gather(&self.0["request_data"], &mut texts);
        texts
    }
}

/// A text that says something.
pub(crate) fn has_text(value: &Value, key: &str) -> bool {
    value[key].as_str().is_some_and(|text| !text.is_empty())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn find<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => match members.get(key) {
            Some(found) => Some(found),
            None => members.values().find_map(|value| find(value, key)),
        },
        Value::Array(values) => values.iter().find_map(|value| find(value, key)),
        _ => None,
    }
}

fn gather<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Object(members) => members.values().for_each(|value| gather(value, texts)),
        Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
        _ => {}
    }
}
