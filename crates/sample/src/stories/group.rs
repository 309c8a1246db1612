//! Groups: created, edited, given members and rights, deleted one or several at a time.
//!
//! Holds always: a group exists from its creation to its deletion; who is removed was a member.
//! Members stand in `objects`, the group in `related`.

use crate::acts::Act;
use crate::line::{Hex, Padded, Put};
use crate::names::{GROUPS, PERMISSIONS};
use crate::objects::Thing;
use crate::stage::{Stage, Told, Turn};
use crate::stories::account::any_user;
use crate::world::{GRANTS_MAX, THINGS_MAX};

/// A new group.
pub(crate) fn create(stage: &mut Stage, turn: Turn) -> Told {
    if stage.world.directory.groups.len() >= THINGS_MAX {
        return Told::Needs(Act::GroupDelete);
    }
    let group = Thing::new(50, &mut stage.dice);
    stage.begin(&turn);
    match turn.is_done() {
        true => stage.line.object("group", id(group), name(group)),
        false => stage.line.unmade("group", name(group)),
    }
    stage.line.open("request_data");
    stage.line.text("name", name(group));
    stage.line.text("description", "按项目授权");
    stage.line.number("members_max", group.value);
    stage.line.close();
    stage.finish(&turn);
    if turn.is_done() {
        stage.world.directory.groups.push(group);
    }
    Told::Yes
}

/// A group is edited, or the environment its users get.
pub(crate) fn edit(stage: &mut Stage, turn: Turn) -> Told {
    let Some(place) = any_group(stage) else { return Told::Needs(Act::GroupCreate) };
    let group = stage.world.directory.groups[place];
    let value = stage.dice.between(10, 400);
    stage.begin(&turn);
    let line = &mut stage.line;
    line.object("group", id(group), name(group));
    line.open("request_data");
    if turn.act == Act::GroupEnvironment {
        line.text("home", ("/share/groups/", name(group)));
        line.text("shell", "/bin/bash");
        line.list("modules");
        line.entry("gcc/14");
        line.entry("openmpi/5");
        line.entry(("project/", value));
        line.end_list();
        line.close();
        line.change("shell", "/bin/sh", "/bin/bash");
    } else {
        line.number("members_max", value);
        line.close();
        line.change_number("members_max", group.value, value);
    }
    stage.finish(&turn);
    if turn.is_done() && turn.act == Act::GroupEdit {
        stage.world.directory.groups[place].value = value;
    }
    Told::Yes
}

/// Accounts are added to a group, seen from either side.
pub(crate) fn add_members(stage: &mut Stage, turn: Turn) -> Told {
    let Some(place) = any_group(stage) else { return Told::Needs(Act::GroupCreate) };
    let group = stage.world.directory.groups[place];
    let count = if turn.act == Act::UserGroupAdd { 1 } else { 1 + stage.dice.skewed(12) };
    let mut uids: Vec<u32> = (0..count).map(|_| any_user(stage)).collect();
    uids.sort_unstable();
    uids.dedup();
    write_members(stage, &turn, group, &uids);
    let members = &mut stage.world.directory.members;
    for uid in uids {
        if turn.is_done() && !members.contains(&(uid, group.id)) {
            if members.len() == GRANTS_MAX {
                members.remove(0);
            }
            members.push((uid, group.id));
        }
    }
    Told::Yes
}

/// An account leaves a group it is in.
pub(crate) fn remove_member(stage: &mut Stage, turn: Turn) -> Told {
    let directory = &mut stage.world.directory;
    if directory.members.is_empty() {
        return Told::Needs(Act::UserGroupAdd);
    }
    let place = stage.dice.index(directory.members.len());
    let (uid, group) = directory.members[place];
    let Some(group) = directory.groups.iter().find(|other| other.id == group).copied() else {
        return Told::No;
    };
    if turn.is_done() {
        directory.members.remove(place);
    }
    write_members(stage, &turn, group, &[uid]);
    Told::Yes
}

