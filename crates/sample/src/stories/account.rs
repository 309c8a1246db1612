//! Accounts: created, edited, deleted one or a thousand at a time, given and denied rights,
//! imported from the directory.
//!
//! Holds always: only accounts that were created or imported before are deleted, each once; people
//! who act are never deleted. Passwords in the requests are there to be masked: the server shows
//! `***` for them.

use crate::acts::Act;
use crate::line::{Hex, Padded};
use crate::names::{PERMISSIONS, TEAMS};
use crate::people::{Company, account_name};
use crate::stage::{Fate, Stage, Told, Turn};
use crate::world::{ACCOUNTS_MAX, GRANTS_MAX};

/// Targets of one event at most.
const BATCH_MAX: usize = 1_000;

/// A new account.
pub(crate) fn create(stage: &mut Stage, turn: Turn) -> Told {
    if stage.world.directory.accounts.len() >= ACCOUNTS_MAX {
        return Told::No;
    }
    let uid = stage.world.directory.reserve(1);
    let word = stage.dice.word();
    stage.begin(&turn);
    let line = &mut stage.line;
    let login = account_name(uid);
    match turn.is_done() {
        true => line.object("user", ("u-", u64::from(uid)), login),
        false => line.unmade("user", login),
    }
    line.open("request_data");
    line.text("username", login);
    line.text("email", (login, "@example.com"));
    line.text("password", ("Sample-", Hex(word as u32)));
    line.text("home", ("/share/users/", login));
    line.text("group", "defaultGroup");
    line.flag("must_change_password", true);
    line.close();
    stage.finish(&turn);
    if turn.is_done() {
        stage.world.directory.accounts.push(uid);
    }
    Told::Yes
}

/// An account is edited, or gets a new password from an administrator.
pub(crate) fn edit(stage: &mut Stage, turn: Turn) -> Told {
    let uid = any_user(stage);
    let word = stage.dice.word();
    stage.begin(&turn);
    write_target(stage, uid);
    let line = &mut stage.line;
    line.open("request_data");
    if turn.act == Act::PasswordReset {
        line.text("new_password", ("Sample-", Hex(word as u32)));
        line.flag("must_change_password", true);
        line.text("notify", "email");
        line.close();
    } else {
        let quota =
            [("500 GiB", "1 TiB"), ("1 TiB", "2 TiB"), ("2 TiB", "1 TiB")][word as usize % 3];
        line.text("quota", quota.1);
        line.text("department", TEAMS[word as usize / 4 % TEAMS.len()].name);
        line.close();
        stage.line.change("quota", quota.0, quota.1);
    }
    stage.finish(&turn);
    Told::Yes
}

/// Somebody changes their own password, or their own account.
pub(crate) fn own(stage: &mut Stage, turn: Turn) -> Told {
    let who = turn.person_index();
    let word = stage.dice.word();
    stage.begin(&turn);
    write_target(stage, Company::uid(who));
    let line = &mut stage.line;
    line.open("request_data");
    if turn.act == Act::PasswordChange {
        line.text("old_password", ("Sample-", Hex((word >> 32) as u32)));
        line.text("new_password", ("Sample-", Hex(word as u32)));
        line.close();
    } else {
        let phone = (("+86 138", Padded(word % 10_000, 4)), Padded(word / 10_000 % 10_000, 4));
        line.text("phone", phone);
        line.text("language", if word.is_multiple_of(2) { "zh-CN" } else { "en" });
        line.close();
        let (before, after) =
            if word.is_multiple_of(2) { ("en", "zh-CN") } else { ("zh-CN", "en") };
        line.change("language", before, after);
    }
    stage.finish(&turn);
    Told::Yes
}

/// Someone who was locked may sign in again.
pub(crate) fn unlock(stage: &mut Stage, turn: Turn) -> Told {
    let locked = &mut stage.world.directory.locked;
    let Some((who, lock)) = locked.first().copied() else { return Told::No };
    if turn.is_done() {
        locked.remove(0);
        stage.company.people[who].locked = false;
    }
    let turn = Turn { cause: Some(lock), ..turn };
    stage.begin(&turn);
    write_target(stage, Company::uid(who));
    stage.line.open("request_data");
    stage.line.text("comment", "已电话核实本人");
    stage.line.flag("reset_failed_attempts", true);
    stage.line.close();
    stage.finish(&turn);
    Told::Yes
}

/// One account, some, or many are deleted in one event; the largest batches are whole courses.
pub(crate) fn delete(stage: &mut Stage, turn: Turn) -> Told {
    let count = match stage.dice.below(100) {
        0..70 => 1,
        70..90 => stage.dice.between(2, 8),
        90..99 => stage.dice.between(8, 60),
        _ => stage.dice.between(60, 200),
    };
    let Stage { world, dice, .. } = stage;
    let directory = &world.directory;
    let first = dice.index(directory.accounts.len());
    let others = directory.accounts[first..].iter().filter(|uid| !directory.course.contains(*uid));
    let uids: Vec<u32> = others.take(count as usize).copied().collect();
    if uids.is_empty() {
        return Told::Needs(Act::UserCreate);
    }
    delete_these(stage, turn, &uids)
}

