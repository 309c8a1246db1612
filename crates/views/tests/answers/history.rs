//! Histories of one object.

use annals_record::{Object, Record};
use annals_views::{Changed, HistoryEvent, LifeMark, LifeStep, Position, Question};
use proptest::prelude::*;

use crate::lives::{Lives, act, intent, object, outcome, progress, related, short};

/// A cluster from its creation to its end, among events that are not its own.
fn lives() -> Lives {
    let on = |record: Record<'static>, words: &'static str| Record {
        object: Some(object(words)),
        ..record
    };
    let cluster = |time, operation, words| on(act(time, operation, "zhang3"), words);
    let asks =
        |record, request: &'static str| Record { request_data: Some(request.into()), ..record };
    Lives::of([
        asks(cluster("1T08:00", "cluster.create", "cluster c-1 farm"), r#"{"nodes":4}"#),
        Record {
            related: vec![related("cluster c-1 farm", "cluster")],
            ..on(act("2T08:00", "cluster.partition.create", "li4"), "partition p-1 debug")
        },
        // Another object with this id, and one with this name.
        on(act("2T09:00", "job.submit", "li4"), "job c-1"),
        on(act("2T09:30", "desktop.create", "li4"), "desktop d-9 c-1"),
        Record {
            outcome: Some("failure".into()),
            ..asks(cluster("3T08:00", "cluster.power_off", "cluster c-1"), r#"{"nodes":9}"#)
        },
        asks(cluster("4T08:00", "cluster.power_on", "cluster c-1 farm"), r#"{"nodes":8}"#),
        Record {
            changes: Some(r#"{"before":{"name":"farm"},"after":{"name":"barn"}}"#.into()),
            ..cluster("5T08:00", "cluster.power_off", "cluster c-1 barn")
        },
        cluster("6T08:00", "cluster.webssh.create", "cluster c-1 barn"),
        cluster("7T08:00", "cluster.release", "cluster c-1 barn"),
    ])
}

fn line(event: &HistoryEvent) -> String {
    let step = match event.step {
        Some(LifeStep::Created) => " created",
        Some(LifeStep::Deleted) => " deleted",
        None => "",
    };
    let changed = match &event.changed {
        Changed::Exact(difference) | Changed::Approximate(difference) => {
            let mark = if matches!(event.changed, Changed::Exact(_)) { "=" } else { "~" };
            let change = |change: &annals_views::Change| {
                let value = |side: &Option<String>| side.clone().unwrap_or_default();
                format!("{mark}{} {}>{}", change.path, value(&change.before), value(&change.after))
            };
            difference.entries.iter().map(change).collect::<Vec<_>>().join(", ")
        }
        Changed::Unavailable(why) => why.as_str().to_owned(),
    };
    let role = event.thing.role.as_deref().unwrap_or("target");
    let was = event.renamed_from.as_ref().map(|was| format!(" was {was}")).unwrap_or_default();
    let operation = event.found.leaf.core().operation();
    let time = short(event.found.position.at);
    format!("{time} {operation} {role}{step}{was}: {changed}")
}

/// The lines of a history, read `limit` events at a time.
fn told(lives: &Lives, question: &Question, object: [&str; 2], limit: usize) -> Vec<String> {
    let (mut lines, mut last) = (Vec::new(), None::<Position>);
    loop {
        let [kind, id] = object;
        let answer = lives.index.history(question, kind, id, last, limit, &progress()).unwrap();
        assert_eq!(answer.partial, None);
        let page = answer.value;
        assert!(page.events.len() <= limit);
        lines.extend(page.events.iter().map(line));
        match page.next {
            Some(next) => last = Some(next.last),
            None => return lines,
        }
    }
}

const CLUSTER: [&str; 2] = ["cluster", "c-1"];
const WHOLE: [&str; 7] = [
    "01T08:00 cluster.create target created: ~nodes >4",
    "02T08:00 cluster.partition.create cluster: nothing_said",
    "03T08:00 cluster.power_off target: not_done",
    "04T08:00 cluster.power_on target: ~nodes 4>8",
    r#"05T08:00 cluster.power_off target was farm: =name "farm">"barn""#,
    "06T08:00 cluster.webssh.create target: not_a_write",
    "07T08:00 cluster.release target deleted: nothing_said",
];

// Protects: a history is the object's own, whole, in order, and says the same however it is paged.
#[test]
fn life_of_a_cluster() {
    let lives = lives();
    for limit in [1, 2, 3, 100] {
        assert_eq!(told(&lives, &lives.ask("", ""), CLUSTER, limit), WHOLE, "{limit}");
    }
    let job = ["02T09:00 job.submit target created: nothing_said"];
    assert_eq!(told(&lives, &lives.ask("", ""), ["job", "c-1"], 10), job);
    assert!(told(&lives, &lives.ask("", ""), ["cluster", "c-2"], 10).is_empty());
}

// Protects: a page is full however many events of another object with the same id lie between.
#[test]
fn pages_reach_over_strangers() {
    let of = |words, operation| Record {
        object: Some(object(words)),
        ..act("1T08:00", operation, "zhang3")
    };
    let strangers = (0..350).map(|_| of("job c-1", "job.submit"));
    let first = std::iter::once(of("cluster c-1", "cluster.create"));
    let last = std::iter::once(of("cluster c-1", "cluster.release"));
    let lives = Lives::of(first.chain(strangers).chain(last));
    let [kind, id] = CLUSTER;
    let question = lives.ask("", "");
    let page = lives.index.history(&question, kind, id, None, 2, &progress()).unwrap().value;
    let indexes: Vec<_> = page.events.iter().map(|event| event.found.position.index).collect();
    assert_eq!((indexes, page.next), (vec![0, 351], None));
}

// Protects: what an event changed does not depend on which events are asked for.
#[test]
fn a_filter_hides_and_changes_nothing() {
    let lives = lives();
    let ask = lives.ask("operation:cluster.power_on", "");
    assert_eq!(told(&lives, &ask, CLUSTER, 1), WHOLE[3..4]);
    let from = Some(crate::lives::at("4T00:00"));
    let ask = Question { from, ..lives.ask("", "") };
    assert_eq!(told(&lives, &ask, CLUSTER, 2), WHOLE[3..]);
    let ask = Question { to: from, ..lives.ask("", "") };
    assert_eq!(told(&lives, &ask, CLUSTER, 2), WHOLE[..3]);
}

// Protects: nothing out of scope is told, nor anything that follows from it.
#[test]
fn a_scope_hides() {
    let lives = lives();
    let own = lives.ask("", "operator:li4");
    assert_eq!(told(&lives, &own, CLUSTER, 10), WHOLE[1..2]);
    let life = lives.index.life(&own, "cluster", "c-1", &progress()).unwrap().value;
    assert_eq!((life.created, life.deleted), (None, None));
}

// Protects: when an object was made and when it went, by whom.
#[test]
fn life_marks() {
    let lives = lives();
    let life = |kind| lives.index.life(&lives.ask("", ""), kind, "c-1", &progress()).unwrap().value;
    let mark = |mark: &Option<LifeMark>| {
        let mark = mark.as_ref()?;
        Some(format!("{} {} {:?}", short(mark.at.at), mark.operation, mark.operator))
    };
    let cluster = life("cluster");
    assert_eq!(cluster.first.map(|it| it.index), Some(0));
    assert_eq!(cluster.last.map(|it| it.index), Some(8));
    assert_eq!(mark(&cluster.created), Some("01T08:00 cluster.create Some(\"zhang3\")".into()));
    assert_eq!(mark(&cluster.deleted), Some("07T08:00 cluster.release Some(\"zhang3\")".into()));
    assert_eq!(cluster.name.as_deref(), Some("barn"));
    assert_eq!(life("nothing"), annals_views::Life::default());
}

// Protects: of a deletion of several that failed for one, that one is not told as deleted.
#[test]
fn one_of_several_failed() {
    let ended =
        |words, outcome: &'static str| Object { outcome: Some(outcome.into()), ..object(words) };
    let lives = Lives::of([
        Record {
            object: Some(object("cluster c-1")),
            ..act("1T08:00", "cluster.create", "zhang3")
        },
        Record {
            objects: vec![ended("cluster c-1", "failure"), ended("cluster c-2", "success")],
            outcome: Some("partial".into()),
            ..act("2T08:00", "cluster.release", "zhang3")
        },
    ]);
    let ask = lives.ask("", "");
    let failed = ["01T08:00 cluster.create target created: nothing_said".to_owned()]
        .into_iter()
        .chain(["02T08:00 cluster.release target: not_done".to_owned()]);
    assert_eq!(told(&lives, &ask, CLUSTER, 10), failed.collect::<Vec<_>>());
    let gone = ["02T08:00 cluster.release target deleted: nothing_said"];
    assert_eq!(told(&lives, &ask, ["cluster", "c-2"], 10), gone);
    let deleted = |id| lives.index.life(&ask, "cluster", id, &progress()).unwrap().value.deleted;
    assert_eq!(deleted("c-1"), None);
    assert!(deleted("c-2").is_some());
}

// Protects: what an operation turned out to concern stands in its outcome, for the index and for
// the history alike.
#[test]
fn related_in_the_end() {
    let release = |words| Record {
        object: Some(object("cluster c-9")),
        related: vec![related(words, "image")],
        ..act("1T08:00", "cluster.create", "zhang3")
    };
    let lives =
        Lives::of([intent(release("image i-1")), outcome(release("image i-2"), "e-0", "success")]);
    let ask = lives.ask("", "");
    let line = ["01T08:00 cluster.create image: nothing_said"];
    assert_eq!(told(&lives, &ask, ["image", "i-2"], 10), line);
    assert!(told(&lives, &ask, ["image", "i-1"], 10).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    // Protects: every event of an object is told once, in the order of time, however late it came
    // and wherever pages end.
    #[test]
    fn pages_join(
        events in prop::collection::vec((0..20_u32, 0..3_usize, 0..3_usize), 1..40),
        limit in 1..8_usize,
    ) {
        let ids = ["c-1", "c-2", "c-3"];
        let times: Vec<_> = events.iter().map(|(hour, ..)| format!("1T{hour:02}:00")).collect();
        let record = |(place, (_, target, other)): (usize, &(u32, usize, usize))| Record {
            object: Some(object(["cluster c-1", "cluster c-2", "job c-1"][*target])),
            related: vec![related(["cluster c-1", "node c-1", "cluster c-3"][*other], "other")],
            ..act(&times[place], "cluster.power_on", "li4")
        };
        let lives = Lives::of(events.iter().enumerate().map(record));
        let mut expected: Vec<_> = events
            .iter()
            .enumerate()
            .filter(|(_, (_, target, other))| *target == 0 || *other == 0)
            .map(|(index, (hour, ..))| (*hour, index))
            .collect();
        expected.sort_unstable();
        let expected: Vec<_> = expected.iter().map(|(hour, _)| format!("01T{hour:02}:00")).collect();
        let told = told(&lives, &lives.ask("", ""), ["cluster", ids[0]], limit);
        let times: Vec<_> = told.iter().map(|line| line[..8].to_owned()).collect();
        prop_assert_eq!(times, expected);
    }
}
