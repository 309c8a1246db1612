//! Accounts and sessions in time, which only a clock of the test's own can show.

use super::*;
use crate::auth::account::{Account, Source};
use crate::auth::caller::Caller;
use crate::auth::identity::Identity;
use crate::auth::session::{self, Lifetimes};
use crate::auth::visitor::Visitor;

const LIFETIMES: Lifetimes = Lifetimes { idle_nanos: 100, most_nanos: 1_000 };

struct Place {
    control: Control,
    clock: Arc<TestClock>,
    account: Account,
    _dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(TestClock(AtomicI64::new(10_000)));
        let control = Control::open_with(dir.path(), clock.clone()).expect("opens");
        let new = NewAccount {
            name: "li.si".to_owned(),
            display_name: String::new(),
            source: Source::Local,
            subject: None,
            roles: Role::Auditor.into(),
            scope: None,
            password: Some("a hash".to_owned()),
            must_change: false,
        };
        let account = control.create_account(By::Local, &new).expect("made");
        Self { control, clock, account, _dir: dir }
    }

    fn at(&self, nanos: i64) {
        self.clock.0.store(nanos, Ordering::Relaxed);
    }

    /// Signs in; the cookie.
    fn enter(&self) -> String {
        let opened = session::open().expect("random");
        let identity = Identity::of_account(&self.account);
        let caller = Caller { identity, visitor: Visitor::default() };
        let entry = Entry {
            caller: &caller,
            account: &self.account,
            method: "password",
            opened: &opened,
            lifetimes: LIFETIMES,
        };
        self.control.sign_in(&entry, Shown::Nothing).expect("asked").expect("let in");
        opened.cookie
    }

    fn is_open(&self, cookie: &str) -> bool {
        self.control.session(cookie, LIFETIMES).expect("asked").is_some()
    }

    fn refuse(&self, failures_max: u64) {
        let lockout = Some(Lockout { failures_max, nanos: 500 });
        let account = Some(&self.account);
        self.control
            .refuse_sign_in(By::Local, account, Refusal::WrongPassword, lockout)
            .expect("recorded");
    }

    fn is_locked(&self) -> bool {
        let account = self.control.account("LI.SI").expect("asked").expect("there");
        account.locked_at(self.control.clock.now()).is_some()
    }
}

// A session that nobody uses ends, one that is used goes on, and none goes on for ever; what is
// written down in between changes nothing.
#[test]
fn sessions_end_by_themselves() {
    let place = Place::new();
    let (used, unused) = (place.enter(), place.enter());
    for moment in [10_090, 10_180, 10_270] {
        place.at(moment);
        assert!(place.is_open(&used), "{moment}");
        place.control.write_used().expect("written");
    }
    assert!(!place.is_open(&unused));
    for moment in (10_360..11_000).step_by(90) {
        place.at(moment);
        assert!(place.is_open(&used), "{moment}");
    }
    place.at(11_000);
    assert!(!place.is_open(&used));
    assert_eq!(place.control.sessions(&place.account.id, LIFETIMES).expect("listed"), []);
}

// A lock by wrong passwords is for a while, and a right one in between begins the count anew.
#[test]
fn a_lock_is_for_a_while() {
    let place = Place::new();
    place.refuse(3);
    place.refuse(3);
    place.enter();
    place.refuse(3);
    place.refuse(3);
    assert!(!place.is_locked());
    place.refuse(3);
    assert!(place.is_locked());
    place.at(10_499);
    assert!(place.is_locked());
    place.at(10_500);
    assert!(!place.is_locked());
}

// One account cannot fill the database with sessions; the oldest makes room.
#[test]
fn sessions_are_not_without_number() {
    let place = Place::new();
    let first = place.enter();
    for moment in 10_001..10_025 {
        place.at(moment);
        place.enter();
    }
    assert!(!place.is_open(&first));
    let open = place.control.sessions(&place.account.id, LIFETIMES).expect("listed");
    assert_eq!(open.len(), 20);
}

// An act and its event are one: what is refused leaves neither.
#[test]
fn what_is_refused_leaves_no_trace() {
    let place = Place::new();
    let before = place.control.pending().expect("read").len();
    let change = AccountChange { roles: Some(Role::Viewer.into()), ..AccountChange::default() };
    let boss = NewAccount {
        name: "boss".to_owned(),
        display_name: String::new(),
        source: Source::Local,
        subject: None,
        roles: Role::SecurityAdmin.into(),
        scope: None,
        password: None,
        must_change: false,
    };
    place.control.create_account(By::Local, &boss).expect("made");
    let refused = place.control.change_account(By::Local, "boss", &change);
    assert!(matches!(refused, Err(ControlError::LastAdministrator)));
    let boss = place.control.account("boss").expect("asked").expect("there");
    assert_eq!(boss.roles, Role::SecurityAdmin.into());
    assert_eq!(place.control.pending().expect("read").len(), before + 1);
}
