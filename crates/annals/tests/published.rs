//! Memory outside the folder, as a black box: witnesses that cosign, places that keep what was
//! published, and what both say of a folder that was rolled back or forked with the log's own key.
// A test's helpers may unwrap and print as the test itself may.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod house;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use annals_ledger::LedgerReader;
use annals_proof::{SignedCheckpoint, Verifier, checkpoint_line};
use house::sealed::sealed_segments;
use house::witness::Witness;
use house::{House, annals, copy, event, files_below};
use serde_json::Value;

/// More than enough for what takes a round of a second.
const DEADLINE: Duration = Duration::from_secs(60);

/// Serves with these witnesses and places, looking each second.
fn serve(house: &mut House, witnesses: &[&Witness], places: &str) {
    let witnesses: Vec<String> = witnesses.iter().map(|it| it.configured()).collect();
    let witnesses = format!("[{}]", witnesses.join(", "));
    let places = format!("[{places}]");
    house.serve_with(&[
        ("ANNALS_WITNESS", &witnesses),
        ("ANNALS_LOG_COSIGN_SECONDS", "1"),
        ("ANNALS_PUBLISH", &places),
    ]);
}

/// A folder that has been served once, and its key.
fn begun() -> (House, Verifier) {
    let mut house = House::start();
    let token = house.token("emitter");
    assert_eq!(house.post_events(&token, &event("a-0")).0, 200);
    assert_eq!(house.stop(), 0);
    let log = LedgerReader::open(&house.data()).unwrap().verifiers().remove(0);
    (house, log)
}

fn wait<T>(what: &str, so: impl Fn() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        match so() {
            Some(found) => return found,
            None if started.elapsed() > DEADLINE => panic!("in vain: {what}"),
            None => std::thread::yield_now(),
        }
    }
}

