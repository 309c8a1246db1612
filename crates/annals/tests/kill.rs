//! SIGKILL under load: whatever was acknowledged is there afterwards, proved by a checkpoint that
//! extends the one it was acknowledged with.
//!
//! `ANNALS_KILL_ROUNDS` sets the rounds (10; the full test run asks for 50). The moment of the
//! kill is drawn from a seed that is printed.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use house::{House, event, send};

/// What one acknowledgement promised.
struct Promise {
    ids: Vec<String>,
    first: u64,
    checkpoint: String,
}

/// Protects: nothing acknowledged is ever lost, whenever the process dies.
#[test]
fn nothing_acknowledged_is_lost() {
    let rounds: u32 =
        std::env::var("ANNALS_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(10);
    let mut seed: u64 =
        std::env::var("ANNALS_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_122);
    println!("seed {seed}");
    let mut house = House::start();
    let emitter = house.token("emitter");
    let auditor = house.token("auditor");
    let mut kept: Vec<Promise> = Vec::new();
    for round in 0..rounds {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let enough = 20 + (seed >> 33) % 60;
        let fresh = load_until_killed(&mut house, &emitter, round, enough);
        house.serve();
        kept.extend(fresh);
        let ids = ids_by_index(&house, &auditor);
        for promise in &kept {
            let first = promise.first as usize;
            let there = ids.get(first..first + promise.ids.len());
            assert_eq!(there, Some(&promise.ids[..]), "round {round}: acknowledged and lost");
        }
        // The ledger extends what was acknowledged: at the start, in the middle, at the end.
        for promise in [&kept[0], &kept[kept.len() / 2], &kept[kept.len() - 1]] {
            let checkpoint = house.path("kept-checkpoint");
            std::fs::write(&checkpoint, &promise.checkpoint).unwrap();
            let output = house.verify(&["--checkpoint", checkpoint.to_str().unwrap()]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(output.status.code(), Some(0), "round {round}: {text}");
        }
    }
    assert_eq!(house.stop(), 0);
    assert_eq!(house.verify(&[]).status.code(), Some(0));
}

/// Four clients send small requests until `enough` were acknowledged; then the server dies.
fn load_until_killed(house: &mut House, token: &str, round: u32, enough: u64) -> Vec<Promise> {
    let acknowledged = Arc::new(AtomicU64::new(0));
    let dead = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|client| {
            let (address, token) = (house.address.clone(), token.to_owned());
            let (acknowledged, dead) = (acknowledged.clone(), dead.clone());
            std::thread::spawn(move || {
                let mut promises = Vec::new();
                for request in 0.. {
                    if dead.load(Ordering::Relaxed) {
                        break;
                    }
                    let ids: Vec<String> =
                        (0..25).map(|n| format!("r{round}-c{client}-q{request}-{n}")).collect();
                    let body: Vec<String> = ids.iter().map(|id| event(id)).collect();
                    let path = "/v1/events";
                    let body = body.join("\n");
                    let Ok(answer) = send(&address, &token, "POST", path, &[], body.as_bytes())
                    else {
                        break;
                    };
                    // A body cut off by the kill acknowledges nothing.
                    if answer.status != 200 || answer.json().is_null() {
                        break;
                    }
                    let answer = answer.json();
                    assert_eq!(answer["accepted"], 25, "{answer}");
                    promises.push(Promise {
                        ids,
                        first: answer["first_index"].as_u64().unwrap(),
                        checkpoint: answer["checkpoint"].as_str().unwrap().to_owned(),
                    });
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                promises
            })
        })
        .collect();
    while acknowledged.load(Ordering::Relaxed) < enough
        && !clients.iter().all(std::thread::JoinHandle::is_finished)
    {
        std::thread::yield_now();
    }
    house.kill();
    dead.store(true, Ordering::Relaxed);
    let promises: Vec<Promise> =
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    assert!(!promises.is_empty(), "nothing was acknowledged before the kill");
    promises
}

/// The id of every event, by its index.
fn ids_by_index(house: &House, auditor: &str) -> Vec<String> {
    let path = "/v1/events?order=index&limit=1000";
    let mut ids = Vec::new();
    let mut next = path.to_owned();
    loop {
        let (status, page) = house.get(auditor, &next);
        assert_eq!(status, 200, "{page}");
        for row in page["events"].as_array().unwrap() {
            assert_eq!(row["index"], ids.len(), "indexes are gapless");
            ids.push(row["id"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(cursor) => next = format!("{path}&cursor={cursor}"),
            None => return ids,
        }
    }
}
