//! What must hold for any bytes given to the crate `map`: nothing panics, every record can be
//! sealed (the server would refuse no line of a log), ids are distinct, and a state written down
//! between any two lines is taken up again unchanged.

use std::collections::HashSet;
use std::sync::LazyLock;

use annals_map::{
    Calendar, Decoder, EventIds, Fingerprint, Format, ImportMap, Kind, Place, RawLine, Row, RowIds,
    Settings, Source, Table, open,
};
use annals_record::{Catalogue, RecordSalt, Sender, Timestamp};

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target; the tests of `map` run them all.
pub const BODIES: [(&str, Body); 3] =
    [("map_line", line), ("map_sshd", sshd), ("map_import_map", import_map)];

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

fn check(source: &mut dyn Source, ids: &mut HashSet<String>) {
    let sender = Sender {
        emitter: "00000001".to_owned(),
        region: Some("r".to_owned()),
        stack_id: Some("s".to_owned()),
        may_be_system: false,
        is_server: false,
    };
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