/// A right is given to a group.
pub(crate) fn grant(stage: &mut Stage, turn: Turn) -> Told {
    let Some(place) = any_group(stage) else { return Told::Needs(Act::GroupCreate) };
    let group = stage.world.directory.groups[place];
    let permission = stage.dice.index(PERMISSIONS.len() - 1) as u8;
    write_grant(stage, &turn, group, permission);
    let grants = &mut stage.world.directory.group_grants;
    if turn.is_done() && !grants.contains(&(group.id, permission)) {
        if grants.len() == GRANTS_MAX {
            grants.remove(0);
        }
        grants.push((group.id, permission));
    }
    Told::Yes
}

/// A right that a group has is taken away.
pub(crate) fn revoke(stage: &mut Stage, turn: Turn) -> Told {
    let directory = &mut stage.world.directory;
    if directory.group_grants.is_empty() {
        return Told::Needs(Act::GroupPermissionAdd);
    }
    let place = stage.dice.index(directory.group_grants.len());
    let (group, permission) = directory.group_grants[place];
    let Some(group) = directory.groups.iter().find(|other| other.id == group).copied() else {
        return Told::No;
    };
    if turn.is_done() {
        directory.group_grants.remove(place);
    }
    write_grant(stage, &turn, group, permission);
    Told::Yes
}

/// One group or several are deleted in one event.
pub(crate) fn delete(stage: &mut Stage, turn: Turn) -> Told {
    let directory = &mut stage.world.directory;
    if directory.groups.is_empty() {
        return Told::Needs(Act::GroupCreate);
    }
    let first = stage.dice.index(directory.groups.len());
    let count = 1 + stage.dice.skewed(6);
    let groups: Vec<Thing> = directory.groups.iter().skip(first).take(count).copied().collect();
    let is_gone = |id: u32| groups.iter().any(|group| group.id == id);
    if turn.is_done() {
        directory.groups.retain(|group| !is_gone(group.id));
        directory.members.retain(|(_, group)| !is_gone(*group));
        directory.group_grants.retain(|(group, _)| !is_gone(*group));
    }
    stage.begin(&turn);
    let line = &mut stage.line;
    if let [group] = groups[..] {
        line.object("group", id(group), name(group));
    } else {
        line.list("objects");
        for group in &groups {
            line.item();
            line.identity("group", id(*group), name(*group));
            line.text("outcome", if turn.is_done() { "success" } else { "failure" });
            line.close();
        }
        line.end_list();
    }
    line.open("request_data");
    line.number("count", groups.len() as u64);
    line.text("members_to", "defaultGroup");
    line.close();
    stage.finish(&turn);
    Told::Yes
}

fn any_group(stage: &mut Stage) -> Option<usize> {
    let count = stage.world.directory.groups.len();
    (count > 0).then(|| stage.dice.index(count))
}

fn id(group: Thing) -> impl Put + Copy {
    ("g-", Hex(group.id))
}

fn name(group: Thing) -> impl Put + Copy {
    (GROUPS[group.id as usize % GROUPS.len()], "-", Padded(group.number.into(), 2))
}

fn write_members(stage: &mut Stage, turn: &Turn, group: Thing, uids: &[u32]) {
    stage.begin(turn);
    stage.line.list("objects");
    for uid in uids {
        stage.line.item();
        stage.write_user(*uid);
        stage.line.text("outcome", if turn.is_done() { "success" } else { "failure" });
        stage.line.close();
    }
    stage.line.end_list();
    stage.line.list("related");
    stage.line.relation("group", "group", id(group), name(group));
    stage.line.end_list();
    stage.line.open("request_data");
    stage.line.text("group", name(group));
    stage.line.number("count", uids.len() as u64);
    stage.line.close();
    stage.finish(turn);
}

fn write_grant(stage: &mut Stage, turn: &Turn, group: Thing, permission: u8) {
    let right = PERMISSIONS[usize::from(permission)];
    stage.begin(turn);
    stage.line.object("group", id(group), name(group));
    stage.line.open("request_data");
    stage.line.list("permissions");
    stage.line.entry(right);
    stage.line.end_list();
    stage.line.text("model", "RBAC");
    stage.line.text("resource", "*");
    stage.line.close();
    stage.finish(turn);
}
