//! The SDK against the real server: guarantees, and SIGKILL of the platform and of the server.
//!
//! `ANNALS_KILL_ROUNDS` sets the rounds of killing (10; the full test run asks for 50). The
//! moments are drawn from a seed that is printed.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use annals_api::client::Client;
use annals_api::sdk::{End, Event, Guarantee, Object, Options, Recorder, SdkError, op};
use house::House;
use serde_json::Value;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn recorder(address: &str, token: &str, folder: &Path) -> Recorder {
    let client = Client::new(&format!("http://{address}"), Some(token)).unwrap();
    let patience = Duration::from_secs(2);
    let options = Options { strict_patience: patience, ..Options::in_folder(folder) };
    Recorder::open(client, options).unwrap()
}

/// The platform's events, oldest first.
fn events(house: &House, reader: &str) -> Vec<Value> {
    let path = "/v1/events?order=time&limit=1000&q=-service:audit-log";
    let (mut events, mut next) = (Vec::new(), path.to_owned());
    loop {
        let (status, page) = house.get(reader, &next);
        assert_eq!(status, 200, "{page}");
        events.extend(page["events"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(cursor) => next = format!("{path}&cursor={cursor}"),
            None => return events,
        }
    }
}

fn outcomes(house: &House, reader: &str) -> Vec<(String, String, String)> {
    let text = |event: &Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let told = events(house, reader);
    let told = told.iter();
    told.map(|event| (text(event, "operator"), text(event, "guarantee"), text(event, "outcome")))
        .collect()
}

fn told(operator: &str, guarantee: &str, outcome: &str) -> (String, String, String) {
    (operator.to_owned(), guarantee.to_owned(), outcome.to_owned())
}

/// Protects: each guarantee is visible on its event; an end that comes is told with it, one that
/// does not come is never made up; what goes on after its call is ended by its id.
#[test]
fn ends_are_told_and_never_made_up() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let recorder = recorder(&house.address, &emitter, &house.path("spool"));
    for (guarantee, word) in [
        (Guarantee::Strict, "strict"),
        (Guarantee::Spooled, "spooled"),
        (Guarantee::BestEffort, "best_effort"),
    ] {
        let begin = |who: &str| {
            let event = Event::new(op::CLUSTER_CREATE, who).object("cluster", "c-1");
            recorder.begin(event, guarantee).unwrap()
        };
        begin("done").finish(End::success().object("cluster", "c-42")).unwrap();
        drop(begin("dropped"));
        let later = begin("later").later();
        recorder.finish(&later, &End::denied("quota")).unwrap();
        let event = Event::new(op::CLUSTER_DELETE, "whole").related("parent", Object::new("stack"));
        recorder.record(event, &End::failure("in use"), guarantee).unwrap();
        assert!(recorder.flush(PATIENCE));
        let open = if guarantee == Guarantee::BestEffort { "unknown" } else { "pending" };
        let mut expected = vec![
            told("done", word, "success"),
            told("dropped", word, open),
            told("later", word, "denied"),
            told("whole", word, "failure"),
        ];
        let mut found = outcomes(&house, &reader);
        found.retain(|(_, guarantee, _)| guarantee == word);
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
    }
    for event in events(&house, &reader) {
        if event["operator"] == "done" || event["operator"] == "later" {
            assert!(event["duration_ms"].is_u64(), "{event}");
        }
        if event["operator"] == "done" {
            assert_eq!(event["object"]["id"], "c-42");
        }
    }
}

/// Protects: without a server strict refuses the act and leaves no sign of one that happened,
/// spooled goes on and loses nothing over a restart, best effort does not wait.
#[test]
fn a_server_that_is_away() {
    let mut house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let address = house.address.clone();
    let spool = house.path("spool");
    let first = recorder(&address, &emitter, &spool);
    house.kill();
    let begin = |recorder: &Recorder, who: &str, guarantee| {
        recorder.begin(Event::new(op::USER_DELETE, who), guarantee)
    };
    let refused = begin(&first, "strict", Guarantee::Strict);
    assert!(matches!(refused, Err(SdkError::Server(_))), "{refused:?}");
    begin(&first, "best", Guarantee::BestEffort).unwrap().finish(End::success()).unwrap();
    let open = begin(&first, "open", Guarantee::Spooled).unwrap();
    begin(&first, "done", Guarantee::Spooled).unwrap().finish(End::success()).unwrap();
    assert!(first.stats().waiting >= 3);
    let id = open.later();
    drop(first);
    let second = recorder(&address, &emitter, &spool);
    second.finish(&id, &End::failure("late")).unwrap();
    house.serve_at(&address);
    assert!(second.flush(PATIENCE), "{:?}", second.stats());
    let expected = [told("open", "spooled", "failure"), told("done", "spooled", "success")];
    assert_eq!(outcomes(&house, &reader), expected);
    // By its id the second process knows when it began.
    let all = events(&house, &reader);
    assert!(all.iter().all(|event| event["duration_ms"].is_u64()), "{all:?}");
}

