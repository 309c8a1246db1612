//! Events that the examples of the filter language find (`docs/guide/search.md`), so that a
//! newcomer who tries one sees what it means.
//!
//! They tell of one cluster on one day, some days ago; nothing in the generated events depends on
//! them.

use annals_record::Timestamp;

/// How long ago the day is.
const DAYS_AGO: i64 = 5;
const DAY_NANOS: i64 = 86_400 * 1_000_000_000;
const MINUTE_NANOS: i64 = 60 * 1_000_000_000;

/// What happened, in order, without id and time.
const ACTS: &str = include_str!("guide.ndjson");

/// The events as NDJSON, ending `DAYS_AGO` days before `now`.
pub(super) fn events(now: Timestamp) -> Vec<u8> {
    let last = now.nanos() - DAYS_AGO * DAY_NANOS;
    let acts: Vec<_> = ACTS.lines().filter_map(|act| act.strip_prefix('{')).collect();
    let mut lines = Vec::new();
    for (number, act) in acts.iter().enumerate() {
        let before = (acts.len() - number) as i64 * MINUTE_NANOS;
        let time = Timestamp::from_nanos(last - before);
        lines.extend(format!("{{\"id\":\"guide-{number}\",\"time\":\"{time}\",{act}\n").bytes());
    }
    lines
}
