//! The simpler things: file systems, backup plans, images, hosts, roles. Each is made, edited,
//! removed; a table says what differs.
//!
//! Holds always: what is edited or removed was made before, and nothing is removed twice.

use crate::acts::Act;
use crate::line::{Hex, Padded, Put};
use crate::objects::Thing;
use crate::stage::{Stage, Told, Turn};
use crate::world::{Stack, THINGS_MAX};

/// What differs between kinds of things.
struct Kind {
    object_type: &'static str,
    prefix: &'static str,
    names: [&'static str; 4],
    /// What is set when it is made and changed when it is edited, and in which steps.
    value: (&'static str, u64),
    create: Act,
}

/// What an act does to a thing.
enum Verb {
    Make,
    Edit,
    Remove,
}

/// Hosts registered in one event at most.
const HOSTS_MAX: u64 = 1_000;

/// An act on a file system, backup plan, image or host.
pub(crate) fn tell(stage: &mut Stage, turn: Turn) -> Told {
    match turn.act {
        Act::FilesystemCreate => act(stage, turn, &FILESYSTEM, filesystems, Verb::Make),
        Act::FilesystemExpand => act(stage, turn, &FILESYSTEM, filesystems, Verb::Edit),
        Act::FilesystemProtect => protect(stage, turn),
        Act::FilesystemRelease => act(stage, turn, &FILESYSTEM, filesystems, Verb::Remove),
        Act::BackupCreate => act(stage, turn, &BACKUP, backup_plans, Verb::Make),
        Act::BackupEdit => act(stage, turn, &BACKUP, backup_plans, Verb::Edit),
        Act::BackupDelete => act(stage, turn, &BACKUP, backup_plans, Verb::Remove),
        Act::ImageCreate => act(stage, turn, &IMAGE, images, Verb::Make),
        Act::ImageUpgrade => act(stage, turn, &IMAGE, images, Verb::Edit),
        Act::ImageRelease => act(stage, turn, &IMAGE, images, Verb::Remove),
        Act::HostRegister => register_hosts(stage, turn),
        Act::HostDelete => act(stage, turn, &HOST, hosts, Verb::Remove),
        _ => Told::No,
    }
}

/// An act on a role; roles are the whole company's.
pub(crate) fn role(stage: &mut Stage, turn: Turn) -> Told {
    let verb = match turn.act {
        Act::RoleCreate => Verb::Make,
        Act::RoleEdit => Verb::Edit,
        _ => Verb::Remove,
    };
    let mut roles = std::mem::take(&mut stage.world.directory.roles);
    let told = apply(stage, turn, &ROLE, &mut roles, verb);
    stage.world.directory.roles = roles;
    told
}

fn act(
    stage: &mut Stage,
    turn: Turn,
    kind: &Kind,
    shelf: fn(&mut Stack) -> &mut Vec<Thing>,
    verb: Verb,
) -> Told {
    let mut things = std::mem::take(shelf(stage.stack(&turn)));
    let told = apply(stage, turn, kind, &mut things, verb);
    *shelf(stage.stack(&turn)) = things;
    told
}

fn apply(stage: &mut Stage, turn: Turn, kind: &Kind, things: &mut Vec<Thing>, verb: Verb) -> Told {
    let (key, step) = kind.value;
    let value = stage.dice.between(1, 10) * step;
    if let Verb::Make = verb {
        if things.len() >= THINGS_MAX {
            things.remove(0);
        }
        let thing = Thing::new(value, &mut stage.dice);
        write(stage, &turn, kind, thing, turn.is_done(), None);
        if turn.is_done() {
            things.push(thing);
        }
        return Told::Yes;
    }
    if things.is_empty() {
        return Told::Needs(kind.create);
    }
    let place = stage.dice.index(things.len());
    let thing = things[place];
    if thing.is_protected && matches!(verb, Verb::Remove) {
        return Told::Needs(Act::FilesystemProtect);
    }
    let is_edit = matches!(verb, Verb::Edit);
    let after = if value == thing.value { value + step } else { value };
    write(stage, &turn, kind, thing, true, is_edit.then_some((key, after)));
    if turn.is_done() && is_edit {
        things[place].value = after;
    } else if turn.is_done() {
        things.remove(place);
    }
    Told::Yes
}

/// Release protection of a file system is switched on or off.
fn protect(stage: &mut Stage, turn: Turn) -> Told {
    let count = stage.stack(&turn).filesystems.len();
    if count == 0 {
        return Told::Needs(Act::FilesystemCreate);
    }
    let place = stage.dice.index(count);
    let thing = stage.stack(&turn).filesystems[place];
    let (before, after) = if thing.is_protected { ("on", "off") } else { ("off", "on") };
    stage.begin(&turn);
    let line = &mut stage.line;
    line.object("filesystem", id(&FILESYSTEM, thing), name(&FILESYSTEM, thing));
    line.open("request_data");
    line.text("release_protection", after);
    line.number("size_tib", thing.value);
    line.close();
    line.change("release_protection", before, after);
    stage.finish(&turn);
    if turn.is_done() {
        stage.stack(&turn).filesystems[place].is_protected = !thing.is_protected;
    }
    Told::Yes
}

/// Up to a thousand hosts are registered in one event.
fn register_hosts(stage: &mut Stage, turn: Turn) -> Told {
    let count = match stage.dice.below(50) {
        0 => stage.dice.between(50, HOSTS_MAX / 4),
        1..10 => stage.dice.between(4, 24),
        _ => 1,
    };
    if stage.stack(&turn).hosts.len() + count as usize > THINGS_MAX + HOSTS_MAX as usize {
        return Told::Needs(Act::HostDelete);
    }
    let hosts: Vec<Thing> = (0..count).map(|_| Thing::new(1, &mut stage.dice)).collect();
    stage.begin(&turn);
    let line = &mut stage.line;
    if let [host] = hosts[..] {
        line.object(HOST.object_type, id(&HOST, host), name(&HOST, host));
    } else {
        line.list("objects");
        for host in &hosts {
            line.item();
            line.identity(HOST.object_type, id(&HOST, *host), name(&HOST, *host));
            line.text("outcome", if turn.is_done() { "success" } else { "failure" });
            line.close();
        }
        line.end_list();
    }
    line.open("request_data");
    line.number("count", count);
    line.text("type", "static");
    line.text("login", "root");
    line.text("password", ("Sample-", Hex(hosts[0].id)));
    line.close();
    stage.finish(&turn);
    if turn.is_done() {
        stage.stack(&turn).hosts.extend(hosts);
    }
    Told::Yes
}

fn write(
    stage: &mut Stage,
    turn: &Turn,
    kind: &Kind,
    thing: Thing,
    exists: bool,
    change: Option<(&str, u64)>,
) {
    stage.begin(turn);
    let line = &mut stage.line;
    match exists {
        true => line.object(kind.object_type, id(kind, thing), name(kind, thing)),
        false => line.unmade(kind.object_type, name(kind, thing)),
    }
    line.open("request_data");
    line.text("name", name(kind, thing));
    line.number(kind.value.0, change.map_or(thing.value, |(_, after)| after));
    line.text(
        "comment",
        ["按计划执行", "monthly maintenance", "requested by team lead"][thing.id as usize % 3],
    );
    line.close();
    if let Some((key, after)) = change {
        line.change_number(key, thing.value, after);
    }
    stage.finish(turn);
}

fn id(kind: &Kind, thing: Thing) -> impl Put + Copy + use<> {
    (kind.prefix, Hex(thing.id))
}

fn name(kind: &Kind, thing: Thing) -> impl Put + Copy + use<> {
    (kind.names[thing.id as usize % kind.names.len()], "-", Padded(thing.number.into(), 2))
}

fn filesystems(stack: &mut Stack) -> &mut Vec<Thing> {
    &mut stack.filesystems
}

fn backup_plans(stack: &mut Stack) -> &mut Vec<Thing> {
    &mut stack.backup_plans
}

fn images(stack: &mut Stack) -> &mut Vec<Thing> {
    &mut stack.images
}

fn hosts(stack: &mut Stack) -> &mut Vec<Thing> {
    &mut stack.hosts
}

const FILESYSTEM: Kind = Kind {
    object_type: "filesystem",
    prefix: "fs-",
    names: ["home", "scratch", "项目存储", "archive"],
    value: ("size_tib", 5),
    create: Act::FilesystemCreate,
};

const BACKUP: Kind = Kind {
    object_type: "backup_plan",
    prefix: "bp-",
    names: ["nightly-home", "每周全量", "license-db", "projects"],
    value: ("retention_days", 30),
    create: Act::BackupCreate,
};

const IMAGE: Kind = Kind {
    object_type: "image",
    prefix: "img-",
    names: ["rocky9-hpc", "ubuntu24-gpu", "win11-cad", "设计桌面镜像"],
    value: ("build", 1),
    create: Act::ImageCreate,
};

const HOST: Kind = Kind {
    object_type: "host",
    prefix: "h-",
    names: ["rack-a", "rack-b", "blade", "gpu-chassis"],
    value: ("count", 1),
    create: Act::HostRegister,
};

const ROLE: Kind = Kind {
    object_type: "role",
    prefix: "role-",
    names: ["project-admin", "只读审计", "data-steward", "operator"],
    value: ("permissions", 3),
    create: Act::RoleCreate,
};
