//! A ledger that was sealed several times, which through the program takes 256 MiB each.

use std::path::Path;

use annals_ledger::{Ledger, OnConflict, Options};
use annals_record::{Catalogue, Record, RecordSalt, Sender};

/// Makes a closed ledger of several sealed segments.
pub(crate) fn sealed_segments(data: &Path) {
    let options = Options { segment_bytes_max: 4_000, ..Options::default() };
    let ledger = Ledger::open(data, options).unwrap();
    let (appender, catalogue) = (ledger.appender(), Catalogue::built_in());
    let sender = Sender {
        emitter: "00c0ffee".to_owned(),
        region: Some("r".to_owned()),
        stack_id: Some("s".to_owned()),
        may_be_system: false,
        is_server: false,
    };
    for block in 0..20_u8 {
        let ticket = appender.ticket(20).unwrap();
        let at = ticket.received_time;
        let seal = |number: u8| {
            let record = Record {
                id: Some(format!("e-{block}-{number}").into()),
                time: Some("2026-11-20T08:30:00Z".into()),
                operation: Some("cluster.create".into()),
                operator: Some("zhang3".into()),
                ..Record::default()
            };
            let mut salt = [number; 16];
            salt[0] = block;
            record.seal(&catalogue, &sender, at, RecordSalt(salt), || unreachable!()).unwrap()
        };
        let batch = (0..20).map(seal).collect();
        appender.append(ticket, batch, OnConflict::Refuse).wait().unwrap();
    }
    ledger.close().unwrap();
}
