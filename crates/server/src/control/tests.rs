//! Tokens and the outbox on a real file, two connections at once where it matters.

mod accounts;

use std::sync::atomic::{AtomicI64, Ordering};

use annals_record::Timestamp;

use super::*;
use crate::auth::role::Role;

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

fn new(name: &str) -> NewToken {
    NewToken { name: name.to_owned(), role: Role::Viewer, ..NewToken::default() }
}

// `annals token create` and `revoke` beside a running server take effect with the next request.
#[test]
fn another_process_takes_effect_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Control::open(dir.path()).expect("opens");
    let command = Control::open(dir.path()).expect("opens beside");
    let made = command.create_token(&new("a")).expect("made");
    let found = server.authenticate(&made.secret).expect("asked").expect("found");
    assert_eq!((found.id.as_str(), found.role), (made.id.as_str(), Role::Viewer));
    assert!(command.revoke_token(&made.id).expect("revoked"));
    assert_eq!(server.authenticate(&made.secret).expect("asked"), None);
    assert!(!command.revoke_token(&made.id).expect("asked"), "a second time is no act");
}

#[test]
fn wrong_secrets_do_not_pass() {
    let dir = tempfile::tempdir().expect("a folder");
    let control = Control::open(dir.path()).expect("opens");
    let one = control.create_token(&new("a")).expect("made");
    let two = control.create_token(&new("b")).expect("made");
    let mixed = one.secret.replace(&one.id, &two.id);
    for text in ["", "annals_", &mixed] {
        assert_eq!(control.authenticate(text).expect("asked"), None, "{text}");
    }
}

#[test]
fn tokens_expire() {
    let dir = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(TestClock(AtomicI64::new(1_000)));
    let control = Control::open_with(dir.path(), clock.clone()).expect("opens");
    let expires = Some(Timestamp::from_nanos(2_000));
    let made = control.create_token(&NewToken { expires, ..new("a") }).expect("made");
    assert!(control.authenticate(&made.secret).expect("asked").is_some());
    clock.0.store(2_000, Ordering::Relaxed);
    assert_eq!(control.authenticate(&made.secret).expect("asked"), None);
}

// An act and its record are one: each change leaves exactly one event with a fixed id, also
// across a reopening, until the server has it in the ledger.
#[test]
fn each_act_waits_to_be_recorded() {
    let dir = tempfile::tempdir().expect("a folder");
    let control = Control::open(dir.path()).expect("opens");
    let made = control.create_token(&new("采集")).expect("made");
    control.revoke_token(&made.id).expect("revoked");
    let waiting = control.pending().expect("read");
    let operations: Vec<bool> = ["token.create", "token.revoke"]
        .iter()
        .zip(&waiting)
        .map(|(operation, pending)| pending.event.contains(operation))
        .collect();
    assert_eq!(operations, [true, true]);
    assert!(!waiting[0].event.contains(made.secret.rsplit('_').next().expect("a secret")));
    drop(control);
    let control = Control::open(dir.path()).expect("reopens");
    assert_eq!(control.pending().expect("read"), waiting);
    control.drained(waiting[0].number).expect("forgotten");
    assert_eq!(control.pending().expect("read"), waiting[1..]);
}

#[test]
fn names_are_checked() {
    let dir = tempfile::tempdir().expect("a folder");
    let control = Control::open(dir.path()).expect("opens");
    for name in ["", "a\nb", &"x".repeat(129)] {
        assert!(matches!(control.create_token(&new(name)), Err(ControlError::BadName)));
    }
    assert_eq!(control.list_tokens().expect("listed"), []);
}

// A file of a later version may mean other things; guessing would be worse than stopping.
#[test]
fn later_versions_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(Control::open(dir.path()).expect("opens"));
    let connection = Connection::open(dir.path().join(FILE)).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("written");
    let refused = Control::open(dir.path()).map(|_| ());
    assert!(matches!(refused, Err(ControlError::TooNew { found: 99, .. })));
}
