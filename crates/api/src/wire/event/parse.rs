//! From the JSON text of one event to a record, with every fault of its form.
//!
//! A fault of syntax ends the reading, since nothing behind it can be trusted; faults of single
//! fields do not, so that a sender learns of all of them at once.

use super::json::{Scalar, for_each_item, for_each_pair};
use annals_record::limits::{FAULTS_COUNT_MAX, INTEGER_MAX, OBJECTS_COUNT_MAX, RELATED_COUNT_MAX};
use annals_record::{Fault, FieldNames, Nearest, Object, Record, Related, codes};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Reads one event. `Err`: the text is not one JSON object. Otherwise the record, with whatever
/// could be read, and the faults of single fields; the caller adds those of `Record::seal`.
pub fn parse_event(text: &[u8]) -> Result<(Record<'_>, Vec<Fault>), Fault> {
    parse(text, None)
}

/// Reads how an operation ended: an object with those fields of an event that say so. As
/// [`parse_event`].
pub fn parse_outcome(text: &[u8]) -> Result<(Record<'_>, Vec<Fault>), Fault> {
    parse(text, Some(KEYS_OF_OUTCOME))
}

fn parse<'a>(
    text: &'a [u8],
    only: Option<&'static [&'static str]>,
) -> Result<(Record<'a>, Vec<Fault>), Fault> {
    let text = simdutf8::compat::from_utf8(text).map_err(|fault| {
        let message = format!("byte {} is not UTF-8", fault.valid_up_to());
        Fault::new(codes::BAD_UTF8, "", message)
    })?;
    let mut event = Event { only, ..Event::default() };
    match for_each_pair(text, |key, value| event.take(key, value)) {
        Ok(()) => Ok((event.record, event.faults)),
        Err(fault) => Err(syntax_fault(text, &fault)),
    }
}

/// What `serde_json` says, in our codes. It has no finer classes than its texts.
fn syntax_fault(text: &str, fault: &serde_json::Error) -> Fault {
    let said = fault.to_string();
    let reason = said.split(" at line ").next().unwrap_or_default();
    if fault.is_data() {
        return Fault::new(codes::WRONG_TYPE, "", "an event is a JSON object");
    }
    match text.trim_start().chars().next() {
        Some('{') => {}
        Some('\u{feff}') => {
            let message = "a byte order mark stands before the event; leave it out";
            return Fault::new(codes::BAD_JSON, "", message);
        }
        first => {
            let begins = first.map_or("is empty", |_| "does not begin with `{`");
            let message = format!("an event is a JSON object; this {begins}");
            return Fault::new(codes::BAD_JSON, "", message);
        }
    }
    let code = match reason.contains("hex escape") {
        true => codes::LONE_SURROGATE,
        false => codes::BAD_JSON,
    };
    let (line, column) = (fault.line(), fault.column());
    let place =
        if line > 1 { format!("line {line}, column {column}") } else { format!("column {column}") };
    Fault::new(code, "", format!("{place}: {reason}"))
}

