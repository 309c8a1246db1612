//! What must hold for any bytes given to the crate `map`: nothing panics, every record can be
//! sealed (the server would refuse no line of a log), ids are distinct, and a state written down
//! between any two lines is taken up again unchanged.

use std::collections::HashSet;
use std::sync::LazyLock;

use annals_map::{
    Calendar, Decoder, EventIds, Fingerprint, Format, Kind, Place, RawLine, Settings, Source, open,
};
use annals_record::{Catalogue, RecordSalt, Sender, Timestamp};

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target; the tests of `map` run them all.
pub const BODIES: [(&str, Body); 2] = [("map_line", line), ("map_sshd", sshd)];

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