fn write(house: &House, name: &str, text: &str) -> String {
    let path = house.path(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn stdout(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Exit code and what it says.
fn judged(house: &House, more: &[&str]) -> (i32, String) {
    let output = house.verify(more);
    let text = format!("{}{}", stdout(&output), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}

/// The cosignatures reach the checkpoint and the proofs, and a policy is met by them or not.
#[test]
fn witnesses_cosign_and_a_policy_counts_them() {
    let (mut house, log) = begun();
    let one = Witness::start(&house.path("w1"), &log);
    let two = Witness::start(&house.path("w2"), &log);
    serve(&mut house, &[&one], "");
    let token = house.token("emitter");
    let (_, taken) = house.post_events(&token, &event("a-1"));
    let size = taken["last_index"].as_u64().unwrap() + 1;
    // The receipt never waits for a witness.
    assert!(!taken["checkpoint"].as_str().unwrap().contains(one.key.name()));
    let keys = [log.clone(), one.key.clone(), two.key.clone()];
    wait("a cosigned checkpoint covers the event", || {
        let note = house.get("", "/log/checkpoint").1;
        let signed = SignedCheckpoint::verify(note.as_str()?, &keys).unwrap();
        let cosigned = signed.signed_by.contains(&one.key);
        (cosigned && signed.checkpoint.size.0 >= size).then_some(())
    });
    let auditor = house.token("auditor");
    let proof = house.get(&auditor, "/v1/events/a-1/proof").1;
    let proof = write(&house, "a-1.tlog-proof", proof.as_str().unwrap());
    let policy = |quorum: &str| {
        format!(
            "log {log}\nwitness first {}\nwitness second {}\ngroup both all first second\n\
             quorum {quorum}\n",
            one.key, two.key
        )
    };
    let met = write(&house, "met.policy", &policy("first"));
    let not_met = write(&house, "not-met.policy", &policy("both"));

    let good = annals(&["verify", &proof, "--policy", &met]);
    assert_eq!(good.status.code(), Some(0), "{}", String::from_utf8_lossy(&good.stderr));
    assert!(stdout(&good).contains("cosigned by: first\n"), "{}", stdout(&good));
    let bad = annals(&["verify", &proof, "--policy", &not_met]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("\"both\": verified are [\"first\"]"));

    assert_eq!(house.stop(), 0);
    let last = LedgerReader::open(&house.data()).unwrap().head().size;
    let (code, said) = judged(&house, &["--policy", &met]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("cosigned: the first {last} events, by first")), "{said}");
    let (code, said) = judged(&house, &["--policy", &not_met]);
    assert_eq!(code, 1);
    assert!(said.starts_with("NOT_COSIGNED") && said.contains("not cosigned: "), "{said}");
    let (code, said) = judged(&house, &["--policy", &met, "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["cosigned"]["by"][0]), (0, &Value::from("first")), "{said}");
    // A proof from the folder itself carries them, too.
    let out = house.path("again.tlog-proof");
    let (out, data) = (out.to_str().unwrap(), house.data());
    annals(&["proof", "a-1", "--data", data.to_str().unwrap(), "--out", out]);
    assert_eq!(annals(&["verify", out, "--policy", &met]).status.code(), Some(0));
    let broken = write(&house, "broken.policy", "quorum nobody\n");
    assert_eq!(judged(&house, &["--policy", &broken]).0, 2);
}

/// The operator has the disk and the key. Rolled back, and with another history on top, the
/// folder is good in itself; the witness and what was published tell, each alone.
#[test]
fn a_roll_back_and_a_split_view_are_caught_outside() {
    let (mut house, log) = begun();
    let witness = Witness::start(&house.path("witness"), &log);
    let other = house.path("other disk");
    std::fs::create_dir(&other).unwrap();
    let place = format!("{{folder = '{}', every_seconds = 1}}", other.display());
    copy(&house.data(), &house.path("earlier"));
    serve(&mut house, &[&witness], &place);
    let token = house.token("emitter");
    for number in 1..=9 {
        assert_eq!(house.post_events(&token, &event(&format!("a-{number}"))).0, 200);
    }
    assert_eq!(house.stop(), 0);
    let key = log.to_string();
    let published = ["--key", &key, "--published", other.to_str().unwrap()];
    let (code, said) = judged(&house, &published);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("kept outside: "), "{said}");

    std::fs::remove_dir_all(house.data()).unwrap();
    copy(&house.path("earlier"), &house.data());
    assert_eq!(judged(&house, &["--key", &key]).0, 0);
    let (code, said) = judged(&house, &published);
    assert_eq!((code, said.split(':').next()), (1, Some("ROLLED_BACK")), "{said}");

    // The server says so as soon as it asks the witness, and works on.
    let watch = |house: &House, word: &str| {
        let operator = house.token("system-admin");
        wait(word, || {
            let status = house.get(&operator, "/v1/status").1;
            let error = status["witnesses"][0]["error"].as_str()?.to_owned();
            error.contains(word).then_some(())
        });
    };
    serve(&mut house, &[&witness], "");
    watch(&house, "ROLLED BACK");
    let token = house.token("emitter");
    for number in 1..=20 {
        assert_eq!(house.post_events(&token, &event(&format!("b-{number}"))).0, 200);
    }
    watch(&house, "FORKED");
    assert_eq!(house.stop(), 0);
    assert_eq!(judged(&house, &["--key", &key]).0, 0);
    let (code, said) = judged(&house, &published);
    assert_eq!((code, said.split(':').next()), (1, Some("FORKED")), "{said}");
}

/// Notes are read back from a log file and from an address; a place without any is no proof.
#[test]
fn published_notes_are_read_from_files_and_addresses() {
    let (house, log) = begun();
    let head = LedgerReader::open(&house.data()).unwrap().head();
    let (note, size) = (head.note, head.size.0);
    let key = log.to_string();
    let line = checkpoint_line(&note).unwrap();
    let file = write(&house, "syslog", &format!("Nov 22 h cron[1]: x\nNov 22 h annals {line}\n"));
    let plain = write(&house, "note.txt", &note);
    let (code, said) =
        judged(&house, &["--key", &key, "--published", &file, "--published", &plain]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("kept outside: 2 checkpoints"), "{said}");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/notes", listener.local_addr().unwrap());
    let body = format!("{note}{note}");
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).unwrap();
    });
    let (code, said) = judged(&house, &["--key", &key, "--published", &url]);
    assert_eq!(code, 0, "{said}");
    server.join().unwrap();

    let empty = house.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let check = |place: &str, code: i32, words: &str| {
        let found = judged(&house, &["--key", &key, "--published", place]);
        assert!(found.0 == code && found.1.contains(words), "{place}: {found:?}");
    };
    check(empty.to_str().unwrap(), 1, "no checkpoint of");
    check(&write(&house, "cut", &line[..line.len() - 5]), 1, "cut or altered");
    check(&write(&house, "other", &note.replace(log.name(), "log.example/x")), 1, "no checkpoint");
    let changed = note.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size - 1), 1);
    check(&write(&house, "changed", &changed), 1, "WRONG_KEY");
    check("/nowhere", 2, "cannot read /nowhere");
    check(&url, 3, "cannot connect");
}

