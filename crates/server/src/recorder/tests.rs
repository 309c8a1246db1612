//! What is told as one, and that memory is bounded.

use annals_record::Timestamp;

use super::*;
use crate::auth::identity::{Identity, Kind};
use crate::auth::role::{Role, Roles};
use crate::auth::visitor::Visitor;

fn caller(name: &str) -> Caller {
    let identity = Identity {
        kind: Kind::Account,
        id: name.to_owned(),
        name: name.to_owned(),
        display_name: name.to_owned(),
        roles: Roles::from(Role::Auditor),
        scope: None,
        own_only: false,
    };
    Caller { identity, visitor: Visitor::default() }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(1_800_000_000_000_000_000 + seconds * NANOS_PER_SECOND)
}

fn note(recorder: &Recorder, name: &str, asked: &[(&str, &str)], shown: &Shown, seconds: i64) {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let asked: Vec<(String, String)> = asked.iter().map(pair).collect();
    let caller = caller(name);
    let (operation, route) = ("event.query", "/v1/events");
    let read = Read { caller: &caller, operation, route, asked: &asked, shown };
    recorder.read(&read, at(seconds));
}

fn told(recorder: &Recorder, seconds: i64) -> Vec<String> {
    let due = recorder.take_due(at(seconds), false);
    let text = |due: &Due| {
        let record = due.record();
        let data = record.request_data.clone().unwrap_or_default();
        format!("{} {data}", record.operator.clone().unwrap_or_default())
    };
    let mut texts: Vec<String> = due.iter().map(text).collect();
    texts.sort();
    texts
}

// A console that refreshes, and pages that scroll, make one event in ten seconds and not one a
// call; another filter or another caller makes another. A range that moves with the clock is
// the same question.
#[test]
fn reads_are_told_once_for_caller_and_filter() {
    let recorder = Recorder::default();
    let (one, none) = (Shown::events(1), Shown::default());
    note(&recorder, "a", &[("q", "x"), ("from", "2026-11-01")], &one, 0);
    note(&recorder, "a", &[("q", "x"), ("from", "2026-11-02")], &one, 9);
    note(&recorder, "a", &[("q", "y")], &none, 1);
    note(&recorder, "b", &[("q", "x")], &none, 1);
    assert_eq!(told(&recorder, 9), Vec::<String>::new());
    assert_eq!(
        told(&recorder, 11),
        [
            r#"a {"calls":{"/v1/events":1},"events":0,"q":"y"}"#,
            r#"a {"calls":{"/v1/events":2},"events":2,"from":"2026-11-01","q":"x"}"#,
            r#"b {"calls":{"/v1/events":1},"events":0,"q":"x"}"#,
        ]
    );
    assert_eq!(told(&recorder, 100), Vec::<String>::new());
}

// Whoever asks ever new questions cannot fill the memory; that something is not told is told.
#[test]
fn what_is_gathered_is_bounded() {
    let recorder = Recorder::default();
    for number in 0..READS_MAX + 7 {
        note(&recorder, "a", &[("q", &number.to_string())], &Shown::default(), 0);
    }
    assert_eq!(told(&recorder, 10).len(), READS_MAX);
    note(&recorder, "a", &[], &Shown::default(), 11);
    assert_eq!(told(&recorder, 21), [r#"a {"calls":{"/v1/events":1},"events":0,"untold":7}"#]);

    let known = caller("a");
    for number in 0..REFUSALS_MAX as u32 + 5 {
        let address = Some(IpAddr::from(number.to_be_bytes()));
        recorder.refused(Some(&known), address, "forbidden", "/v1/count", at(0));
    }
    assert_eq!(told(&recorder, 61).len(), REFUSALS_MAX + 1);
}

// A sweep of guesses is one event a minute with its count, and the things looked at are named
// as far as there is room.
#[test]
fn refusals_and_things_are_counted() {
    let recorder = Recorder::default();
    for seconds in 0..30 {
        recorder.refused(None, None, "invalid_token", "/v1/events", at(seconds));
    }
    recorder.refused(Some(&caller("a")), None, "invalid_token", "/v1/count", at(31));
    assert_eq!(
        told(&recorder, 61),
        [
            r#"unknown {"code":"invalid_token","count":31,"others":true,"routes":{"/v1/count":1,"/v1/events":30}}"#
        ]
    );
    for number in 0..103 {
        note(&recorder, "a", &[], &Shown::thing("event", number.to_string()), 70);
    }
    let due = recorder.take_due(at(80), false);
    let record = due[0].record();
    assert_eq!((due.len(), record.objects.len()), (1, 100));
    assert!(record.request_data.expect("told").contains(r#""unnamed":3"#));
}
