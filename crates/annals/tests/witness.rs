//! A witness against a log's operator, as a black box: it cosigns what grows, and neither a
//! roll-back nor a second history, though both are signed with the log's own key.
// A test's helpers may unwrap and print as the test itself may.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod house;

use std::path::Path;

use annals_ledger::LedgerReader;
use annals_proof::{AddCheckpoint, ConsistencyProof, SignedNote, TreeSize, cosignature_in};
use house::witness::Witness;
use house::{House, copy, event, send};

/// Starts the server upon the folder, sends events and stops it.
fn grow(house: &mut House, ids: &[&str]) {
    house.serve();
    let token = house.token("emitter");
    for id in ids {
        assert_eq!(house.post_events(&token, &event(id)).0, 200);
    }
    assert_eq!(house.stop(), 0);
}

/// What an honest program upon this folder would ask of a witness that is at `old`.
fn request(house: &House, old: u64) -> AddCheckpoint {
    let reader = LedgerReader::open(&house.data()).unwrap();
    let head = reader.head();
    let proof = ConsistencyProof::build(TreeSize(old), head.size, &reader).unwrap();
    AddCheckpoint::new(Some(proof), &head.note)
}

#[test]
fn a_witness_catches_what_the_folder_alone_cannot_show() {
    let mut house = House::closed();
    grow(&mut house, &["a-1", "a-2"]);
    let reader = LedgerReader::open(&house.data()).unwrap();
    let (log, old) = (reader.verifiers().remove(0), reader.head().size.0);
    copy(&house.data(), &house.path("earlier"));
    let state = house.path("witness");
    let witness = Witness::start(&state, &log);
    assert_eq!(witness.last(log.name()).status, 404);

    // Growth is cosigned, and the cosignature is the witness's own.
    let first = request(&house, 0);
    let answer = witness.add(&first.text());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = SignedNote::parse(&first.note).unwrap().text().to_owned();
    cosignature_in(&answer.text(), &text, &witness.key).unwrap();
    grow(&mut house, &["a-3"]);
    let second = request(&house, old);
    assert_eq!(witness.add(&second.text()).status, 200);
    let size = LedgerReader::open(&house.data()).unwrap().head().size.0;
    assert!(witness.last(log.name()).text().starts_with(&format!("{}\n{size}\n", log.name())));

    // It remembers across a kill.
    let key = witness.key.clone();
    drop(witness);
    let witness = Witness::start(&state, &log);
    assert_eq!(witness.key, key);

    // Rolled back: the folder is consistent in itself, but the witness has seen more.
    let kept = house.path("kept.txt");
    std::fs::write(&kept, witness.last(log.name()).body).unwrap();
    std::fs::rename(house.data(), house.path("later")).unwrap();
    std::fs::rename(house.path("earlier"), house.data()).unwrap();
    assert_eq!(house.verify(&["--key", &log.to_string()]).status.code(), Some(0));
    let answer = witness.add(&request(&house, old).text());
    assert_eq!((answer.status, answer.text()), (409, format!("{size}\n")));
    assert!(answer.headers.contains("text/x.tlog.size"), "{}", answer.headers);
    let verdict = house.verify(&["--key", &log.to_string(), "--checkpoint", path(&kept)]);
    assert_eq!(verdict.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&verdict.stdout).contains("ROLLED_BACK"));

    // Another history on top of it, signed with the same key: a split view.
    grow(&mut house, &["b-1", "b-2", "b-3"]);
    assert_eq!(house.verify(&["--key", &log.to_string()]).status.code(), Some(0));
    let answer = witness.add(&request(&house, size).text());
    assert_eq!(answer.status, 422, "{}", answer.text());
    let verdict = house.verify(&["--key", &log.to_string(), "--checkpoint", path(&kept)]);
    assert!(String::from_utf8_lossy(&verdict.stdout).contains("FORKED"));
}

// What a stranger sends changes nothing and is told apart.
#[test]
fn a_witness_hears_only_its_logs() {
    let mut house = House::closed();
    grow(&mut house, &["a-1"]);
    let log = LedgerReader::open(&house.data()).unwrap().verifiers().remove(0);
    let witness = Witness::start(&house.path("witness"), &log);
    let good = request(&house, 0).text();
    let check = |body: &str, status: u16| assert_eq!(witness.add(body).status, status, "{body}");
    check("", 400);
    check("old 0\n", 400);
    check(&good.replace(log.name(), "log.example/other"), 404);
    check(&good.replacen(log.name(), "log.example/other", 1), 404);
    check(&good.replacen("old 0", "old 1", 1), 409);
    assert_eq!(witness.last(log.name()).status, 404);
    check(&good, 200);
    let answer = send(&witness.address, "", "GET", "/key/checkpoint", &[], b"").unwrap();
    assert_eq!(answer.status, 404);
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
