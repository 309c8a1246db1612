//! A generated stream makes sense: it is walked once, from first line to last, against a model of
//! what exists, and every rule of a life cycle is a named check.

mod walk;

use std::collections::{BTreeMap, HashSet};

use annals_record::{Catalogue, Object, Record, RecordSalt, Related, Sender, Tag, Timestamp};
use annals_sample::{Generator, Options};
use serde_json::Value;
use walk::World;

fn options(seed: u64, events: u64, days: u32) -> Options {
    let until = Timestamp::parse("2026-11-22T00:00:00Z").expect("a valid time");
    Options { seed, events, days, until, scenarios: false }
}

fn stream(options: &Options) -> Vec<Value> {
    let mut generator = Generator::new(options);
    let mut events = Vec::new();
    while let Some(line) = generator.next_line() {
        let event: Value = serde_json::from_str(line.json).expect("every line is JSON");
        assert_eq!(event["id"], line.id);
        // Printed again it is as long: no key stands twice, nothing is escaped in vain.
        assert_eq!(event.to_string().len(), line.json.len(), "{}", line.json);
        events.push(event);
    }
    events
}

/// Every object is made before it is used, and used no more when it is gone; every end has its
/// beginning; every cause is there before what it caused. For several seeds, spans and densities.
#[test]
fn lives_make_sense() {
    let seeds = [(1, 20_000, 30), (2, 20_000, 1), (3, 20_000, 400), (4, 60_000, 7)];
    for (seed, events, days) in seeds {
        for scenarios in [false, true] {
            let options = Options { scenarios, ..options(seed, events, days) };
            let mut world = World::default();
            for (line, event) in stream(&options).iter().enumerate() {
                if let Err(broken) = world.see(event) {
                    panic!("{options:?}, line {}: {broken}: {event}", line + 1);
                }
            }
        }
    }
}

/// The seed document's 78 operations all appear in 20,000 events, and whatever appears is in the
/// catalogue with the service it is given.
#[test]
fn all_operations_appear() {
    let catalogue = Catalogue::built_in();
    for seed in 1..4 {
        let seen: HashSet<(String, String)> = stream(&options(seed, 20_000, 30))
            .iter()
            .map(|event| (text(event, "service"), text(event, "operation")))
            .collect();
        let known: HashSet<(String, String)> = catalogue
            .operations()
            .iter()
            .map(|operation| (operation.service.clone(), operation.code.clone()))
            .collect();
        let unknown: Vec<_> = seen.difference(&known).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let core = include_str!("../../record/data/catalogue.csv");
        let codes = core.lines().skip(1).map(|line| line.split(',').nth(3).expect("a code"));
        let missing: Vec<_> =
            codes.filter(|code| !seen.iter().any(|(_, other)| other == code)).collect();
        assert!(missing.is_empty(), "seed {seed}: {missing:?}");
    }
}

/// Every line is a record that the ledger takes without a fault, from a token that may be system;
/// and no password of the generator survives it.
#[test]
fn every_line_can_be_sealed() {
    let catalogue = Catalogue::built_in();
    let sender = Sender {
        emitter: "0a0b0c0d".to_owned(),
        region: None,
        stack_id: None,
        may_be_system: true,
        is_server: false,
    };
    let mut passwords = 0;
    for event in stream(&Options { scenarios: true, ..options(9, 20_000, 30) }) {
        let keys = event.as_object().expect("an object");
        let get = |key: &str| keys.get(key).map(|value| value.as_str().expect("a text").into());
        let json = |key: &str| keys.get(key).map(|value| value.to_string().into());
        passwords += usize::from(event.to_string().contains("Sample-"));
        let record = Record {
            id: get("id"),
            time: get("time"),
            region: get("region"),
            stack_id: get("stack_id"),
            service: get("service"),
            operation: get("operation"),
            operator: get("operator"),
            username: get("username"),
            operator_id: get("operator_id"),
            operator_name: get("operator_name"),
            user_type: get("user_type"),
            source_ip: get("source_ip"),
            source_port: keys.get("source_port").and_then(Value::as_u64),
            object: keys.get("object").map(object),
            objects: list(&event, "objects").iter().map(object).collect(),
            related: list(&event, "related").iter().map(related).collect(),
            request_data: json("request_data"),
            outcome: get("outcome"),
            reason: get("reason"),
            changes: json("changes"),
            request_id: get("request_id"),
            session_id: get("session_id"),
            cause_id: get("cause_id"),
            auth_method: get("auth_method"),
            user_agent: get("user_agent"),
            duration_ms: keys.get("duration_ms").and_then(Value::as_u64),
            ..Record::default()
        };
        let received = Timestamp::parse("2026-11-22T00:00:00Z").expect("a valid time");
        let sealed = record
            .seal(&catalogue, &sender, received, RecordSalt([7; 16]), || unreachable!())
            .unwrap_or_else(|faults| panic!("{faults:?}: {event}"));
        let request = sealed.leaf.value(Tag::REQUEST_DATA).unwrap_or_default();
        assert!(!request.contains("Sample-"), "{request}");
    }
    assert!(passwords > 20, "there is something to mask: {passwords}");
}

