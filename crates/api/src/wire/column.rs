//! Columns: an event as cells of a table, a CSV file or a Parquet file.
//!
//! A column is a field of `fields.csv`, by any of its names, or a path inside a JSON field
//! (`request_data.nodes`). Cells are read from the event as the API prints it, so that whoever
//! holds an event, server or client, makes the same table of it. With a language codes become
//! names; without one they stay what a filter and a program know.

use std::borrow::Cow;
use std::collections::HashMap;

use annals_record::FieldNames;
use serde_json::Value;

use super::catalogue::CatalogueAnswer;
use super::export::Lang;

/// The columns of a file where none are named.
pub const USUAL_COLUMNS: [&str; 20] = [
    "index",
    "time",
    "region",
    "stack_id",
    "service",
    "operation",
    "operator",
    "username",
    "user_type",
    "source_ip",
    "object.type",
    "object.id",
    "object.name",
    "outcome",
    "reason",
    "request_data",
    "changes",
    "session_id",
    "request_id",
    "id",
];

/// Fields whose values are JSON, into which a path may lead.
const JSON_FIELDS: [&str; 3] = ["request_data", "changes", "origin"];
/// Between the values of several objects in one cell.
const BETWEEN: &str = "; ";

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text.
    Text,
    /// A whole number of at most 2^53 - 1.
    Number,
    /// A moment, RFC 3339 in UTC.
    Time,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field's name.
    field: &'static str,
    /// The path inside it; empty for the field itself.
    path: String,
}

impl Column {
    /// The column of a name in either language, an alias, or a path inside a JSON field.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim();
        let names = FieldNames::built_in();
        if let Some(field) = names.find(word) {
            return Some(Self { field: &field.name, path: String::new() });
        }
        word.match_indices('.').find_map(|(dot, _)| {
            let field = names.find(&word[..dot])?.name.as_str();
            let path = &word[dot + 1..];
            let is_path = JSON_FIELDS.contains(&field) && !path.is_empty();
            is_path.then(|| Self { field, path: path.to_owned() })
        })
    }

    /// The columns of a file where none are named.
    #[must_use]
    pub fn usual() -> Vec<Self> {
        USUAL_COLUMNS.iter().filter_map(|name| Self::parse(name)).collect()
    }

    /// Its name in filters and in headings without a language.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        match self.path.as_str() {
            "" => self.field.into(),
            path => format!("{}.{path}", self.field).into(),
        }
    }

    /// Its heading.
    #[must_use]
    pub fn heading(&self, lang: Option<Lang>) -> Cow<'_, str> {
        let names = lang.and_then(|lang| Some((lang, FieldNames::built_in().find(self.field)?)));
        let name = match names {
            None => return self.name(),
            Some((Lang::En, field)) => &field.en,
            Some((Lang::Zh, field)) => &field.zh,
        };
        if self.path.is_empty() { name.into() } else { format!("{name}.{}", self.path).into() }
    }

    /// What its cells are.
    #[must_use]
    pub fn kind(&self) -> CellKind {
        match self.field {
            "index" | "source_port" | "duration_ms" => CellKind::Number,
            "time" | "received_time" => CellKind::Time,
            _ => CellKind::Text,
        }
    }

    /// The cell of an event, as the API prints events; none where it has nothing to show.
    #[must_use]
    pub fn cell<'a>(&self, event: &'a Value, words: &'a Words) -> Option<Cow<'a, str>> {
        match self.field {
            "object" => either(&targets(event, true), &["name", "id"]),
            "object.type" => joined(&targets(event, false), "type"),
            "object.id" => joined(&targets(event, false), "id"),
            "object.name" => joined(&targets(event, false), "name"),
            "related" => either(&related(event), &["name", "id"]),
            "user" => text(event.get("operator")?),
            "severity" | "access" => words.derived(self.field, event.get("operation")?.as_str()?),
            field if !self.path.is_empty() => joined(&inside(event.get(field)?, &self.path), ""),
            field => {
                let value = event.get(field)?;
                match value.as_str() {
                    Some(code) => Some(words.name(field, code)),
                    None => text(value),
                }
            }
        }
    }
}

/// The targets of an event; its related objects too where they count as well.
fn targets(event: &Value, and_related: bool) -> Vec<&Value> {
    let one = event.get("object").into_iter();
    let many = event.get("objects").and_then(Value::as_array).into_iter().flatten();
    let mut found: Vec<_> = one.chain(many).collect();
    if and_related && found.is_empty() {
        found = related(event);
    }
    found
}

fn related(event: &Value) -> Vec<&Value> {
    event.get("related").and_then(Value::as_array).into_iter().flatten().collect()
}

/// The values at a path, through the elements of arrays.
fn inside<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    if path.is_empty() {
        return vec![value];
    }
    match value {
        Value::Array(items) => items.iter().flat_map(|item| inside(item, path)).collect(),
        Value::Object(pairs) => {
            // A key may hold a point itself; the longest key that fits is tried first.
            let ends = path.match_indices('.').map(|(dot, _)| dot).rev();
            let mut keys = std::iter::once(path.len()).chain(ends);
            let found = keys.find_map(|end| Some((pairs.get(&path[..end])?, end)));
            found.map_or(Vec::new(), |(value, end)| {
                inside(value, path[end..].trim_start_matches('.'))
            })
        }
        _ => Vec::new(),
    }
}

/// One value as text; JSON as its text.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.into()),
        other => Some(other.to_string().into()),
    }
}

