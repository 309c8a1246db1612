//! The one table of fields that can be searched: their names, and how each is compared.
//!
//! The words people write for a field (both languages, aliases) come from the record's own table.
//! Nothing here reads an event; `row.rs` does.

use std::sync::LazyLock;

use annals_record::FieldNames;

/// A field of an event, as a filter knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Free text: the words of names, reason and request data. It has no name in a filter.
    Anything,
    /// Region of the deployment.
    Region,
    /// Stack of the deployment.
    StackId,
    /// Code of the service.
    Service,
    /// Code of the operation.
    Operation,
    /// Severity of the operation, from the catalogue.
    Severity,
    /// What the operation does to its object, from the catalogue.
    Access,
    /// The login that acted.
    Operator,
    /// The account acted as or for.
    Username,
    /// Operator or username.
    User,
    /// The operator's stable id.
    OperatorId,
    /// The operator's display name.
    OperatorName,
    /// Kind of the operator's account.
    UserType,
    /// Address of the request.
    SourceIp,
    /// Port of the request.
    SourcePort,
    /// Type of a target.
    ObjectType,
    /// Id of a target.
    ObjectId,
    /// Name of a target.
    ObjectName,
    /// Id or name of a target or of a related object.
    Object,
    /// Id or name of a related object.
    Related,
    /// The request, as JSON.
    RequestData,
    /// What was there before and after, as JSON.
    Changes,
    /// Where a collector took it from, as JSON.
    Origin,
    /// How it ended.
    Outcome,
    /// Error text or comment.
    Reason,
    /// Correlation with a request.
    RequestId,
    /// Correlation with a session.
    SessionId,
    /// Id of the event that made this one happen.
    CauseId,
    /// Kind of authentication.
    AuthMethod,
    /// The caller's program.
    UserAgent,
    /// How long it took, in milliseconds.
    DurationMs,
    /// How the sender keeps events until they are acknowledged.
    Guarantee,
    /// Where the event stands in time; see `Kind::Time`.
    Time,
    /// When the server took it.
    ReceivedTime,
    /// The sender's id of the event.
    Id,
    /// The token that sent it.
    Emitter,
    /// Position in the ledger.
    Index,
}

/// How the values of a field are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word of a closed list or of the catalogue: whole, without case.
    Code,
    /// A name: whole, without case (NFKC case folding).
    Name,
    /// An identifier: whole and exact.
    Id,
    /// An address: alone, or as a prefix `10.2.0.0/16`.
    Ip,
    /// A number of 0 to 2^53 - 1.
    Number,
    /// A moment. The field `time` is where the event stands in the order of time: what its sender
    /// says, or `received_time` where that clock ran ahead.
    Time,
    /// A text: a word or phrase in it, without case.
    Text,
    /// JSON: as `Text` over keys and values, or a value at a path inside it.
    Json,
}

/// Every field that has a name, with its name and kind.
const TABLE: [(Field, &str, Kind); 36] = [
    (Field::Region, "region", Kind::Name),
    (Field::StackId, "stack_id", Kind::Id),
    (Field::Service, "service", Kind::Code),
    (Field::Operation, "operation", Kind::Code),
    (Field::Severity, "severity", Kind::Code),
    (Field::Access, "access", Kind::Code),
    (Field::Operator, "operator", Kind::Name),
    (Field::Username, "username", Kind::Name),
    (Field::User, "user", Kind::Name),
    (Field::OperatorId, "operator_id", Kind::Id),
    (Field::OperatorName, "operator_name", Kind::Name),
    (Field::UserType, "user_type", Kind::Code),
    (Field::SourceIp, "source_ip", Kind::Ip),
    (Field::SourcePort, "source_port", Kind::Number),
    (Field::ObjectType, "object.type", Kind::Name),
    (Field::ObjectId, "object.id", Kind::Id),
    (Field::ObjectName, "object.name", Kind::Name),
    (Field::Object, "object", Kind::Name),
    (Field::Related, "related", Kind::Name),
    (Field::RequestData, "request_data", Kind::Json),
    (Field::Changes, "changes", Kind::Json),
    (Field::Origin, "origin", Kind::Json),
    (Field::Outcome, "outcome", Kind::Code),
    (Field::Reason, "reason", Kind::Text),
    (Field::RequestId, "request_id", Kind::Id),
    (Field::SessionId, "session_id", Kind::Id),
    (Field::CauseId, "cause_id", Kind::Id),
    (Field::AuthMethod, "auth_method", Kind::Name),
    (Field::UserAgent, "user_agent", Kind::Text),
    (Field::DurationMs, "duration_ms", Kind::Number),
    (Field::Guarantee, "guarantee", Kind::Code),
    (Field::Time, "time", Kind::Time),
    (Field::ReceivedTime, "received_time", Kind::Time),
    (Field::Id, "id", Kind::Id),
    (Field::Emitter, "emitter", Kind::Id),
    (Field::Index, "index", Kind::Number),
];

