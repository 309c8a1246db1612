//! Sessions from the events that begin and end them.

use annals_record::Record;
use annals_views::{Question, Session, SessionEnd, SessionStatus};
use proptest::prelude::*;

use crate::lives::{Lives, act, at, object, progress, related, short};

fn session<'r>(act: Record<'r>, id: &'r str) -> Record<'r> {
    Record {
        object: Some(object("desktop d-1")),
        session_id: (!id.is_empty()).then(|| id.into()),
        ..act
    }
}

fn lives() -> Lives {
    let user = |act| Record { object: Some(object("user u-7 li4")), ..act };
    let cause = r#"{"end_cause":"network"}"#;
    Lives::of([
        user(act("1T08:00", "user.login", "li4")),
        Record {
            source_ip: Some("10.0.0.8".into()),
            related: vec![related("node n-3", "node")],
            ..session(act("1T08:05", "desktop.webvnc.create", "li4"), "s-1")
        },
        // Not let in: no session.
        Record {
            outcome: Some("denied".into()),
            ..session(act("1T08:06", "desktop.webrdp.create", "wu5"), "s-9")
        },
        session(act("1T09:00", "desktop.webssh.create", "wu5"), ""),
        Record {
            username: Some("li4".into()),
            request_data: Some(cause.into()),
            ..session(act("1T10:00", "desktop.webvnc.disconnect", "system"), "s-1")
        },
        Record {
            username: Some("li4".into()),
            ..user(act("1T10:30", "session.timeout", "system"))
        },
        session(act("1T11:00", "desktop.webssh.create", "wu5"), ""),
        session(act("2T08:00", "desktop.webvnc.create", "wu5"), "s-2"),
        // The end names nobody that the session knows but its id.
        session(act("2T09:00", "desktop.webvnc.disconnect", "admin"), "s-2"),
        session(act("3T08:00", "desktop.webrdp.create", "li4"), "s-3"),
    ])
}

fn line(session: &Session) -> String {
    let kind = session.operation.split('.').nth(1).unwrap_or_default();
    let end = match &session.end {
        SessionEnd::Ended { at, by, cause, .. } => {
            let sign = if cause.inferred { "?" } else { "" };
            let by = by.as_deref().unwrap_or_default();
            format!("{} {}{sign} by {by}", short(at.at), cause.word)
        }
        SessionEnd::Superseded { by } => format!("{} superseded", short(by.at)),
        SessionEnd::Open => "open".to_owned(),
        SessionEnd::NotFound => "not found".to_owned(),
    };
    let user = session.username.as_deref().unwrap_or_default();
    format!("{} {kind} {user} - {end}", short(session.began.at))
}

fn told(lives: &Lives, question: &Question, status: SessionStatus, limit: usize) -> Vec<String> {
    let (mut lines, mut last) = (Vec::new(), None);
    loop {
        let answer = lives.index.sessions(question, status, last, limit, &progress()).unwrap();
        assert!(answer.value.sessions.len() <= limit);
        lines.extend(answer.value.sessions.iter().map(line));
        match answer.value.next {
            Some(next) => last = Some(next.last),
            None => return lines,
        }
    }
}

const ALL: [&str; 6] = [
    "03T08:00 webrdp li4 - open",
    "02T08:00 webvnc wu5 - 02T09:00 admin? by admin",
    "01T11:00 webssh wu5 - open",
    "01T09:00 webssh wu5 - 01T11:00 superseded",
    "01T08:05 webvnc li4 - 01T10:00 network by system",
    "01T08:00 login li4 - 01T10:30 timeout? by system",
];

// Protects: who was in from when to when, and who or what ended it, however it is paged.
#[test]
fn ends() {
    let lives = lives();
    for limit in [1, 2, 5, 100] {
        assert_eq!(told(&lives, &lives.ask("", ""), SessionStatus::Any, limit), ALL, "{limit}");
        let open = told(&lives, &lives.ask("", ""), SessionStatus::Open, limit);
        assert_eq!(open, [ALL[0], ALL[2]], "{limit}");
        let ended = told(&lives, &lives.ask("", ""), SessionStatus::Ended, limit);
        assert_eq!(ended, [ALL[1], ALL[3], ALL[4], ALL[5]], "{limit}");
    }
}

// Protects: an end is found although it matches neither filter nor range, but not out of scope.
#[test]
fn filter_range_scope() {
    let lives = lives();
    let any = SessionStatus::Any;
    assert_eq!(told(&lives, &lives.ask("source_ip:10.0.0.0/8", ""), any, 9), [ALL[4]]);
    let (from, to) = (Some(at("1T10:15")), Some(at("2T08:30")));
    let reaching = Question { from, to, ..lives.ask("", "") };
    assert_eq!(told(&lives, &reaching, any, 9), [ALL[1], ALL[2], ALL[3], ALL[5]]);
    let own = told(&lives, &lives.ask("", "operator:(li4 OR wu5)"), any, 9);
    assert_eq!(own[1], "02T08:00 webvnc wu5 - open");
}

// Protects: what else is told of a session.
#[test]
fn details() {
    let lives = lives();
    let ask = lives.ask("session_id:s-1", "");
    let answer = lives.index.sessions(&ask, SessionStatus::Any, None, 1, &progress()).unwrap();
    let [session] = &answer.value.sessions[..] else { panic!("one session") };
    assert_eq!(session.duration(), Some(at("1T10:00") - at("1T08:05")));
    assert_eq!(session.source_ip.as_deref(), Some("10.0.0.8"));
    assert_eq!(session.related[0].id.as_deref(), Some("n-3"));
    assert_eq!(session.related[0].role.as_deref(), Some("node"));
    assert_eq!((session.service.as_str(), session.id.as_str()), ("desktops", "e-1"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    // Protects: the pages of any length make one list, whatever ends what.
    #[test]
    fn pages_join(
        events in prop::collection::vec((0..24_u32, any::<bool>(), 0..2_usize, 0..3_usize), 1..40),
        limit in 1..6_usize,
    ) {
        let times: Vec<_> = events.iter().map(|(hour, ..)| format!("1T{hour:02}:00")).collect();
        // An id is one account's own, though it may be used again.
        let ids = [["", "s-1", "s-2"], ["", "s-3", "s-4"]];
        let record = |(place, (_, begins, who, id)): (usize, &(u32, bool, usize, usize))| {
            let end = if *begins { "desktop.webvnc.create" } else { "desktop.webvnc.disconnect" };
            session(act(&times[place], end, ["li4", "wu5"][*who]), ids[*who][*id])
        };
        let lives = Lives::of(events.iter().enumerate().map(record));
        let ask = lives.ask("", "");
        let whole = told(&lives, &ask, SessionStatus::Any, 1_000);
        prop_assert_eq!(whole.len(), events.iter().filter(|event| event.1).count());
        prop_assert_eq!(told(&lives, &ask, SessionStatus::Any, limit), whole);
    }
}