/// The mix is what the documents promise and the benchmarks assume.
#[test]
fn the_mix_is_believable() {
    let events = stream(&options(11, 50_000, 30));
    let count = events.len() as f64;
    let share = |holds: &dyn Fn(&Value) -> bool| {
        events.iter().filter(|event| holds(event)).count() as f64 / count
    };
    let outcome = |word: &'static str| move |event: &Value| event["outcome"] == word;
    let check = |what: &str, share: f64, range: std::ops::Range<f64>| {
        assert!(range.contains(&share), "{what}: {share}");
    };
    check("success", share(&outcome("success")), 0.90..0.985);
    check("failure", share(&outcome("failure")), 0.01..0.06);
    check("denied", share(&outcome("denied")), 0.004..0.04);
    check("by the platform", share(&|event| event["operator"] == "system"), 0.02..0.15);
    check("sessions", share(&|event| text(event, "operation").contains(".web")), 0.10..0.40);
    check("data", share(&|event| event["service"] == "data"), 0.20..0.60);
    let bytes: usize = events.iter().map(|event| event.to_string().len()).sum();
    check("mean length", bytes as f64 / count, 640.0..760.0);

    let largest = events.iter().map(|event| list(event, "objects").len()).max();
    assert!((800..=1_000).contains(&largest.unwrap_or(0)), "largest batch {largest:?}");
    let late = events.windows(2).filter(|pair| text(&pair[1], "time") < text(&pair[0], "time"));
    check("late", late.count() as f64 / count, 0.001..0.02);
    let people: HashSet<String> = events.iter().map(|event| text(event, "operator")).collect();
    assert!((150..2_500).contains(&people.len()), "{} operators", people.len());
    assert!(people.iter().all(|name| !name.contains([' ', ':'])));
    let mut regions = BTreeMap::<String, usize>::new();
    for event in &events {
        *regions.entry(text(event, "region")).or_default() += 1;
    }
    assert!(regions.len() >= 4, "{regions:?}");
    let until = "2026-11-22T00:00:00";
    assert!(events.iter().all(|event| text(event, "time").as_str() < until));
}

/// The trickle goes on with the same company at the clock's time, never ahead of it, though tasks of
/// a thin history were still due long before, and does not repeat an id of its history.
#[test]
fn the_trickle_follows_the_clock() {
    let options = options(13, 2_000, 30);
    let mut seen = HashSet::new();
    let mut generator = Generator::new(&options);
    while let Some(line) = generator.next_line() {
        seen.insert(line.id.to_owned());
    }
    let mut trickle = generator.into_trickle(120);
    let start = options.until.nanos();
    let mut count = 0;
    for second in 0..600 {
        let now = Timestamp::from_nanos(start + second * 1_000_000_000);
        while let Some(line) = trickle.next_line(now) {
            let event: Value = serde_json::from_str(line.json).expect("JSON");
            let time = Timestamp::parse(&text(&event, "time")).expect("a valid time");
            assert!(time <= now, "{time} at {now}");
            assert!(now.nanos() - time.nanos() <= 60_000_000_000, "{time} at {now} is long ago");
            assert!(seen.insert(line.id.to_owned()), "id given twice");
            count += 1;
        }
    }
    assert!((800..1_700).contains(&count), "{count} events in ten minutes at 120 a minute");

    // After a pause of a day it does not flood: at most what belongs to its last minute.
    let later = Timestamp::from_nanos(start + 86_400 * 1_000_000_000);
    let mut flood = 0;
    while trickle.next_line(later).is_some() {
        flood += 1;
    }
    assert!((1..400).contains(&flood), "{flood} events after a pause");
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn object(value: &Value) -> Object<'_> {
    let get = |key: &str| value[key].as_str().map(Into::into);
    Object { kind: get("type"), id: get("id"), name: get("name"), outcome: get("outcome") }
}

fn related(value: &Value) -> Related<'_> {
    let get = |key: &str| value[key].as_str().map(Into::into);
    Related { kind: get("type"), id: get("id"), name: get("name"), role: get("role") }
}
