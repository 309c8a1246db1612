//! Damage anywhere in `DIR/ledger`: `annals verify` says no and names the place.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::os::unix::fs::FileExt as _;
use std::path::Path;

use house::{House, annals, files_below, generated};

/// Places tried in each file.
const PLACES: u64 = 12;

/// Protects: no flipped bit, cut tail or zeroed run goes unseen after a clean stop.
#[test]
fn every_damage_is_named() {
    let mut house = House::start();
    let token = house.token_with("emitter", &["--stack-id", "s", "--may-be-system"]);
    for seed in 0..3 {
        let (status, answer) = house.post_events(&token, &generated(700, seed));
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(house.stop(), 0);
    assert_eq!(house.verify(&[]).status.code(), Some(0));

    let ledger = house.data().join("ledger");
    for file in files_below(&ledger) {
        let whole = std::fs::read(&file).unwrap();
        if whole.is_empty() {
            continue; // the lock: nothing is kept in it
        }
        let length = whole.len() as u64;
        for place in 0..PLACES {
            let offset = (length - 1) * place / (PLACES - 1);
            damaged(&house, &file, &whole, &format!("bit flipped at {offset}"), |bytes| {
                bytes[offset as usize] ^= 1 << (place % 8);
            });
            damaged(&house, &file, &whole, &format!("cut to {offset}"), |bytes| {
                bytes.truncate(offset as usize);
            });
            damaged(&house, &file, &whole, &format!("16 bytes zeroed at {offset}"), |bytes| {
                let end = (offset as usize + 16).min(bytes.len());
                bytes[offset as usize..end].fill(0);
            });
        }
        // Without the marker the folder merely counts as not cleanly closed; nothing is lost.
        if !file.ends_with("closed") {
            damaged(&house, &file, &whole, "removed", Vec::clear);
        }
    }
    assert_eq!(house.verify(&[]).status.code(), Some(0), "all was put back");
}

fn damaged(house: &House, file: &Path, whole: &[u8], what: &str, change: impl Fn(&mut Vec<u8>)) {
    let mut bytes = whole.to_vec();
    change(&mut bytes);
    if bytes == whole {
        return;
    }
    if what == "removed" {
        std::fs::remove_file(file).unwrap();
    } else {
        std::fs::write(file, &bytes).unwrap();
    }
    let output = house.verify(&[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    std::fs::write(file, whole).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}: {what}: {text}", file.display());
    assert!(text.contains(name), "{}: {what}: the file is not named: {text}", file.display());
}

/// Protects against a history rewritten behind a kept checkpoint: rolled back and forked ledgers
/// are told apart, and a stranger's key is refused.
#[test]
fn a_kept_checkpoint_catches_roll_back() {
    let mut house = House::start();
    let token = house.token_with("emitter", &["--stack-id", "s", "--may-be-system"]);
    house.post_events(&token, &generated(200, 1));
    assert_eq!(house.stop(), 0);
    let early = house.path("early");
    copy(&house.data(), &early);
    house.serve();
    house.post_events(&token, &generated(200, 2));
    let kept = house.path("kept");
    std::fs::write(&kept, house.send("", "GET", "/log/checkpoint", &[], b"").body).unwrap();
    assert_eq!(house.stop(), 0);

    let kept = kept.to_str().unwrap();
    assert_eq!(house.verify(&["--checkpoint", kept]).status.code(), Some(0));
    let output =
        annals(&["verify", "--data", early.to_str().unwrap(), "--checkpoint", kept, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("ROLLED_BACK"));
    let other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    assert_eq!(house.verify(&["--key", other]).status.code(), Some(1));
}

/// Protects the first thing an attacker tries: bytes after the last block of a live folder are
/// told apart from damage in what is durable.
#[test]
fn after_a_kill_the_unfinished_is_no_damage() {
    let mut house = House::start();
    let token = house.token_with("emitter", &["--stack-id", "s", "--may-be-system"]);
    house.post_events(&token, &generated(200, 1));
    house.kill();
    let output = house.verify(&["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let segments = house.data().join("ledger/segments");
    let segment = files_below(&segments).pop().unwrap();
    let file = std::fs::OpenOptions::new().read(true).write(true).open(&segment).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, 2_000).unwrap();
    file.write_all_at(&[byte[0] ^ 4], 2_000).unwrap();
    assert_eq!(house.verify(&[]).status.code(), Some(1));
}

fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&file, &target).unwrap();
    }
}
