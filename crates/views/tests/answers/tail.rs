//! The live tail, and operations that are open.

use std::time::Duration;

use annals_record::Record;
use annals_views::{Found, Tail};

use crate::lives::{CATALOGUE, Lives, act, intent, outcome, progress};

fn line(found: &Found) -> String {
    let core = found.leaf.core();
    let ending = found.outcome.as_ref().map_or(core.outcome(), |leaf| leaf.core().outcome());
    let updates = found.updates.map(|index| format!(" updates {index}")).unwrap_or_default();
    format!("{} {} {ending}{updates}", found.position.index, core.id())
}

struct Seen {
    tail: Tail,
    looked_to: u64,
}

impl Seen {
    fn new(lives: &Lives, filter: &str, scope: &str, next: u64) -> Self {
        let ask = lives.ask(filter, scope);
        let tail = Tail::new(lives.ledger.reader(), &CATALOGUE, &ask, next);
        Self { tail, looked_to: next }
    }

    /// Everything up to the head, without waiting.
    fn all(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let batch = self.tail.advance(Duration::ZERO).unwrap();
            lines.extend(batch.events.iter().map(line));
            assert!(batch.looked_to >= self.looked_to);
            self.looked_to = batch.looked_to;
            if batch.looked_to == batch.head {
                return lines;
            }
        }
    }
}

fn named(act: Record<'static>, id: &'static str) -> Record<'static> {
    Record { id: Some(id.into()), ..act }
}

fn two_phases() -> [Record<'static>; 5] {
    let release = |time| act(time, "cluster.release", "li4");
    [
        named(intent(release("1T08:00")), "a"),
        named(act("1T08:01", "cluster.create", "wu5"), "b"),
        named(intent(release("1T08:02")), "c"),
        named(outcome(release("1T08:03"), "a", "failure"), "a-end"),
        named(act("1T07:00", "cluster.create", "li4"), "late"),
    ]
}

// Protects: each event comes once, in the order of position, and again with its outcome.
#[test]
fn everything_once() {
    let lives = Lives::of(two_phases());
    let mut seen = Seen::new(&lives, "", "", 0);
    let expected =
        ["0 a pending", "1 b success", "2 c pending", "3 a failure updates 0", "4 late success"];
    assert_eq!(seen.all(), expected);
    assert!(seen.all().is_empty());
    lives.tell([named(act("1T09:00", "cluster.create", "li4"), "d")]);
    assert_eq!(seen.all(), ["5 d success"]);
    assert_eq!(Seen::new(&lives, "", "", 3).all().len(), 3);
    assert_eq!(Seen::new(&lives, "", "", 99).tail.advance(Duration::ZERO).unwrap().events.len(), 0);
}

// Protects: filter and scope see the joined event.
#[test]
fn filter_and_scope() {
    let lives = Lives::of(two_phases());
    assert_eq!(Seen::new(&lives, "outcome:failure", "", 0).all(), ["3 a failure updates 0"]);
    assert_eq!(Seen::new(&lives, "", "operator:wu5", 0).all(), ["1 b success"]);
    assert_eq!(Seen::new(&lives, "-operator:li4", "operator:li4", 0).all(), [""; 0]);
}

// Protects: a tail goes over more leaves than one call looks at.
#[test]
fn many_leaves() {
    let lives = Lives::new();
    for _ in 0..5 {
        lives.tell((0..1_000).map(|_| act("1T08:00", "cluster.create", "li4")));
    }
    let mut seen = Seen::new(&lives, "", "", 0);
    let lines = seen.all();
    assert_eq!(lines.len(), 5_000);
    assert!(lines.iter().zip(0..).all(|(line, n)| *line == format!("{n} e-{n} success")));
    assert_eq!(Seen::new(&lives, "index>4998", "", 0).all(), ["4999 e-4999 success"]);
}

// Protects: an operation is open until its outcome comes, and only a two-phase one can be.
#[test]
fn open_operations() {
    let lives = Lives::of(two_phases());
    let says_so = Record { outcome: Some("pending".into()), ..act("1T10:00", "job.submit", "li4") };
    lives.tell([says_so]);
    let told = |scope| {
        let (ask, mut last, mut lines) = (lives.ask("", scope), None, Vec::new());
        loop {
            let answer = lives.index.open_operations(&ask, last, 1, &progress()).unwrap().value;
            lines.extend(answer.operations.iter().map(|operation| line(&operation.found)));
            match answer.next {
                Some(next) => last = Some(next.last),
                None => return lines,
            }
        }
    };
    assert_eq!(told(""), ["2 c pending"]);
    assert_eq!(told("operator:wu5"), [""; 0]);
    lives.tell([named(outcome(act("1T11:00", "cluster.release", "li4"), "c", "success"), "c-end")]);
    assert_eq!(told(""), [""; 0]);
}