/// How a sender may keep events; these words have no names in the record's table.
const GUARANTEES: [&str; 3] = ["strict", "spooled", "best_effort"];

impl Field {
    /// Every field that has a name, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(field, ..)| *field)
    }

    /// Its name in an event and in a printed filter; empty for free text.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |(_, name, _)| name)
    }

    /// How its values are compared.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.row().map_or(Kind::Text, |(.., kind)| *kind)
    }

    /// The field of a name or alias in either language, without regard to case.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        let name = FieldNames::built_in().find(word).map_or(word, |field| field.name.as_str());
        TABLE.iter().find(|row| row.1.eq_ignore_ascii_case(name)).map(|(field, ..)| *field)
    }

    /// The field of a word and the path inside it: `request_data.image.id` is the path `image.id`
    /// inside the request. Without a path the second part is empty.
    #[must_use]
    pub fn find_with_path(word: &str) -> Option<(Self, &str)> {
        let whole = Self::find(word).map(|field| (field, ""));
        whole.or_else(|| {
            word.match_indices('.').find_map(|(dot, _)| {
                let (field, path) = (Self::find(&word[..dot])?, &word[dot + 1..]);
                (field.kind() == Kind::Json && !path.is_empty()).then_some((field, path))
            })
        })
    }

    /// The name or alias most like `word`; in ASCII it is the short name that events use.
    #[must_use]
    pub fn nearest(word: &str) -> Option<&'static str> {
        let nearest = FieldNames::built_in().nearest(word)?;
        let short = || Self::find(nearest).map_or(nearest, Self::name);
        Some(if nearest.is_ascii() { short() } else { nearest })
    }

    /// The word of the value that `word` means, where the field has a closed list of values; the
    /// list itself where it has no such value. None for a field without such a list.
    pub(crate) fn listed_value(
        self,
        word: &str,
    ) -> Option<Result<&'static str, Vec<&'static str>>> {
        let same = |name: &str| name.to_lowercase() == word.to_lowercase();
        if self == Self::Guarantee {
            let found = GUARANTEES.into_iter().find(|name| same(name));
            return Some(found.ok_or_else(|| GUARANTEES.to_vec()));
        }
        let values = FieldNames::built_in().values(self.name());
        let found = values.iter().find(|value| {
            let names = [&value.name, &value.en, &value.zh];
            names.into_iter().chain(&value.aliases).any(|name| same(name))
        });
        let words = || values.iter().map(|value| value.name.as_str()).collect();
        (!values.is_empty()).then(|| found.map(|value| value.name.as_str()).ok_or_else(words))
    }

    /// Names of fields that hold a blank or a bracket, which would end a word otherwise.
    pub(crate) fn long_names() -> &'static [&'static str] {
        &LONG_NAMES
    }

    fn row(self) -> Option<&'static (Self, &'static str, Kind)> {
        TABLE.iter().find(|(field, ..)| *field == self)
    }
}

/// The longest first, so that no name hides one that it begins.
static LONG_NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let fields = FieldNames::built_in().all().iter();
    let words = fields.flat_map(|f| [&f.name, &f.en, &f.zh].into_iter().chain(&f.aliases));
    let mut names: Vec<_> =
        words.map(String::as_str).filter(|name| name.contains([' ', '('])).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names
});

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: every field of the record's table can be searched, by each of its names.
    #[test]
    fn every_name_finds_its_field() {
        for names in FieldNames::built_in().all() {
            let field = Field::find(&names.name);
            assert_eq!(field.map(Field::name), Some(names.name.as_str()));
            for word in [&names.en, &names.zh].into_iter().chain(&names.aliases) {
                assert_eq!(Field::find(&word.to_uppercase()), field, "{word}");
            }
        }
        assert!(Field::all().all(|field| Field::find(field.name()) == Some(field)));
        assert_eq!(Field::find("object.outcome"), None);
    }

    // Protects: a path begins behind the name of a JSON field and nowhere else.
    #[test]
    fn paths() {
        let check = |word, expected| assert_eq!(Field::find_with_path(word), expected, "{word}");
        check("request_data.image.id", Some((Field::RequestData, "image.id")));
        check("请求数据.nodes", Some((Field::RequestData, "nodes")));
        check("object.id", Some((Field::ObjectId, "")));
        check("operator.id", None);
        check("request_data.", None);
    }
}