/// All accounts of a finished course go in one event.
pub(crate) fn end_course(stage: &mut Stage, turn: Turn, first: u32, count: u32) -> Told {
    let directory = &mut stage.world.directory;
    let of_course = |uid: &&u32| (first..first + count).contains(*uid);
    let uids: Vec<u32> =
        directory.accounts.iter().filter(of_course).take(BATCH_MAX).copied().collect();
    directory.course = 0..0;
    if uids.is_empty() { Told::No } else { delete_these(stage, turn, &uids) }
}

/// The platform reads the directory in again and finds new accounts. Returns the first uid.
pub(crate) fn sync(stage: &mut Stage, turn: Turn, count: u32) -> u32 {
    let room = ACCOUNTS_MAX - stage.world.directory.accounts.len().min(ACCOUNTS_MAX);
    let count = count.min(room as u32);
    let first = stage.world.directory.reserve(count);
    stage.world.directory.accounts.extend(first..first + count);
    stage.begin(&turn);
    let line = &mut stage.line;
    line.object("directory", "ldap-main", "ldaps://ldap.example.com");
    line.open("request_data");
    line.number("imported", count.into());
    if count > 0 {
        line.text("first_uid", ("u-", u64::from(first)));
        line.text("last_uid", ("u-", u64::from(first + count - 1)));
    }
    line.text("filter", "(objectClass=inetOrgPerson)");
    line.text("new_users", "normal");
    line.text("interval", "1D");
    line.close();
    stage.finish(&turn);
    first
}

/// A right is given to one account.
pub(crate) fn grant(stage: &mut Stage, turn: Turn) -> Told {
    let uid = any_user(stage);
    let permission = stage.dice.index(PERMISSIONS.len()) as u8;
    write_grant(stage, &turn, uid, permission);
    let grants = &mut stage.world.directory.user_grants;
    if turn.is_done() && !grants.contains(&(uid, permission)) {
        if grants.len() == GRANTS_MAX {
            grants.remove(0);
        }
        grants.push((uid, permission));
    }
    Told::Yes
}

/// A right that was given is taken away.
pub(crate) fn revoke(stage: &mut Stage, turn: Turn) -> Told {
    let grants = &mut stage.world.directory.user_grants;
    if grants.is_empty() {
        return Told::Needs(Act::UserPermissionAdd);
    }
    let place = stage.dice.index(grants.len());
    let (uid, permission) = grants[place];
    if turn.is_done() {
        grants.remove(place);
    }
    write_grant(stage, &turn, uid, permission);
    Told::Yes
}

/// Writes the giving or taking of one right.
pub(crate) fn write_grant(stage: &mut Stage, turn: &Turn, uid: u32, permission: u8) {
    let name = PERMISSIONS[usize::from(permission)];
    stage.begin(turn);
    write_target(stage, uid);
    let line = &mut stage.line;
    line.open("request_data");
    line.list("permissions");
    line.entry(name);
    line.end_list();
    line.text("resource", "*");
    line.text("model", if permission.is_multiple_of(2) { "RBAC" } else { "ACL" });
    line.close();
    let is_given = turn.act == Act::UserPermissionAdd;
    line.open("changes");
    for (key, has) in [("before", !is_given), ("after", is_given)] {
        line.open(key);
        line.list("permissions");
        line.entry("data:view");
        if has {
            line.entry(name);
        }
        line.end_list();
        line.close();
    }
    line.close();
    stage.finish(turn);
}

/// Anybody: mostly people, sometimes an account that is only administered.
pub(crate) fn any_user(stage: &mut Stage) -> u32 {
    let accounts = &stage.world.directory.accounts;
    if !accounts.is_empty() && stage.dice.chance(350) {
        return accounts[stage.dice.index(accounts.len())];
    }
    Company::uid(stage.dice.index(stage.company.people.len()))
}

fn delete_these(stage: &mut Stage, turn: Turn, uids: &[u32]) -> Told {
    let turn = match turn.fate {
        Fate::Failed(why) if uids.len() > 2 => Turn { fate: Fate::Partial(why), ..turn },
        _ => turn,
    };
    let gone = match turn.fate {
        Fate::Done => uids.len(),
        Fate::Partial(_) => uids.len() - uids.len().div_ceil(4),
        Fate::Failed(_) | Fate::Denied(_) => 0,
    };
    stage.begin(&turn);
    if let [uid] = uids {
        write_target(stage, *uid);
    } else {
        stage.line.list("objects");
        for (place, uid) in uids.iter().enumerate() {
            stage.line.item();
            stage.write_user(*uid);
            stage.line.text("outcome", if place < gone { "success" } else { "failure" });
            stage.line.close();
        }
        stage.line.end_list();
    }
    stage.line.open("request_data");
    stage.line.number("count", uids.len() as u64);
    stage.line.flag("keep_home", uids.len() < 10);
    stage.line.text("confirm", "DELETE");
    stage.line.close();
    stage.finish(&turn);
    // What is deleted lies in ascending order of uid, as it was made.
    let deleted = &uids[..gone];
    stage.world.directory.forget(|uid| deleted.binary_search(&uid).is_ok());
    Told::Yes
}

fn write_target(stage: &mut Stage, uid: u32) {
    stage.line.open("object");
    stage.write_user(uid);
    stage.line.close();
}
