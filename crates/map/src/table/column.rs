//! What a column means: a field of the event, by any of its names, or a place inside one.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use annals_record::FieldNames;

/// What the cells of a column are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A field of text, by its name in the event.
    Text(&'static str),
    /// When it happened.
    Time,
    /// A field that is a whole number, by its name in the event.
    Integer(&'static str),
    /// The ids, names or types of the objects, by the key in an object: `id`, `name`, `type`.
    Object(&'static str),
    /// Objects as JSON.
    Objects,
    /// Related objects as JSON.
    Related,
    /// The id of one related object.
    RelatedId {
        /// Its type.
        kind: String,
        /// What it is to the operation.
        role: Option<String>,
    },
    /// `request_data` or `changes`, or a place inside.
    Json {
        /// Which of the two.
        field: &'static str,
        /// Keys from the outside in; none: the whole.
        path: Vec<String>,
    },
    /// Operator where no other column says who.
    User,
    /// Known, and made anew by the server: not taken over.
    Derived,
    /// Not to be taken over, says the map.
    Ignored,
}

/// Fields of text that a table can fill.
const TEXTS: [&str; 17] = [
    "id",
    "region",
    "stack_id",
    "service",
    "operation",
    "operator",
    "username",
    "operator_id",
    "operator_name",
    "user_type",
    "source_ip",
    "outcome",
    "reason",
    "request_id",
    "session_id",
    "cause_id",
    "auth_method",
];
const INTEGERS: [&str; 2] = ["source_port", "duration_ms"];
const JSONS: [&str; 2] = ["request_data", "changes"];
/// What the server adds to an event, and how it was sent to another one.
const DERIVED: [&str; 11] = [
    "received_time",
    "emitter",
    "severity",
    "access",
    "index",
    "origin",
    "cuts",
    "clock_skew",
    "erased",
    "updates",
    "guarantee",
];

/// Names without case, blanks, `_`, `-` and `.` -> field: `ObjectID` is `object.id`.
static LOOSE: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for field in FieldNames::built_in().all() {
        let names = [&field.name, &field.en, &field.zh].into_iter().chain(&field.aliases);
        for name in names {
            words.entry(loose(name)).or_insert(field.name.as_str());
        }
    }
    words
});

impl Target {
    /// What a heading means by itself; `None` if nothing.
    pub(super) fn of_heading(heading: &str) -> Option<Self> {
        let heading = heading.trim();
        Self::of_field(heading)
            .or_else(|| Self::of_field(LOOSE.get(&loose(heading)).copied()?))
            .or_else(|| Self::of_path(heading))
    }

    /// What the map says a column means.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let word = word.trim();
        if word == "-" {
            return Some(Self::Ignored);
        }
        if let Some(rest) = word.strip_prefix("related.") {
            let (kind, role) = match rest.split_once('.') {
                Some((kind, role)) => (kind, Some(role.to_owned())),
                None => (rest, None),
            };
            let is_whole = !kind.is_empty() && role.as_deref() != Some("");
            return is_whole.then(|| Self::RelatedId { kind: kind.to_owned(), role });
        }
        Self::of_heading(word)
    }

    /// A field by any of its names.
    fn of_field(word: &str) -> Option<Self> {
        let name = FieldNames::built_in().find(word).map_or(word, |field| &field.name);
        let among = |names: &'static [&'static str]| names.iter().find(|text| **text == name);
        if let Some(field) = among(&TEXTS) {
            return Some(Self::Text(field));
        }
        if let Some(field) = among(&INTEGERS) {
            return Some(Self::Integer(field));
        }
        if let Some(field) = among(&JSONS) {
            return Some(Self::Json { field, path: Vec::new() });
        }
        match name {
            "user_agent" => Some(Self::Text("user_agent")),
            "time" => Some(Self::Time),
            "object.id" => Some(Self::Object("id")),
            "object.name" => Some(Self::Object("name")),
            "object.type" => Some(Self::Object("type")),
            "object" | "objects" => Some(Self::Objects),
            "related" => Some(Self::Related),
            "user" => Some(Self::User),
            _ => among(&DERIVED).map(|_| Self::Derived),
        }
    }

    /// A place inside a JSON field, such as `request_data.nodes`.
    fn of_path(word: &str) -> Option<Self> {
        word.match_indices('.').find_map(|(dot, _)| {
            let Some(Self::Json { field, .. }) = Self::of_field(&word[..dot]) else { return None };
            let path: Vec<_> = word[dot + 1..].split('.').map(str::to_owned).collect();
            (!path.iter().any(String::is_empty)).then_some(Self::Json { field, path })
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(field) | Self::Integer(field) => f.write_str(field),
            Self::Time => f.write_str("time"),
            Self::Object(key) => write!(f, "object.{key}"),
            Self::Objects => f.write_str("object"),
            Self::Related => f.write_str("related"),
            Self::RelatedId { kind, role: None } => write!(f, "related.{kind}"),
            Self::RelatedId { kind, role: Some(role) } => write!(f, "related.{kind}.{role}"),
            Self::Json { field, path } => {
                f.write_str(field)?;
                path.iter().try_for_each(|key| write!(f, ".{key}"))
            }
            Self::User => f.write_str("user"),
            Self::Derived => f.write_str("(made anew by the server)"),
            Self::Ignored => f.write_str("(ignored)"),
        }
    }
}

fn loose(name: &str) -> String {
    let skipped = |c: &char| c.is_whitespace() || matches!(c, '_' | '-' | '.');
    name.chars().filter(|c| !skipped(c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Option<Target>) {
        assert_eq!(Target::of_heading(word), expected, "{word}");
    }

    /// Every field a filter knows is a heading; both languages, aliases and spellings.
    #[test]
    fn headings() {
        for field in FieldNames::built_in().all() {
            for name in [&field.name, &field.en, &field.zh].into_iter().chain(&field.aliases) {
                assert!(Target::of_heading(name).is_some(), "{name}");
            }
        }
        check("操作人", Some(Target::Text("operator")));
        check(" Source IP ", Some(Target::Text("source_ip")));
        check("ObjectID", Some(Target::Object("id")));
        check("object_id", Some(Target::Object("id")));
        check("duration (ms)", Some(Target::Integer("duration_ms")));
        check("user_agent", Some(Target::Text("user_agent")));
        check("index", Some(Target::Derived));
        check("guarantee", Some(Target::Derived));
        let path = vec!["image".to_owned(), "id".to_owned()];
        check("请求数据.image.id", Some(Target::Json { field: "request_data", path }));
        check("operator.x", None);
        check("备注", None);
        check("-", None);
    }

    #[test]
    fn words_of_a_map() {
        assert_eq!(Target::of_word("-"), Some(Target::Ignored));
        let role = Some("parent".to_owned());
        let expected = Target::RelatedId { kind: "cluster".to_owned(), role };
        assert_eq!(Target::of_word("related.cluster.parent"), Some(expected));
        assert_eq!(Target::of_word("related."), None);
        assert_eq!(Target::of_word("related.a."), None);
        assert_eq!(Target::of_word("nothing"), None);
    }
}
