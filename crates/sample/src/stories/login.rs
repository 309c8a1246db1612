//! Signing in and out: right and wrong passwords, locks, time-outs, strangers.
//!
//! A wrong password is a failure, a locked account is denied (the platform shows both the same
//! way, the log must not). `User login` is for accounts that exist; strangers have their own.

use crate::acts::Act;
use crate::line::Ip;
use crate::names::{GIVEN, SURNAMES};
use crate::people::{Company, WebSession};
use crate::places::{HOUR, MINUTE, REGIONS, SECOND, STACKS};
use crate::stage::{Fate, Stage, Told, Turn, Who};
use crate::tasks::Step;

/// Wrong passwords in a row after which the platform locks an account.
pub(crate) const FAILURES_MAX: u32 = 10;

/// Someone signs in; `failures` = wrong passwords right before.
pub(crate) fn sign_in(stage: &mut Stage, turn: Turn, failures: u32) -> Told {
    let mut turn = turn;
    let who = turn.person_index();
    if stage.company.people[who].locked {
        turn.fate = Fate::Denied("account is locked");
    } else if turn.from.is_none() && stage.dice.chance(wrong_per_mille(failures)) {
        turn.fate = Fate::Failed("wrong password");
    }
    if turn.is_done() {
        let hours = stage.dice.between(2, 10) as i64;
        let web = WebSession { id: stage.dice.word(), until: turn.at + hours * HOUR, login: 0 };
        stage.company.people[who].web = Some(web);
        let early = web.until - stage.dice.wait(HOUR).min(hours * HOUR - MINUTE);
        stage.tasks.put(early, Step::WebEnd { who, session: web.id });
    } else {
        stage.company.people[who].web = None;
    }
    let number = write(stage, &turn, failures);
    if let (Fate::Failed(_), None) = (turn.fate, turn.from) {
        after_failure(stage, &turn, failures + 1, number);
    }
    if let Some(web) = &mut stage.company.people[who].web {
        web.login = number;
    }
    Told::Yes
}

/// Somebody tries a name that no account has.
pub(crate) fn stranger(stage: &mut Stage, at: i64, stack: usize) -> Told {
    let Stage { dice, .. } = stage;
    let (family, given) = (dice.pick(&SURNAMES).0, dice.pick(&GIVEN).0);
    let typed = (family, ".", given, dice.below(90));
    let from = Ip(REGIONS[STACKS[stack].0].address(250, dice.word() as u32));
    let fate = Fate::Denied("unknown account");
    let turn = Turn::system(at, stack, Act::LoginUnknown, None);
    let turn = Turn { who: Who::Stranger, fate, from: Some(from), ..turn };
    stage.begin(&turn);
    stage.line.text("username", typed);
    stage.line.unmade("account", typed);
    write_request(stage, 0);
    stage.finish(&turn);
    Told::Yes
}

/// A web session ends, by its person or by the platform; some just stop being used.
pub(crate) fn end(stage: &mut Stage, at: i64, who: usize, session: u64) -> Told {
    let person = &stage.company.people[who];
    let Some(web) = person.web.filter(|web| web.id == session) else { return Told::No };
    let stack = person.stack;
    let turn = match stage.dice.below(10) {
        0..4 => Turn::person(at, who, stack, Act::Logout),
        4..8 => Turn {
            session: None,
            for_whom: Some(who),
            ..Turn::system(at, stack, Act::SessionTimeout, Some(web.login))
        },
        _ => {
            stage.company.people[who].web = None;
            return Told::No;
        }
    };
    stage.begin(&turn);
    let login = stage.company.people[who].login.as_str();
    stage.line.object("user", ("u-", u64::from(Company::uid(who))), login);
    stage.line.open("request_data");
    stage.line.text("end_cause", if turn.who == Who::System { "timeout" } else { "user" });
    stage.line.text("portal", "web");
    stage.line.number("idle_minutes", if turn.who == Who::System { 30 } else { 0 });
    stage.line.close();
    stage.finish(&turn);
    stage.company.people[who].web = None;
    Told::Yes
}

/// The platform locks an account after too many wrong passwords.
pub(crate) fn lock(stage: &mut Stage, at: i64, who: usize, cause: u64) -> Told {
    let person = &mut stage.company.people[who];
    if std::mem::replace(&mut person.locked, true) {
        return Told::No;
    }
    let turn = Turn::system(at, person.stack, Act::UserLock, Some(cause));
    let number = stage.begin(&turn);
    stage.world.directory.locked.push((who, number));
    let login = stage.company.people[who].login.as_str();
    stage.line.object("user", ("u-", u64::from(Company::uid(who))), login);
    stage.line.open("request_data");
    stage.line.text("rule", "max_failed_attempts");
    stage.line.number("failed_attempts", FAILURES_MAX.into());
    stage.line.number("lock_minutes", 30);
    stage.line.close();
    stage.finish(&turn);
    Told::Yes
}

/// Who is wrong once mostly mistyped; who is wrong three times has forgotten it.
fn wrong_per_mille(failures: u32) -> u64 {
    match failures {
        0 => 45,
        1..3 => 300,
        _ => 850,
    }
}

fn write(stage: &mut Stage, turn: &Turn, failures: u32) -> u64 {
    let who = turn.person_index();
    let number = stage.begin(turn);
    let login = stage.company.people[who].login.as_str();
    stage.line.object("user", ("u-", u64::from(Company::uid(who))), login);
    write_request(stage, failures);
    stage.finish(turn);
    number
}

fn write_request(stage: &mut Stage, failures: u32) {
    stage.line.open("request_data");
    stage.line.text("portal", if stage.dice.chance(150) { "admin" } else { "user" });
    stage.line.text("grant", "interactive");
    stage.line.flag("remember_device", stage.dice.chance(300));
    stage.line.number("previous_failures", failures.into());
    stage.line.close();
}

/// Most try again at once; too many failures lock the account.
fn after_failure(stage: &mut Stage, turn: &Turn, failures: u32, number: u64) {
    let who = turn.person_index();
    if failures >= FAILURES_MAX {
        stage.tasks.put(turn.at + SECOND / 20, Step::Lock { who, cause: number });
    } else if stage.dice.chance(900) {
        let pause = 3 * SECOND + stage.dice.wait(12 * SECOND);
        stage.tasks.put(turn.at + pause, Step::Login { who, failures });
    }
}