/// Protects: what the server refuses for good is counted, kept in its quarantine, and holds up
/// nothing behind it.
#[test]
fn refused_events_hold_up_nothing() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let recorder = recorder(&house.address, &emitter, &house.path("spool"));
    let unknown = || Event::new(annals_api::sdk::Operation::site("no.such"), "zhang3");
    recorder.record(unknown(), &End::success(), Guarantee::Spooled).unwrap();
    drop(recorder.begin(unknown(), Guarantee::Spooled).unwrap());
    let good = Event::new(op::USER_DELETE, "zhang3");
    recorder.record(good, &End::success(), Guarantee::Spooled).unwrap();
    assert!(recorder.flush(PATIENCE));
    assert_eq!((recorder.stats().refused, events(&house, &reader).len()), (2, 1));
    let quarantine = house.get(&reader, "/v1/quarantine").1;
    assert_eq!(quarantine["items"].as_array().map(Vec::len), Some(2), "{quarantine}");
    assert!(recorder.begin(unknown(), Guarantee::Strict).is_err());
}

const CHILD: &str = "ANNALS_TEST_PLATFORM";

/// The platform that is killed: this same program, with its place in the environment. It acts,
/// each act being a line in a file, until it dies.
#[test]
fn platform() {
    let Ok(place) = std::env::var(CHILD) else { return };
    let (address, token) = (std::env::var("ADDRESS").unwrap(), std::env::var("TOKEN").unwrap());
    let place = Path::new(&place);
    let recorder = recorder(&address, &token, &place.join("spool"));
    let acts = std::fs::OpenOptions::new().append(true).create(true).open(place.join("acts"));
    let acts = &acts.unwrap();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let recorder = &recorder;
            scope.spawn(move || {
                for number in 0.. {
                    let strict = (worker + number) % 3 == 0;
                    let guarantee = if strict { Guarantee::Strict } else { Guarantee::Spooled };
                    let event = Event::new(op::CLUSTER_CREATE, "zhang3");
                    // No durable intent: no act.
                    let Ok(audited) = recorder.begin(event, guarantee) else { continue };
                    // The act: one write, which a kill cannot part.
                    (&*acts).write_all(format!("{}\n", audited.id()).as_bytes()).unwrap();
                    println!("acted");
                    if number % 7 == 6 {
                        let _ = audited.later();
                    } else {
                        audited.finish(End::success()).unwrap();
                    }
                }
            });
        }
    });
}

struct Platform(Child);

impl Platform {
    fn start(house: &House, token: &str) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["platform", "--exact", "--nocapture"])
            .env(CHILD, house.path(""))
            .envs([("ADDRESS", house.address.as_str()), ("TOKEN", token)])
            .stdout(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    /// Waits until it has acted so often, or is dead.
    fn wait_for(&mut self, acts: u64) {
        let lines = BufReader::new(self.0.stdout.as_mut().unwrap()).lines();
        let acted = lines.map_while(Result::ok).filter(|line| line.ends_with("acted"));
        let _ = acted.take(usize::try_from(acts).unwrap()).count();
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Protects: kill the platform or the server at any moment, as often as you like: every strict or
/// spooled operation that took effect is recorded as done or `unknown`, and none twice.
#[test]
fn every_act_is_recorded_once_through_kills() {
    let rounds: u32 =
        std::env::var("ANNALS_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(10);
    let mut seed: u64 =
        std::env::var("ANNALS_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_126);
    println!("seed {seed}");
    let mut house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let address = house.address.clone();
    for _ in 0..rounds {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut platform = Platform::start(&house, &emitter);
        platform.wait_for(1 + (seed >> 33) % 40);
        if (seed >> 40).is_multiple_of(2) {
            house.kill();
            house.serve_at(&address);
            platform.wait_for(1 + (seed >> 45) % 20);
        }
    }
    let recorder = recorder(&address, &emitter, &house.path("spool"));
    assert!(recorder.flush(PATIENCE), "{:?}", recorder.stats());
    assert_eq!(recorder.stats().refused, 0);
    let acts = std::fs::read_to_string(house.path("acts")).unwrap();
    let acts: BTreeSet<&str> = acts.lines().collect();
    let mut recorded = BTreeMap::new();
    for event in events(&house, &reader) {
        let (id, outcome) = (event["id"].as_str().unwrap(), event["outcome"].as_str().unwrap());
        assert_eq!(recorded.insert(id.to_owned(), outcome.to_owned()), None, "{id} twice");
    }
    assert!(acts.len() > rounds as usize, "{} acts", acts.len());
    for id in &acts {
        let outcome = recorded.get(*id).map(String::as_str);
        // `pending` becomes `unknown` when its limit is over.
        assert!(matches!(outcome, Some("success" | "pending")), "{id}: {outcome:?}");
    }
    // What did not take effect is not told as done.
    let untrue = recorded
        .iter()
        .filter(|(id, outcome)| *outcome == "success" && !acts.contains(id.as_str()));
    assert_eq!(untrue.count(), 0);
    assert_eq!(house.verify(&[]).status.code(), Some(0));
}
