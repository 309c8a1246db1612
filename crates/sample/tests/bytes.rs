//! The promise of `annals generate`: same arguments, same bytes; other arguments, other bytes.

use annals_record::Timestamp;
use annals_sample::{Options, write_labelled, write_ndjson};
use sha2::{Digest, Sha256};

fn options(seed: u64, events: u64) -> Options {
    let until = Timestamp::parse("2026-11-22T00:00:00Z").expect("a valid time");
    Options { seed, events, days: 30, until, scenarios: false }
}

fn bytes(options: &Options) -> Vec<u8> {
    let mut out = Vec::new();
    write_ndjson(options, &mut out).expect("a vector takes everything");
    out
}

/// Protects benchmarks and stored expectations against a silent change of what a seed means. Who
/// changes the stories on purpose writes the new hash here.
#[test]
fn a_seed_means_the_same_bytes_for_ever() {
    let hash = Sha256::digest(bytes(&options(42, 3_000)));
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "2896545a4dec77d961d256f8ebb6355dd14687bbc4f40cb81b3ac794d0209713");
}

#[test]
fn other_arguments_mean_other_bytes() {
    let base = options(1, 500);
    let first = bytes(&base);
    assert_eq!(first, bytes(&base));
    let others = [
        Options { seed: 2, ..base },
        Options { days: 7, ..base },
        Options { until: Timestamp::parse("2026-11-21T00:00:00Z").expect("valid"), ..base },
        Options { scenarios: true, ..base },
    ];
    for other in others {
        assert_ne!(first, bytes(&other), "{other:?}");
    }
}

/// The number asked for comes, also where it is tiny or the span is odd, and also with scenarios.
#[test]
fn as_many_lines_as_asked_for() {
    for events in [0, 1, 2, 7, 100, 1_001] {
        for (days, scenarios) in [(0, false), (1, true), (365, false)] {
            let options = Options { events, days, scenarios, ..options(3, 0) };
            let lines = bytes(&options).iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(lines as u64, events, "{options:?}");
        }
    }
}

/// Labels name lines of the stream, and every scenario comes to its end.
#[test]
fn labels_name_events_of_every_scenario() {
    let options = Options { scenarios: true, ..options(5, 30_000) };
    let (mut events, mut labels) = (Vec::new(), Vec::new());
    write_labelled(&options, &mut events, &mut labels).expect("a vector takes everything");
    let parse = |line: &str| -> serde_json::Value { serde_json::from_str(line).expect("JSON") };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let (events, labels) = (text(events), text(labels));
    let ids: std::collections::HashMap<String, serde_json::Value> = events
        .lines()
        .map(parse)
        .map(|event| (event["id"].as_str().expect("an id").to_owned(), event))
        .collect();
    let mut found = std::collections::BTreeMap::<String, Vec<&serde_json::Value>>::new();
    for label in labels.lines().map(parse) {
        let event = &ids[label["id"].as_str().expect("an id")];
        found
            .entry(label["scenario"].as_str().expect("a name").to_owned())
            .or_default()
            .push(event);
    }
    let operation = |event: &serde_json::Value| event["operation"].as_str().map(str::to_owned);
    for name in [
        "brute_force",
        "mass_download",
        "night_admin_deletion",
        "privilege_escalation",
        "self_approval",
        "shared_account",
    ] {
        let events = &found[name];
        assert!(events.len() >= 4, "{name}: {} events", events.len());
        let operators: std::collections::HashSet<_> =
            events.iter().map(|event| &event["operator"]).collect();
        assert_eq!(operators.len(), 1, "{name} is about one person");
    }
    let logins: Vec<_> = found["brute_force"]
        .iter()
        .filter(|e| operation(e).as_deref() == Some("user.login"))
        .collect();
    let outcomes: Vec<_> = logins.iter().map(|event| event["outcome"].as_str()).collect();
    assert!(outcomes.len() >= 6);
    assert_eq!(outcomes.last(), Some(&Some("success")));
    assert!(outcomes[..outcomes.len() - 1].iter().all(|outcome| *outcome == Some("failure")));
    let addresses: std::collections::HashSet<_> =
        found["shared_account"].iter().map(|event| &event["source_ip"]).collect();
    assert!(addresses.len() >= 2);
    let approved =
        found["self_approval"].iter().find(|event| event["operation"] == "approval.approve");
    let approved = approved.expect("an approval");
    assert_eq!(approved["related"][0]["name"], approved["operator"]);
}
