//! The disk fails from outside: the running server's own system calls are made to fail, one kind
//! and one place at a time, while one event is appended.
//!
//! After each fault the only questions are: is what was acknowledged there, and does the folder
//! verify. Needs `strace` and the right to attach it; without, the test says so and is skipped.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use house::{House, event, files_below, send};

/// The calls an append makes on the ledger's files.
const CALLS: [&str; 5] = ["pwrite64", "fdatasync", "fsync", "fallocate", "ftruncate"];
/// How it fails.
const FAULTS: [&str; 3] = ["error=EIO", "error=ENOSPC", "signal=KILL"];
/// No append makes more calls of one kind than this.
const PLACES_MAX: u32 = 6;

/// Protects: whatever call fails in whatever way, nothing acknowledged is lost, nothing half
/// remains, and the next start works without hand work.
#[test]
fn one_call_fails() {
    if !can_trace() {
        println!("skipped: strace cannot attach here (apt-get install strace, run as root)");
        return;
    }
    let mut house = House::start();
    let emitter = house.token("emitter");
    let auditor = house.token("auditor");
    assert_eq!(house.post_events(&emitter, &event("first")).0, 200);
    let mut acknowledged = vec!["first".to_owned()];
    let mut hits = 0;
    for call in CALLS {
        for fault in FAULTS {
            for place in 1..=PLACES_MAX {
                let id = format!("{call}-{}-{place}", &fault[6..]);
                let strace = attach(&house, &format!("inject={call}:{fault}:when={place}"));
                let answer = send(
                    &house.address,
                    &emitter,
                    "POST",
                    "/v1/events",
                    &[],
                    event(&id).as_bytes(),
                );
                let kept = answer.as_ref().is_ok_and(|answer| answer.status == 200);
                if kept {
                    acknowledged.push(id.clone());
                }
                house.kill();
                // strace marks what it made to fail; a process killed in the act leaves no mark.
                let hit = finish(strace, &house) || answer.is_err();
                house.serve();
                for id in &acknowledged {
                    let (status, row) = house.get(&auditor, &format!("/v1/events/{id}"));
                    assert_eq!(status, 200, "{id} lost after {call} {fault} {place}: {row}");
                }
                let output = house.verify(&[]);
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                assert_eq!(output.status.code(), Some(0), "{call} {fault} {place}: {text}");
                hits += u32::from(hit);
                if !hit {
                    break; // the append makes no more calls of this kind
                }
            }
        }
    }
    println!("{hits} faults were injected, {} events acknowledged", acknowledged.len());
    assert!(hits >= 12, "only {hits} faults were injected");
}

/// Attaches strace to the server, for calls on the files of the ledger and the keys only.
fn attach(house: &House, inject: &str) -> Child {
    let mut command = Command::new("strace");
    command.args(["-f", "-p", &house.pid().to_string(), "-e", inject]);
    for folder in ["ledger", "keys"] {
        for file in files_below(&house.data().join(folder)) {
            command.arg("-P").arg(file);
        }
    }
    let log = house.path("strace.log");
    let mut child = command.arg("-o").arg(log).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("attached"), "{line}");
    child
}

/// Waits for strace's end; true if it made a call fail.
fn finish(mut strace: Child, house: &House) -> bool {
    strace.wait().unwrap();
    let log = house.path("strace.log");
    std::fs::read_to_string(log).is_ok_and(|text| text.contains("INJECTED"))
}

fn can_trace() -> bool {
    let Ok(mut sleeper) = Command::new("sleep").arg("60").spawn() else { return false };
    let pid = sleeper.id().to_string();
    let child =
        Command::new("strace").args(["-p", &pid, "-o", "/dev/null"]).stderr(Stdio::piped()).spawn();
    let works = child.is_ok_and(|mut child| {
        let mut line = String::new();
        let read = BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line);
        let _ = sleeper.kill();
        let _ = child.wait();
        read.is_ok() && line.contains("attached")
    });
    let _ = sleeper.kill();
    let _ = sleeper.wait();
    works
}
