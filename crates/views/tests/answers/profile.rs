//! Profiles of users.

use annals_record::Record;
use annals_views::{Finding, Profile, Question};

use crate::lives::{Lives, act, at, object, progress, short};

/// From the 1st to the 9th somebody works from 9 to 12; on the 10th something else happens.
fn lives() -> Lives {
    let mut times = Vec::new();
    for day in 1..=10 {
        times.extend(
            (0..6).map(|half| format!("{day:02}T{:02}:{:02}", 9 + half / 2, half % 2 * 30)),
        );
    }
    let usual = times.iter().map(|time| Record {
        source_ip: Some("10.0.0.8".into()),
        object: Some(object("cluster c-1 farm")),
        ..act(time, "cluster.power_on", "li4")
    });
    let lives = Lives::of(usual);
    let night = |time, minute| Record {
        source_ip: Some("192.0.2.7".into()),
        object: Some(object("user u-9 wu5")),
        outcome: Some("denied".into()),
        ..act(["10T03:00", "10T03:01", "10T03:02", "10T03:03", "10T03:04"][minute], time, "LI4")
    };
    lives.tell((0..5).map(|minute| night("user.delete", minute)));
    lives.tell([
        Record { username: Some("li4".into()), ..act("10T12:00", "user.login", "system") },
        Record { object: Some(object("user u-7 li4")), ..act("10T12:01", "user.login", "wu5") },
        act("10T12:02", "user.login_unknown", "li4"),
    ]);
    lives
}

fn profile(lives: &Lives, question: &Question) -> Profile {
    lives.index.profile(question, "li4", &progress()).unwrap().value
}

fn day_10(lives: &Lives) -> Question {
    let (from, to) = (Some(at("10T00:00")), Some(at("11T00:00")));
    Question { from, to, ..lives.ask("", "") }
}

// Protects: what is counted, of whom, and what it is compared with.
#[test]
fn counts() {
    let lives = lives();
    let profile = profile(&lives, &day_10(&lives));
    assert_eq!((profile.events, profile.events_before, profile.active_days), (12, 6, 1));
    let seen = profile.seen.map(|(first, last)| [short(first.at), short(last.at)]);
    assert_eq!(seen, Some(["01T09:00".to_owned(), "10T12:00".to_owned()]));
    let compared = |values: &[annals_views::Compared]| {
        let line =
            |it: &annals_views::Compared| format!("{} {}/{}", it.value, it.events, it.before);
        values.iter().map(line).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(compared(&profile.services), "hpc-clusters 6/6, users 6/0");
    assert_eq!(
        compared(&profile.operations),
        "cluster.power_on 6/6, user.delete 5/0, user.login 1/0"
    );
    assert_eq!(compared(&profile.outcomes), "success 7/6, denied 5/0");
    assert_eq!(profile.sessions, 1);
    let [refusals] = &profile.refusals[..] else { panic!("{:?}", profile.refusals) };
    assert_eq!((refusals.operation.as_str(), refusals.events), ("user.delete", 5));
    let address = |it: &annals_views::Address| {
        let [first, last] = [it.first, it.last].map(|it| short(it.unwrap().at));
        format!("{} {} {first} {last}", it.address, it.events)
    };
    assert_eq!(
        profile.addresses.iter().map(address).collect::<Vec<_>>(),
        ["10.0.0.8 6 01T09:00 10T11:30", "192.0.2.7 5 10T03:00 10T03:04"]
    );
    let object = |it: &annals_views::Touched| format!("{:?} {}", it.thing.name, it.events);
    let objects: Vec<_> = profile.objects.iter().map(object).collect();
    assert_eq!(objects, [r#"Some("farm") 6"#, r#"Some("wu5") 5"#]);
    // The 10th of November 2026 is a Tuesday.
    let hours = [3, 9, 10, 11, 12].map(|hour| profile.week[24 + hour]);
    assert_eq!((hours, profile.week.iter().sum::<u64>()), ([5, 2, 2, 2, 1], 12));
    assert_eq!(profile.days.iter().map(|day| day.count).collect::<Vec<_>>(), [12]);
}

// Protects: an unusual day is told with what is usual; a usual one tells nothing.
#[test]
fn findings() {
    let lives = lives();
    let strange = profile(&lives, &day_10(&lives));
    assert_eq!(strange.baseline.events, 54);
    let rules: Vec<_> = strange.findings.iter().map(Finding::rule).collect();
    let expected =
        ["new_address", "new_operation", "new_operation", "unusual_hours", "more_refusals"];
    assert_eq!(rules, expected);
    let hours = vec![(24 + 3, 5)];
    assert!(strange.findings.contains(&Finding::UnusualHours { hours, events: 5, usual: 0 }));
    let (from, to) = (Some(at("9T00:00")), Some(at("10T00:00")));
    let usual = profile(&lives, &Question { from, to, ..lives.ask("", "") });
    assert_eq!((usual.events, usual.findings), (6, vec![]));
}

// Protects: without a range all of somebody's past is told, compared with nothing.
#[test]
fn all_time() {
    let lives = lives();
    let all = profile(&lives, &lives.ask("", ""));
    assert_eq!((all.events, all.events_before, all.active_days), (66, 0, 10));
    assert_eq!((all.findings, all.days.len()), (vec![], 10));
    let nobody = lives.index.profile(&lives.ask("", ""), "nobody", &progress()).unwrap().value;
    assert_eq!((nobody.events, nobody.seen, nobody.days), (0, None, vec![]));
    let hidden = profile(&lives, &lives.ask("", "operator:wu5"));
    assert_eq!((hidden.events, hidden.seen), (0, None));
}

// Protects: whoever comes back after a long silence is told, by dates.
#[test]
fn dormant() {
    let lives = Lives::of([
        Record { time: Some("2026-01-05T08:00:00Z".into()), ..act("1T08:00", "job.submit", "li4") },
        act("10T08:00", "job.submit", "li4"),
    ]);
    let profile = profile(&lives, &day_10(&lives));
    let [Finding::Dormant { again, .. }] = profile.findings[..] else {
        panic!("{:?}", profile.findings)
    };
    assert_eq!(again, at("10T08:00"));
}
