//! What must hold for any bytes given to the crate `map`: nothing panics, every record can be
//! sealed (the server would refuse no line of a log), ids are distinct, and a state written down
//! between any two lines is taken up again unchanged.

use std::collections::HashSet;
use std::sync::LazyLock;

use annals_map::route::{Answer, Begun, Capture, Decided, Found, Request, Routes, User};
use annals_map::{
    Calendar, Decoder, EventIds, Fingerprint, Format, ImportMap, Kind, Place, RawLine, Row, RowIds,
    Settings, Source, Table, open,
};
use annals_record::{Catalogue, Record, RecordSalt, Sender, Timestamp};
use http::HeaderMap;

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target; the tests of `map` run them all.
pub const BODIES: [(&str, Body); 4] = [
    ("map_line", line),
    ("map_sshd", sshd),
    ("map_import_map", import_map),
    ("map_route_file", route_file),
];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);

fn decoder(format: Format) -> Decoder {
    let calendar = Calendar::of_year(Some("UTC"), 2026).expect("UTC is a zone");
    Decoder::new(format, calendar)
}

pub fn line(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for format in [Format::Auto, Format::Syslog, Format::Json] {
        let _ = decoder(format).decode(&text);
    }
}

pub fn sshd(data: &[u8]) {
    let mut source = fresh();
    let file = Fingerprint::of(data.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let (mut offset, mut ids) = (0, HashSet::new());
    for bytes in data.split(|byte| *byte == b'\n') {
        source.line(&RawLine { place: Place { file, offset }, bytes });
        offset += bytes.len() as u64 + 1;
        check(source.as_mut(), &mut ids);
        let state = source.save().expect("a state is JSON");
        let mut taken_up = fresh();
        taken_up.restore(&state).expect("a state written down can be read");
        assert_eq!(taken_up.save().expect("a state is JSON"), state);
        source = taken_up;
    }
    source.settle();
    source.flush();
    check(source.as_mut(), &mut ids);
}

/// A map file, and behind a zero byte the cells of a row under it: a record has an id that can be
/// one and an `origin` that is JSON within its limit, whatever they say.
pub fn import_map(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (map, cells) = text.split_once('\0').unwrap_or((&text, &text));
    let map = ImportMap::parse(map).unwrap_or_default();
    let Ok(mut table) = Table::new(map, RowIds::new(b"fuzz"), &[("collector", "fuzz")]) else {
        return;
    };
    let cell = |(place, text): (usize, &str)| {
        let heading = text.split('=').next().unwrap_or_default();
        let value = text.get(heading.len() + 1..).unwrap_or_default();
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        (if place % 7 == 6 { "time".into() } else { heading.into() }, value)
    };
    let row = Row { number: 1, cells: cells.split('\n').enumerate().map(cell).collect() };
    let record = table.map(&row).record;
    assert!(annals_record::is_event_id(record.id.as_deref().unwrap_or_default()));
    let origin = record.origin.expect("every record says where it is from");
    assert!(origin.len() <= annals_record::limits::ORIGIN_BYTES_MAX, "{}", origin.len());
    assert!(serde_json::from_str::<serde_json::Value>(&origin).is_ok(), "{origin}");
    let refused = table.refused(&row, "no row");
    assert!(serde_json::from_str::<serde_json::Value>(&refused).is_ok(), "{refused}");
}

fn fresh() -> Box<dyn Source> {
    let settings = Settings {
        name: "fuzz".to_owned(),
        key: EventIds::TEST_KEY,
        decoder: decoder(Format::Auto),
        region: None,
        stack_id: None,
    };
    open(Kind::Sshd, settings)
}

fn sender() -> Sender {
    Sender {
        emitter: "00000001".to_owned(),
        region: Some("r".to_owned()),
        stack_id: Some("s".to_owned()),
        may_be_system: false,
        is_server: false,
    }
}

fn check(source: &mut dyn Source, ids: &mut HashSet<String>) {
    let sender = sender();
    let received = Timestamp::parse("2026-11-22T20:00:00Z").expect("a time");
    for record in source.take() {
        let id = record.id.clone().expect("every record has an id").into_owned();
        let sealed =
            record.seal(&CATALOGUE, &sender, received, RecordSalt([0; 16]), || unreachable!());
        if let Err(faults) = sealed {
            panic!("{faults:?}: {record:?}");
        }
        assert!(ids.insert(id), "an id comes twice: {record:?}");
    }
}

/// A route file, and behind a line of `---` an exchange: method, path, status, then a JSON body
/// that is that of the request and of the answer. Whatever they hold, what comes out of them can be
/// sealed.
pub fn route_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (file, exchange) = text.split_once("\n---\n").unwrap_or((&text, ""));
    let routes = match Routes::parse(file, &CATALOGUE) {
        Ok(routes) => routes,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let (line, body) = exchange.split_once('\n').unwrap_or((exchange, ""));
    let mut words = line.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (method, target, status) = (word(), word(), word().parse().unwrap_or(200));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut capture = Capture::new(Some("application/json"), 1 << 16);
    capture.push(&body.as_bytes().to_vec().into());
    let (data, headers) = (capture.finish(), HeaderMap::new());
    let answer = Answer { status, headers: &headers, data: data.as_ref() };
    let user = User::Verified("zhang3");
    let request = Request {
        method,
        path,
        query,
        headers: &headers,
        data: data.as_ref(),
        user,
        session_id: None,
    };
    for feed in routes.feeds() {
        let _ = feed.path(Some(body));
        feed.read(&answer).items.into_iter().filter_map(|item| item.record).for_each(seals);
    }
    let Found::Matched(matched) = routes.find(method, path) else { return };
    match matched.begin(&request) {
        Begun::Nothing | Begun::Ignored => {}
        Begun::Act(act) => {
            let ending = act.end(&request, &answer);
            let mut outcome = ending.record;
            outcome.operation.clone_from(&act.record().operation);
            outcome.operator.clone_from(&act.record().operator);
            seals(act.record().clone());
            seals(outcome);
        }
        Begun::Undecided(undecided) => {
            undecided.note().cloned().into_iter().for_each(seals);
            if let Decided::Whole(ending) = undecided.decide(&request, &answer) {
                seals(ending.record);
            }
        }
    }
}

/// The server takes the record once it has an id and a time.
fn seals(mut record: Record<'static>) {
    let sender = Sender { may_be_system: true, ..sender() };
    let received = Timestamp::parse("2026-11-22T20:00:00Z").expect("a time");
    record.id.get_or_insert("x".into());
    record.time.get_or_insert("2026-11-22T20:00:00Z".into());
    let sealed = record.seal(&CATALOGUE, &sender, received, RecordSalt([0; 16]), || unreachable!());
    if let Err(faults) = sealed {
        panic!("{faults:?}: {record:?}");
    }
}