macro_rules! keys {
    ($($name:ident $text:literal)*) => {
        /// The keys of an event, in the order of the contract.
        #[derive(Clone, Copy)]
        enum Key {
            $($name),*
        }

        const KEYS: &[&str] = &[$($text),*];

        impl Key {
            fn named(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

keys! {
    Id "id"
    Time "time"
    Region "region"
    StackId "stack_id"
    Service "service"
    Operation "operation"
    Operator "operator"
    Username "username"
    OperatorId "operator_id"
    OperatorName "operator_name"
    UserType "user_type"
    SourceIp "source_ip"
    SourcePort "source_port"
    Object "object"
    Objects "objects"
    Related "related"
    RequestData "request_data"
    Outcome "outcome"
    Reason "reason"
    Changes "changes"
    RequestId "request_id"
    SessionId "session_id"
    CauseId "cause_id"
    Origin "origin"
    Guarantee "guarantee"
    AuthMethod "auth_method"
    UserAgent "user_agent"
    DurationMs "duration_ms"
}

/// What an outcome may say; everything else was said by its intent. The last four count only where
/// the intent says nothing: what only the answer shows.
const KEYS_OF_OUTCOME: &[&str] = &[
    "outcome",
    "reason",
    "changes",
    "object",
    "objects",
    "related",
    "duration_ms",
    "request_data",
    "request_id",
    "session_id",
    "cause_id",
];

/// Unknown keys for which the nearest known one is looked for.
const HINTS_COUNT_MAX: usize = 8;
/// Characters of an unknown key that are shown.
const SHOWN_CHARS_MAX: usize = 64;

static NEAREST: LazyLock<Nearest> = LazyLock::new(|| {
    let mut nearest = Nearest::default();
    KEYS.iter().for_each(|key| nearest.add(key));
    nearest
});

/// An event being read.
#[derive(Default)]
struct Event<'a> {
    record: Record<'a>,
    faults: Vec<Fault>,
    /// The keys it may have, if not all.
    only: Option<&'static [&'static str]>,
    /// One bit for each place in `KEYS` that was seen.
    seen: u32,
    hints: usize,
}

impl<'a> Event<'a> {
    fn take(&mut self, key: Cow<'a, str>, raw: &'a str) {
        let Some(known) = Key::named(&key) else {
            return self.unknown("", &key);
        };
        let place = known as usize;
        let field = KEYS[place];
        if let Some(only) = self.only.filter(|only| !only.contains(&field)) {
            let message = format!("the intent says this; an outcome has {}", only.join(", "));
            return self.fault(codes::UNKNOWN_FIELD, field, message);
        }
        if self.seen >> place & 1 == 1 {
            return self.fault(codes::DUPLICATE_KEY, field, "stands in the event twice");
        }
        self.seen |= 1 << place;
        match known {
            Key::SourcePort => self.record.source_port = self.integer(field, raw),
            Key::DurationMs => self.record.duration_ms = self.integer(field, raw),
            Key::RequestData => self.record.request_data = json_value(raw),
            Key::Origin => self.record.origin = json_value(raw),
            Key::Changes => self.record.changes = self.changes(raw),
            Key::Object => self.record.object = self.object(raw),
            Key::Objects => self.record.objects = self.objects(raw),
            Key::Related => self.record.related = self.related(raw),
            Key::Id => self.record.id = self.text(|| field.into(), raw),
            Key::Time => self.record.time = self.text(|| field.into(), raw),
            Key::Region => self.record.region = self.text(|| field.into(), raw),
            Key::StackId => self.record.stack_id = self.text(|| field.into(), raw),
            Key::Service => self.record.service = self.text(|| field.into(), raw),
            Key::Operation => self.record.operation = self.text(|| field.into(), raw),
            Key::Operator => self.record.operator = self.text(|| field.into(), raw),
            Key::Username => self.record.username = self.text(|| field.into(), raw),
            Key::OperatorId => self.record.operator_id = self.text(|| field.into(), raw),
            Key::OperatorName => self.record.operator_name = self.text(|| field.into(), raw),
            Key::UserType => self.record.user_type = self.text(|| field.into(), raw),
            Key::SourceIp => self.record.source_ip = self.text(|| field.into(), raw),
            Key::Outcome => self.record.outcome = self.text(|| field.into(), raw),
            Key::Reason => self.record.reason = self.text(|| field.into(), raw),
            Key::RequestId => self.record.request_id = self.text(|| field.into(), raw),
            Key::SessionId => self.record.session_id = self.text(|| field.into(), raw),
            Key::CauseId => self.record.cause_id = self.text(|| field.into(), raw),
            Key::Guarantee => self.record.guarantee = self.text(|| field.into(), raw),
            Key::AuthMethod => self.record.auth_method = self.text(|| field.into(), raw),
            Key::UserAgent => self.record.user_agent = self.text(|| field.into(), raw),
        }
    }

    fn fault(
        &mut self,
        code: &'static str,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) {
        if self.faults.len() < FAULTS_COUNT_MAX {
            self.faults.push(Fault::new(code, field, message));
        }
    }

    fn unknown(&mut self, prefix: &str, key: &str) {
        let shown: String = key.chars().take(SHOWN_CHARS_MAX).collect();
        self.hints += 1;
        let nearest = (self.hints <= HINTS_COUNT_MAX && prefix.is_empty())
            .then(|| nearest_key(&shown))
            .flatten();
        let message = match nearest {
            Some(nearest) => format!("no event has this field; the nearest is \"{nearest}\""),
            None => "no event has this field".to_owned(),
        };
        self.fault(codes::UNKNOWN_FIELD, format!("{prefix}{shown}"), message);
    }

    fn text(
        &mut self,
        field: impl Fn() -> Cow<'static, str>,
        raw: &'a str,
    ) -> Option<Cow<'a, str>> {
        match Scalar::of(raw) {
            Scalar::Text(text) => return Some(text),
            Scalar::Null => {}
            Scalar::LoneSurrogate => {
                let message = "half of a surrogate pair is not allowed";
                self.fault(codes::LONE_SURROGATE, field(), message);
            }
            _ => self.fault(codes::WRONG_TYPE, field(), "must be a string"),
        }
        None
    }

    fn integer(&mut self, field: &'static str, raw: &str) -> Option<u64> {
        match Scalar::of(raw) {
            Scalar::Integer(value) if value <= INTEGER_MAX => return Some(value),
            Scalar::Null => {}
            Scalar::Integer(_) | Scalar::Number => {
                let message = format!("must be an integer of 0 to {INTEGER_MAX}");
                self.fault(codes::INTEGER_RANGE, field, message);
            }
            _ => self.fault(codes::WRONG_TYPE, field, "must be an integer"),
        }
        None
    }

    fn changes(&mut self, raw: &'a str) -> Option<Cow<'a, str>> {
        let json = json_value(raw)?;
        let mut seen = [false; 2];
        let pairs = for_each_pair(raw, |key, _| {
            let Some(place) = ["before", "after"].iter().position(|known| *known == key) else {
                return self.unknown("changes.", &key);
            };
            if std::mem::replace(&mut seen[place], true) {
                let field = format!("changes.{key}");
                self.fault(codes::DUPLICATE_KEY, field, "stands in the changes twice");
            }
        });
        if pairs.is_err() {
            self.fault(codes::WRONG_TYPE, "changes", "must be an object {before, after}");
            return None;
        }
        Some(json)
    }

    fn object(&mut self, raw: &'a str) -> Option<Object<'a>> {
        let [kind, id, name] = self.parts(|| "object".into(), raw, ["type", "id", "name"])?;
        Some(Object { kind, id, name, outcome: None })
    }

    fn objects(&mut self, raw: &'a str) -> Vec<Object<'a>> {
        let keys = ["type", "id", "name", "outcome"];
        let parts = self.items("objects", raw, OBJECTS_COUNT_MAX, keys);
        let object = |[kind, id, name, outcome]: [_; 4]| Object { kind, id, name, outcome };
        parts.into_iter().map(object).collect()
    }

    fn related(&mut self, raw: &'a str) -> Vec<Related<'a>> {
        let keys = ["type", "id", "name", "role"];
        let parts = self.items("related", raw, RELATED_COUNT_MAX, keys);
        let related = |[kind, id, name, role]: [_; 4]| Related { kind, id, name, role };
        parts.into_iter().map(related).collect()
    }

    /// The objects of an array. One more than allowed is read, so that `seal` sees the excess.
    fn items<const N: usize>(
        &mut self,
        field: &'static str,
        raw: &'a str,
        count_max: usize,
        keys: [&'static str; N],
    ) -> Vec<[Option<Cow<'a, str>>; N]> {
        let mut found = Vec::new();
        if raw == "null" {
            return found;
        }
        let count = for_each_item(raw, count_max + 1, |place, item| {
            found.extend(self.parts(|| format!("{field}[{place}]").into(), item, keys));
        });
        if count.is_err() {
            self.fault(codes::WRONG_TYPE, field, "must be an array of objects");
        }
        found
    }

    /// The texts of an object with the given keys.
    fn parts<const N: usize>(
        &mut self,
        field: impl Fn() -> Cow<'static, str>,
        raw: &'a str,
        keys: [&'static str; N],
    ) -> Option<[Option<Cow<'a, str>>; N]> {
        if raw == "null" {
            return None;
        }
        let mut parts = [const { None }; N];
        let mut seen = [false; N];
        let pairs = for_each_pair(raw, |key, value| {
            let Some(place) = keys.iter().position(|known| *known == key) else {
                return self.unknown(&format!("{}.", field()), &key);
            };
            let path = || format!("{}.{}", field(), keys[place]).into();
            match std::mem::replace(&mut seen[place], true) {
                true => self.fault(codes::DUPLICATE_KEY, path(), "stands in the object twice"),
                false => parts[place] = self.text(path, value),
            }
        });
        match pairs {
            Ok(()) => Some(parts),
            Err(fault) => {
                let fault = syntax_fault(raw, &fault);
                let code = fault.code;
                self.fault(code, field(), format!("must be an object of {}", keys.join(", ")));
                None
            }
        }
    }
}

/// JSON as sent; `null` is the same as absent.
fn json_value(raw: &str) -> Option<Cow<'_, str>> {
    (raw != "null").then_some(Cow::Borrowed(raw))
}

/// The known key that an unknown one may mean: by another name of its field, else by spelling.
fn nearest_key(key: &str) -> Option<&'static str> {
    let renamed = FieldNames::built_in().find(key).and_then(|field| {
        let name = field.name.split('.').next().unwrap_or_default();
        KEYS.iter().find(|known| **known == name).copied()
    });
    renamed.or_else(|| NEAREST.find(key))
}
