//! Events that the examples of the filter language find (`docs/guide/search.md`), so that a newcomer
//! who tries one sees what it means.
//!
//! They tell of one cluster on one day, some days ago; nothing in the generated events depends on
//! them.

use annals_record::Timestamp;

/// How long ago the day is.
const DAYS_AGO: i64 = 5;
const DAY_NANOS: i64 = 86_400 * 1_000_000_000;
const MINUTE_NANOS: i64 = 60 * 1_000_000_000;

/// What happened, in order, without its time.
const ACTS: [&str; 6] = [
    r#""operation":"cluster.create","operator":"zhang3","source_ip":"10.2.0.17","object":{"type":"cluster","id":"c-42","name":"render farm"},"request_data":{"nodes":4,"image":{"id":"img-7"},"network":"10.2.3.0/24"},"duration_ms":184000"#,
    r#""operation":"cluster.partition.create","operator":"zhang3","source_ip":"10.2.0.17","object":{"type":"partition","id":"p-7","name":"gpu"},"related":[{"type":"cluster","id":"c-42","name":"render farm","role":"cluster"}],"request_data":{"partition":"gpu","software":"cuda 12.4","nodes":2}"#,
    r#""operation":"cluster.node.edit","operator":"li4","source_ip":"2001:db8::1","object":{"type":"node","id":"n-3","name":"node03"},"related":[{"type":"cluster","id":"c-42","name":"render farm","role":"cluster"}],"request_data":{"start_script":"mkfs /dev/sdb"},"outcome":"failure","reason":"the disk is mounted","duration_ms":2100"#,
    r#""operation":"file.upload","operator":"li4","source_ip":"2001:db8::1","object":{"type":"file","name":"/home/li4/结果.dat"},"request_data":{"bytes":1048576}"#,
    r#""operation":"cluster.release","operator":"li4","source_ip":"10.2.0.23","object":{"type":"cluster","id":"c-42","name":"render farm"},"outcome":"denied","reason":"only its owner may release it""#,
    r#""operation":"cluster.release","operator":"zhang3","source_ip":"10.2.0.17","object":{"type":"cluster","id":"c-42","name":"render farm"},"duration_ms":42000"#,
];

/// The events as NDJSON, ending `DAYS_AGO` days before `now`.
pub(super) fn events(now: Timestamp) -> Vec<u8> {
    let last = now.nanos() - DAYS_AGO * DAY_NANOS;
    let mut lines = Vec::new();
    for (number, act) in (1..).zip(ACTS) {
        let before = (ACTS.len() as i64 - number) * MINUTE_NANOS;
        let time = Timestamp::from_nanos(last - before);
        lines.extend(format!("{{\"id\":\"guide-{number}\",\"time\":\"{time}\",{act}}}\n").bytes());
    }
    lines
}
