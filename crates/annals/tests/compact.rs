//! `annals compact`, and a server that compacts behind its work, as black boxes.
#![allow(clippy::unwrap_used)]

mod house;

use std::time::{Duration, Instant};

use house::sealed::sealed_segments;
use house::{House, annals};
use serde_json::Value;

const DEADLINE: Duration = Duration::from_secs(60);

fn compact(house: &House) -> (i32, Value) {
    let done = annals(&["compact", "--json", "--data", house.data().to_str().unwrap()]);
    let answer = serde_json::from_slice(&done.stdout).unwrap_or(Value::Null);
    (done.status.code().unwrap(), answer)
}

/// A stopped ledger gets smaller and stays whole; the second time there is nothing to do; a folder
/// without a ledger gets none, and one that is in use is refused.
#[test]
fn a_stopped_ledger() {
    let mut house = House::closed();
    assert_eq!(compact(&house), (3, Value::Null));
    assert!(!house.data().exists());
    sealed_segments(&house.data());
    let (code, first) = compact(&house);
    assert_eq!(code, 0);
    assert!(first["segments"].as_u64().unwrap() > 2, "{first}");
    let bytes = |name: &str| first[name].as_u64().unwrap();
    assert!(bytes("bytes_after") < bytes("bytes_before"), "{first}");
    let (code, second) = compact(&house);
    assert_eq!((code, &second["segments"]), (0, &Value::from(0)));
    let verified = annals(&["verify", "--data", house.data().to_str().unwrap()]);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    house.serve();
    assert_eq!(compact(&house), (1, Value::Null));
    assert_eq!(house.stop(), 0);
}

/// The server does it by itself and says so.
#[test]
fn behind_the_work() {
    let mut house = House::closed();
    sealed_segments(&house.data());
    house.serve();
    let operator = house.token("system-admin");
    let gauge = |name: &str| -> i64 {
        let metrics = house.get(&operator, "/metrics").1;
        let mut lines = metrics.as_str().unwrap().lines();
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap();
        line.parse().unwrap()
    };
    let deadline = Instant::now() + DEADLINE;
    while gauge("annals_ledger_segments_waiting") > 0 {
        assert!(Instant::now() < deadline, "the segments still wait");
    }
    assert!(gauge("annals_ledger_segments_sealed") > 2);
    let (before, after) =
        (gauge("annals_compaction_before_bytes"), gauge("annals_compaction_after_bytes"));
    assert!(0 < after && after < before, "{before} bytes became {after}");
    assert_eq!(gauge("annals_compaction_failures"), 0);
    assert_eq!(house.stop(), 0);
    let verified = annals(&["verify", "--data", house.data().to_str().unwrap()]);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
}