/// The values under `key` of each, or each itself.
fn joined<'a>(values: &[&'a Value], key: &str) -> Option<Cow<'a, str>> {
    let each = |value: &&'a Value| text(if key.is_empty() { value } else { value.get(key)? });
    join(values.iter().filter_map(each))
}

/// Of each the value under the first of `keys` that it has.
fn either<'a>(values: &[&'a Value], keys: &[&str]) -> Option<Cow<'a, str>> {
    let each = |value: &&'a Value| keys.iter().find_map(|key| text(value.get(key)?));
    join(values.iter().filter_map(each))
}

fn join<'a>(mut parts: impl Iterator<Item = Cow<'a, str>>) -> Option<Cow<'a, str>> {
    let first = parts.next()?;
    Some(parts.fold(first, |all, part| (all.into_owned() + BETWEEN + &part).into()))
}

/// Names of codes in one language, and what the catalogue says of operations.
#[derive(Clone, Debug, Default)]
pub struct Words {
    lang: Option<Lang>,
    services: HashMap<String, String>,
    operations: HashMap<String, OperationWords>,
}

#[derive(Clone, Debug)]
struct OperationWords {
    name: String,
    severity: String,
    access: String,
}

impl Words {
    /// The words of a catalogue; without a language codes stay codes.
    #[must_use]
    pub fn new(catalogue: &CatalogueAnswer, lang: Option<Lang>) -> Self {
        let choose = |en: &str, zh: &str, code: &str| match lang {
            None => code.to_owned(),
            Some(Lang::En) => en.to_owned(),
            Some(Lang::Zh) => zh.to_owned(),
        };
        let mut words = Self { lang, ..Self::default() };
        for service in &catalogue.services {
            let name = choose(&service.en, &service.zh, &service.code);
            words.services.insert(service.code.clone(), name);
            for operation in &service.operations {
                let name = choose(&operation.en, &operation.zh, &operation.code);
                let (severity, access) = (operation.severity.clone(), operation.access.clone());
                let of = OperationWords { name, severity, access };
                words.operations.insert(operation.code.clone(), of);
            }
        }
        words
    }

    /// The name of a field's value; the value itself where it has none.
    #[must_use]
    pub fn name<'a>(&'a self, field: &str, code: &'a str) -> Cow<'a, str> {
        let Some(lang) = self.lang else { return code.into() };
        match field {
            "service" => self.services.get(code).map_or(code.into(), |name| name.into()),
            "operation" => self.operations.get(code).map_or(code.into(), |of| (&of.name).into()),
            _ => {
                let values = FieldNames::built_in().values(field);
                let found = values.iter().find(|value| value.name == code);
                found.map_or(code.into(), |value| match lang {
                    Lang::En => (&value.en).into(),
                    Lang::Zh => (&value.zh).into(),
                })
            }
        }
    }

    fn derived<'a>(&'a self, field: &str, operation: &str) -> Option<Cow<'a, str>> {
        let of = self.operations.get(operation)?;
        Some(self.name(field, if field == "severity" { &of.severity } else { &of.access }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::catalogue::{Operation, Service};

    fn words(lang: Option<Lang>) -> Words {
        let operation = Operation {
            code: "cluster.create".to_owned(),
            en: "Create cluster".to_owned(),
            zh: "新建集群".to_owned(),
            severity: "medium".to_owned(),
            ..Operation::default()
        };
        let service = Service { operations: vec![operation], ..Service::default() };
        Words::new(&CatalogueAnswer { services: vec![service], ..CatalogueAnswer::default() }, lang)
    }

    // Protects: every kind of field has its cell, by any name of the column.
    #[test]
    fn cells() {
        let event = serde_json::json!({
            "index": 7, "operation": "cluster.create", "outcome": "denied",
            "objects": [{"type": "cluster", "id": "a", "name": "A"}, {"type": "cluster", "id": "b"}],
            "request_data": {"nodes": 4, "disks": [{"size": 1}, {"size": 2}], "a.b": "dot"},
        });
        let check = |column: &str, lang, expected: Option<&str>| {
            let column = Column::parse(column).expect("a column");
            assert_eq!(column.cell(&event, &words(lang)).as_deref(), expected, "{column:?}");
        };
        check("index", None, Some("7"));
        check("操作类型", None, Some("cluster.create"));
        check("operation", Some(Lang::Zh), Some("新建集群"));
        check("outcome", Some(Lang::En), Some("Denied"));
        check("severity", Some(Lang::Zh), Some("中"));
        check("object.id", None, Some("a; b"));
        check("object", None, Some("A; b"));
        check("object.name", None, Some("A"));
        check("request_data.nodes", None, Some("4"));
        check("请求数据.disks.size", None, Some("1; 2"));
        check("request_data.a.b", None, Some("dot"));
        check("request_data.disks", None, Some(r#"[{"size":1},{"size":2}]"#));
        check("reason", Some(Lang::Zh), None);
    }

    #[test]
    fn names_and_headings() {
        let column = Column::parse("请求数据.nodes").expect("a column");
        assert_eq!(column.name(), "request_data.nodes");
        assert_eq!(column.heading(Some(Lang::Zh)), "请求数据.nodes");
        assert_eq!(column.heading(Some(Lang::En)), "Request data.nodes");
        assert_eq!(Column::parse("nothing"), None);
        assert_eq!(Column::parse("operator.x"), None);
        assert_eq!(Column::usual().len(), USUAL_COLUMNS.len());
    }
}