/// Whoever may has the ledger checked at once, where no scrub would come by itself, and both the
/// asking and what was found are kept.
#[test]
fn the_ledger_is_checked_for_whoever_asks() {
    let mut house = House::closed();
    house.serve_with(&[("ANNALS_SCRUB_EVERY_SECONDS", "0")]);
    let (emitter, auditor) = (house.token("emitter"), house.token("auditor"));
    assert_eq!(house.post_events(&emitter, &event("a-0")).0, 200);
    let (_, before) = house.get(&auditor, "/v1/verification");
    assert_eq!((&before["running"], &before["last"]), (&Value::Bool(false), &Value::Null));
    let (status, begun) = house.call(&auditor, "POST", "/v1/verification", b"");
    assert_eq!((status, &begun["running"]), (202, &Value::Bool(true)), "{begun}");
    let last = wait("it ends", || {
        let mut state = house.get(&auditor, "/v1/verification").1;
        (state["running"] == false).then(|| state["last"].take())
    });
    assert_eq!((&last["verdict"], &last["findings"]), (&"OK".into(), &0.into()), "{last}");
    assert!(last["size"].as_u64() >= Some(2), "{last}");
    for operation in ["verify.begin", "verify.run"] {
        wait(operation, || {
            let path = format!("/v1/events?q=operation:{operation}");
            let page = house.get(&auditor, &path).1;
            (page["events"].as_array()?.len() == 1).then_some(())
        });
    }
    // A second one is a check of its own.
    assert_eq!(house.call(&auditor, "POST", "/v1/verification", b"").0, 202);
    assert_eq!(house.stop(), 0);
}

/// Bits rot in a sealed segment, where no start looks: the scrub finds it, says so wherever it
/// can, and stops nothing.
#[test]
fn the_scrub_finds_a_flipped_byte() {
    let mut house = House::closed();
    sealed_segments(&house.data());
    let scrubbing = [("ANNALS_SCRUB_EVERY_SECONDS", "1")];
    house.serve_with(&scrubbing);
    let (emitter, operator) = (house.token("emitter"), house.token("system-admin"));
    let findings = |house: &House| -> Option<i64> {
        let metrics = house.get(&operator, "/metrics").1;
        let line = metrics.as_str()?.lines().find(|it| it.starts_with("annals_scrub_findings "))?;
        line.rsplit(' ').next()?.parse().ok()
    };
    wait("a scrub finds nothing", || (findings(&house)? == 0).then_some(()));
    assert_eq!(house.stop(), 0);

    let segments = files_below(&house.data().join("ledger/segments"));
    assert!(segments.len() > 2, "{segments:?}");
    let file = std::fs::File::options().read(true).write(true).open(&segments[0]).unwrap();
    let (middle, mut byte) = (file.metadata().unwrap().len() / 2, [0]);
    file.read_exact_at(&mut byte, middle).unwrap();
    file.write_all_at(&[byte[0] ^ 1], middle).unwrap();
    house.serve_with(&scrubbing);
    wait("the next scrub finds it", || (findings(&house)? > 0).then_some(()));
    let scrub = house.get(&operator, "/v1/status").1["scrub"]["last"].take();
    assert_eq!(scrub["verdict"], "DAMAGED", "{scrub}");
    let file = segments[0].file_name().unwrap().to_str().unwrap();
    assert!(scrub["first"].as_str().unwrap().contains(file), "{scrub}");
    wait("the log says so", || {
        house.log().contains("THE LEDGER IS NOT WHAT WAS WRITTEN").then_some(())
    });
    let auditor = house.token("auditor");
    wait("an event says so", || {
        let page = house.get(&auditor, "/v1/events?q=operation:verify.run+outcome:failure").1;
        (!page["events"].as_array()?.is_empty()).then_some(())
    });
    // Whoever asks learns that damage hides something.
    let page = house.get(&auditor, "/v1/events?limit=1").1;
    assert_eq!(page["partial"], true, "{page}");
    assert!(page["reason"].as_str().unwrap().contains("damaged"), "{page}");
    assert_eq!(house.get("", "/readyz").0, 200);
    assert_eq!(house.post_events(&emitter, &event("after")).0, 200);
    assert_eq!(house.stop(), 0);
}
