//! Tests of route files: one exchange in, one event out.

mod documents;
mod exchanges;
mod faults;
mod lifetimes;
mod live;
mod paths;

use annals_record::{Catalogue, Object, Record, RecordSalt, Related, Sender, Timestamp};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::*;

/// One exchange, owned.
#[derive(Clone, Debug)]
struct Exchange {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    data: Option<Data>,
    user: Option<String>,
    status: u16,
    answer_headers: HeaderMap,
    answer: Option<Data>,
}

impl Exchange {
    /// `DELETE /api/x?a=1`, answered with 200 by a verified user `zhang3`.
    fn new(line: &str) -> Self {
        let (method, target) = line.split_once(' ').expect("a method and a path");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            data: None,
            user: Some("zhang3".to_owned()),
            status: 200,
            answer_headers: HeaderMap::new(),
            answer: None,
        }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("a header"));
        self
    }

    fn body(mut self, body: Value) -> Self {
        self.data = captured(&body.to_string());
        self
    }

    fn user(mut self, user: Option<&str>) -> Self {
        self.user = user.map(str::to_owned);
        self
    }

    fn answered(mut self, status: u16, body: Value) -> Self {
        self.status = status;
        self.answer = if body.is_null() { None } else { captured(&body.to_string()) };
        self
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            data: self.data.as_ref(),
            user: self.user.as_deref().map_or(User::Unknown, User::Verified),
            session_id: None,
        }
    }

    fn answer(&self) -> Answer<'_> {
        Answer { status: self.status, headers: &self.answer_headers, data: self.answer.as_ref() }
    }
}

fn captured(json: &str) -> Option<Data> {
    let mut capture = Capture::new(Some("application/json"), 1 << 23);
    capture.push(&Bytes::copy_from_slice(json.as_bytes()));
    capture.finish()
}

#[track_caller]
fn parse(text: &str) -> Routes {
    match Routes::parse(text, &Catalogue::built_in()) {
        Ok(routes) => routes,
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// What the routes make of an exchange, as one event: of an intent and its outcome together.
#[track_caller]
fn event(routes: &Routes, exchange: &Exchange) -> Value {
    let (request, answer) = (exchange.request(), exchange.answer());
    let matched = match routes.find(request.method, request.path) {
        Found::Nothing => return json!("nothing"),
        Found::Ignored => return json!("ignored"),
        Found::Matched(matched) => matched,
    };
    match matched.begin(&request) {
        Begun::Nothing => json!("nothing"),
        Begun::Ignored => json!("ignored"),
        Begun::Act(act) => {
            check_sealed(act.record());
            let ending = act.end(&request, &answer);
            check_ending(&ending.record, act.record());
            let (mut whole, ending) = (shown(act.record()), shown(&ending.record));
            for (key, value) in ending.as_object().into_iter().flatten() {
                if key.starts_with("object") {
                    let members = whole.as_object_mut().expect("an object");
                    members.retain(|key, _| key != "object" && key != "objects");
                }
                whole[key] = value.clone();
            }
            whole
        }
        Begun::Undecided(undecided) => match undecided.decide(&request, &answer) {
            Decided::Nothing => json!("nothing"),
            Decided::Ignored => json!("ignored"),
            Decided::Closes(closing) => {
                json!({"closes": closing.key, "with": shown(&closing.record)})
            }
            Decided::Session(session) => json!({"session": session.id()}),
            Decided::Whole(ending) => {
                check_sealed(&ending.record);
                shown(&ending.record)
            }
        },
    }
}

/// The fields that a record has, as JSON, but for origin.
fn shown(record: &Record<'_>) -> Value {
    let mut event = Map::new();
    let texts = [
        ("id", &record.id),
        ("time", &record.time),
        ("operation", &record.operation),
        ("operator", &record.operator),
        ("username", &record.username),
        ("outcome", &record.outcome),
        ("reason", &record.reason),
        ("request_id", &record.request_id),
        ("session_id", &record.session_id),
        ("cause_id", &record.cause_id),
        ("auth_method", &record.auth_method),
        ("user_agent", &record.user_agent),
        ("source_ip", &record.source_ip),
    ];
    for (key, text) in texts {
        event.extend(text.as_deref().map(|text| (key.to_owned(), Value::from(text))));
    }
    for (key, text) in [("request_data", &record.request_data), ("changes", &record.changes)] {
        let json = text.as_deref().map(|text| serde_json::from_str(text).expect("JSON"));
        event.extend(json.map(|json: Value| (key.to_owned(), json)));
    }
    let object = |object: &Object<'_>| {
        told([
            ("type", &object.kind),
            ("id", &object.id),
            ("name", &object.name),
            ("outcome", &object.outcome),
        ])
    };
    let related = |related: &Related<'_>| {
        told([
            ("role", &related.role),
            ("type", &related.kind),
            ("id", &related.id),
            ("name", &related.name),
        ])
    };
    event.extend(record.object.iter().map(|it| ("object".to_owned(), object(it))));
    if !record.objects.is_empty() {
        event.insert("objects".to_owned(), record.objects.iter().map(object).collect());
    }
    if !record.related.is_empty() {
        event.insert("related".to_owned(), record.related.iter().map(related).collect());
    }
    Value::Object(event)
}

fn told(texts: [(&str, &Option<std::borrow::Cow<'_, str>>); 4]) -> Value {
    let texts = texts.into_iter();
    let members =
        texts.filter_map(|(key, text)| Some((key.to_owned(), Value::from(text.as_deref()?))));
    Value::Object(members.collect())
}

/// The server takes the record.
#[track_caller]
fn check_sealed(record: &Record<'_>) {
    let sender = Sender {
        emitter: "00000001".to_owned(),
        region: Some("r".to_owned()),
        stack_id: Some("s".to_owned()),
        may_be_system: true,
        is_server: false,
    };
    let received = Timestamp::parse("2026-11-22T20:00:00Z").expect("a time");
    let mut record = record.clone();
    record.id.get_or_insert("x".into());
    record.time.get_or_insert("2026-11-22T20:00:00Z".into());
    let catalogue = Catalogue::built_in();
    let sealed = record.seal(&catalogue, &sender, received, RecordSalt([0; 16]), || unreachable!());
    if let Err(faults) = sealed {
        panic!("{faults:?}: {record:?}");
    }
}

/// The server takes it as the outcome of its intent.
#[track_caller]
fn check_ending(ending: &Record<'static>, intent: &Record<'static>) {
    assert!(ending.outcome.is_some(), "{ending:?}");
    assert!(ending.operation.is_none() && ending.operator.is_none(), "{ending:?}");
    let mut whole = ending.clone();
    whole.operation.clone_from(&intent.operation);
    whole.operator.clone_from(&intent.operator);
    check_sealed(&whole);
}

/// One route of the file, one exchange, one event.
#[track_caller]
fn check(file: &str, exchange: Exchange, expected: Value) {
    assert_eq!(event(&parse(file), &exchange), expected, "{exchange:?}\n{file}");
}
