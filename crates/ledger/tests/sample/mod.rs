//! Small sealed events, made from a number.
#![allow(dead_code, reason = "each test file uses its part")]

#[cfg(feature = "testing")]
pub(crate) mod harness;

use annals_record::{Catalogue, Record, RecordSalt, Sealed, Sender, Timestamp};
use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);

/// The id of event `number`.
pub(crate) fn id(number: u64) -> String {
    format!("event-{number:08}")
}

/// Event `number` of the usual emitter.
pub(crate) fn event(number: u64, received: Timestamp) -> Sealed {
    event_of("00c0ffee", number, received)
}

/// Event `number` of another emitter.
pub(crate) fn event_of(emitter: &str, number: u64, received: Timestamp) -> Sealed {
    seal(emitter, number, "started", received)
}

/// Another act under the same id.
pub(crate) fn other_event(number: u64, received: Timestamp) -> Sealed {
    seal("00c0ffee", number, "stopped", received)
}

fn seal(emitter: &str, number: u64, what: &str, received: Timestamp) -> Sealed {
    let data = format!(r#"{{"node":"n{}","what":"{what}","try":{}}}"#, number % 100, number % 7);
    let time = Timestamp::from_nanos(1_700_000_000_000_000_000 + number as i64 * 1_000_000);
    let operation = &CATALOGUE.operations()[number as usize % 20];
    let record = Record {
        id: Some(Cow::Owned(id(number))),
        time: Some(Cow::Owned(time.to_string())),
        service: Some(Cow::Borrowed(&*operation.service)),
        operation: Some(Cow::Borrowed(&*operation.code)),
        operator: Some(Cow::Owned(format!("user{}", number % 50))),
        request_data: Some(Cow::Owned(data)),
        ..Record::default()
    };
    let sender = Sender {
        emitter: emitter.to_owned(),
        region: Some("r1".to_owned()),
        stack_id: Some("s1".to_owned()),
        may_be_system: false,
        is_server: false,
    };
    let mut salt = [7; 16];
    salt[..8].copy_from_slice(&number.to_be_bytes());
    record.seal(&CATALOGUE, &sender, received, RecordSalt(salt), || unreachable!()).unwrap()
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
