//! The witness's decision, request by request, as the specification orders the checks.

use annals_proof::{
    AddCheckpoint, Checkpoint, ConsistencyProof, Hash, ProofError, Refusal, Signer, TreeSize,
    cosignature_in, origin_hash, parse_size,
};

use crate::memory::{LOG, MemoryTree, log, signed_tree, witness};

/// A log of `size` leaves signs, and proves that it extends the tree of size `old`.
fn request(old: u64, size: u64) -> AddCheckpoint {
    let (tree, _, _) = signed_tree(size);
    let Ok(proof) = ConsistencyProof::build(TreeSize(old), TreeSize(size), &tree);
    AddCheckpoint::new(Some(proof), &log().sign(&tree.checkpoint(LOG).text()))
}

fn last(size: u64) -> Option<Checkpoint> {
    Some(signed_tree(size).0.checkpoint(LOG))
}

/// What a witness that knows the log and cosigned `last` answers: 200 or a refusal's status.
fn check(request: &AddCheckpoint, last: Option<&Checkpoint>, expected: u16) {
    let keys = [log().verifier()];
    let status = match request.decide(&keys, last) {
        Ok(consistent) => {
            assert_eq!(consistent.note.to_string(), request.note);
            200
        }
        Err(refusal) => refusal.status(),
    };
    assert_eq!(status, expected, "{request:?}");
    // What travels is what was decided upon.
    assert_eq!(AddCheckpoint::parse(&request.text()).as_ref(), Ok(request));
}

// A witness that cosigns anything but an extension of what it cosigned is none.
#[test]
fn only_what_extends_the_last_is_cosigned() {
    check(&request(0, 3), None, 200);
    check(&request(0, 0), None, 200);
    check(&request(3, 3), last(3).as_ref(), 200);
    check(&request(3, 5), last(3).as_ref(), 200);
    check(&request(5, 300), last(5).as_ref(), 200);
    check(&request(0, 7), last(0).as_ref(), 200);
    // The witness is further, or less far, than the log believes.
    check(&request(0, 5), last(3).as_ref(), 409);
    check(&request(3, 7), last(5).as_ref(), 409);
    check(&request(3, 7), None, 409);
    // Rolled back: whatever old size the log names, there is no way to a smaller tree.
    check(&request(0, 3), last(5).as_ref(), 409);
    let mut back = request(3, 3);
    back.old = TreeSize(5);
    check(&back, last(5).as_ref(), 400);
}

// The sizes may be right and the history another: this is the fork that must not be cosigned.
#[test]
fn another_history_is_refused() {
    let mut empty = request(3, 5);
    empty.hashes.clear();
    check(&empty, last(3).as_ref(), 422);
    let mut wrong = request(3, 5);
    wrong.hashes[0] = Hash([7; 32]);
    check(&wrong, last(3).as_ref(), 422);
    let mut needless = request(0, 5);
    needless.hashes.push(Hash([7; 32]));
    check(&needless, None, 422);
    needless.old = TreeSize(5);
    check(&needless, last(5).as_ref(), 422);
    let forked = MemoryTree::of(["leaf 0", "leaf 1", "altered"]).checkpoint(LOG);
    check(&request(3, 5), Some(&forked), 422);
    check(&request(3, 3), Some(&forked), 422);
    let not_empty = Checkpoint { root: Hash([7; 32]), ..last(0).unwrap() };
    check(&AddCheckpoint::new(None, &log().sign(&not_empty.text())), None, 422);
}

// Only the log itself may move the witness's memory: else a stranger could lock the log out.
#[test]
fn only_the_log_is_heard() {
    let text = last(3).unwrap().text();
    let unknown = Signer::from_seed("log.example/other", [1; 32]).unwrap();
    let other_text = text.replace(LOG, "log.example/other");
    check(&AddCheckpoint::new(None, &unknown.sign(&other_text)), None, 404);
    let stranger = Signer::from_seed(LOG, [9; 32]).unwrap();
    check(&AddCheckpoint::new(None, &stranger.sign(&text)), None, 403);
    let altered = log().sign(&text).replace("\n3\n", "\n4\n");
    check(&AddCheckpoint::new(None, &altered), None, 403);
    // A signature is looked at before the sizes, as a stranger must not learn the last size.
    check(&AddCheckpoint::new(None, &stranger.sign(&text)), last(5).as_ref(), 403);
}

#[test]
fn what_is_no_request_is_not_parsed() {
    let good = request(3, 5).text();
    let hash = Hash([7; 32]);
    let too_long = format!("{hash}\n").repeat(64);
    for body in [
        String::new(),
        good.replace("old 3", "old"),
        good.replace("old 3", "old 03"),
        good.replace("old 3", "old -3"),
        good.replace("old 3", "Old 3"),
        good.replace("old 3\n", ""),
        good.replacen("\n\n", "\n", 1),
        good.replacen('\n', "\nnot a hash\n", 1),
        good.replacen('\n', &format!("\n{too_long}"), 1),
        good.trim_end().to_owned(),
    ] {
        assert!(AddCheckpoint::parse(&body).is_err(), "{body:?}");
    }
}

// The log shows a cosignature to others only after it has checked it.
#[test]
fn the_answer_is_checked_by_the_log() {
    let text = last(3).unwrap().text();
    let line = witness().cosign(&text, 1_800_000_000).unwrap();
    let key = witness().verifier();
    assert_eq!(cosignature_in(&format!("{line}\n"), &text, &key).as_ref(), Ok(&line));
    let other = log().signature(&text);
    assert_eq!(cosignature_in(&format!("{other}\n{line}\n"), &text, &key), Ok(line.clone()));
    let of_another_text = cosignature_in(&format!("{line}\n"), "another\n", &key);
    assert!(matches!(of_another_text, Err(ProofError::BadSignature { .. })));
    let missing = cosignature_in(&format!("{other}\n"), &text, &key);
    assert!(matches!(missing, Err(ProofError::NoKnownSignature { .. })));
    assert!(cosignature_in("too busy\n", &text, &key).is_err());
}

#[test]
fn a_conflict_names_the_size() {
    let refusal = request(0, 5).decide(&[log().verifier()], last(3).as_ref());
    assert_eq!(refusal, Err(Refusal::OtherSize { last: TreeSize(3) }));
    assert_eq!(parse_size("3\n"), Some(TreeSize(3)));
    for body in ["3", "03\n", "\n", "three\n", "3\n\n", "-3\n"] {
        assert_eq!(parse_size(body), None, "{body:?}");
    }
}

// Known answer (SHA-256 of the name, by another program): files and addresses are found by it.
#[test]
fn logs_are_named_by_their_hash() {
    let expected = "cbd6947f91d08f4fc904bb0987574379ac5e35b4aad20e968c683c236868c40a";
    assert_eq!(origin_hash("log.example/audit"), expected);
}
