//! Clusters and desktops: created, switched on and off, released, deleted.
//!
//! Holds always: deleted are only those released before; a release ends the sessions and frees the
//! dynamic nodes, which the platform reports itself with the release as cause.

use crate::acts::Act;
use crate::objects::{CLUSTERS_MAX, DESKTOPS_MAX, Pool, PoolKind, PoolTag};
use crate::people::Company;
use crate::places::{MINUTE, SECOND};
use crate::stage::{Stage, Told, Turn};
use crate::stories::session;
use crate::tasks::Step;

/// Those a stack keeps running: releases stop there.
const RUNNING_MIN: usize = 2;

/// A new one; beyond the limit, something else must go first.
pub(crate) fn create(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let pools = stage.stack(&turn).pools(kind);
    if pools.len() >= limit(kind) {
        let has_released = pools.iter().any(|pool| pool.is_released);
        return Told::Needs(if has_released { delete_act(kind) } else { release_act(kind) });
    }
    let pool = Pool::new(kind, turn.person_index(), &mut stage.dice);
    let word = stage.dice.word();
    stage.begin(&turn);
    let line = &mut stage.line;
    match turn.is_done() {
        true => line.object(kind.word(), pool.tag.id(), pool.tag.name()),
        false => line.unmade(kind.word(), pool.tag.name()),
    }
    line.open("request_data");
    line.text("name", pool.tag.name());
    match kind {
        PoolKind::Cluster => {
            line.text("type", ["Fsched", "None-Linux", "None-Windows"][word as usize % 3]);
            line.text("scheduler", if word.is_multiple_of(3) { "slurm" } else { "none" });
        }
        PoolKind::Desktop => {
            line.text("system", ["Windows 11", "Rocky Linux 9", "Ubuntu 24.04"][word as usize % 3]);
            line.text("partition", "default");
        }
    }
    line.text("billing", ["pay-as-you-go", "prepaid", "subscription"][word as usize / 4 % 3]);
    line.text("subnet", ("subnet-", word % 40));
    line.flag("release_protection", word.is_multiple_of(5));
    line.close();
    stage.finish(&turn);
    if turn.is_done() {
        stage.stack(&turn).pools(kind).push(pool);
        furnish(stage, &turn, kind);
    }
    Told::Yes
}

/// What is released frees its dynamic nodes and can't come back; few are left running.
pub(crate) fn release(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let running = |pool: &Pool| !pool.is_released;
    let count = stage.stack(&turn).pools(kind).iter().filter(|pool| running(pool)).count();
    if count <= RUNNING_MIN {
        return Told::Needs(create_act(kind));
    }
    let Some(place) = stage.find_pool(&turn, kind, running) else { return Told::No };
    let tag = stage.stack(&turn).pools(kind)[place].tag;
    let event = stage.begin(&turn);
    let nodes = write_release(stage, &turn, tag);
    stage.finish(&turn);
    if turn.is_done() {
        session::cut(stage, &turn, tag, event, |_| true);
        let pool = &mut stage.stack(&turn).pools(kind)[place];
        pool.is_released = true;
        pool.mounts.clear();
        let mut dynamic = Vec::new();
        for partition in &mut pool.partitions {
            dynamic.extend(partition.nodes.drain(..).filter(|node| node.is_dynamic));
        }
        if nodes > 0 && !dynamic.is_empty() {
            let step =
                Step::NodesFreed { stack: turn.stack, pool: tag, nodes: dynamic, cause: event };
            stage.tasks.put(turn.at + 20 * SECOND, step);
        }
    }
    Told::Yes
}

/// The record of a released one is deleted.
pub(crate) fn delete(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let Some(place) = stage.find_pool(&turn, kind, |pool| pool.is_released) else {
        return Told::Needs(release_act(kind));
    };
    let pool = &stage.stack(&turn).pools(kind)[place];
    let (tag, owner) = (pool.tag, pool.owner);
    stage.begin(&turn);
    stage.line.object(kind.word(), tag.id(), tag.name());
    write_owner(stage, owner);
    stage.line.open("request_data");
    stage.line.text("state", "Released");
    stage.line.flag("record_only", true);
    stage.line.close();
    stage.finish(&turn);
    if turn.is_done() {
        stage.stack(&turn).pools(kind).remove(place);
    }
    Told::Yes
}

/// Switched on or off, whichever is possible; off only where nobody is connected.
pub(crate) fn power(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let on = matches!(turn.act, Act::ClusterPowerOn | Act::DesktopPowerOn);
    let fits = |pool: &Pool| {
        !pool.is_released
            && pool.has_nodes()
            && pool.is_on != on
            && (on || pool.sessions.is_empty())
    };
    let Some(place) = stage.find_pool(&turn, kind, fits) else { return Told::No };
    let pool = &mut stage.stack(&turn).pools(kind)[place];
    let (tag, owner) = (pool.tag, pool.owner);
    if turn.is_done() {
        pool.is_on = on;
    }
    stage.begin(&turn);
    stage.line.object(kind.word(), tag.id(), tag.name());
    write_owner(stage, owner);
    stage.line.open("request_data");
    stage.line.text("scope", "all_nodes");
    stage.line.flag("scheduled", false);
    stage.line.close();
    let (before, after) = if on { ("off", "on") } else { ("on", "off") };
    stage.line.change("power", before, after);
    stage.finish(&turn);
    Told::Yes
}

fn limit(kind: PoolKind) -> usize {
    match kind {
        PoolKind::Cluster => CLUSTERS_MAX,
        PoolKind::Desktop => DESKTOPS_MAX,
    }
}

fn create_act(kind: PoolKind) -> Act {
    match kind {
        PoolKind::Cluster => Act::ClusterCreate,
        PoolKind::Desktop => Act::DesktopCreate,
    }
}

fn release_act(kind: PoolKind) -> Act {
    match kind {
        PoolKind::Cluster => Act::ClusterRelease,
        PoolKind::Desktop => Act::DesktopRelease,
    }
}

fn delete_act(kind: PoolKind) -> Act {
    match kind {
        PoolKind::Cluster => Act::ClusterDelete,
        PoolKind::Desktop => Act::DesktopDelete,
    }
}

/// Whoever makes one goes on at once: partitions, nodes, mounts.
fn furnish(stage: &mut Stage, turn: &Turn, kind: PoolKind) {
    let next: &[(Act, u32)] = match kind {
        PoolKind::Cluster => {
            &[(Act::PartitionCreate, 2), (Act::ClusterNodeAdd, 2), (Act::ClusterGlobalMount, 1)]
        }
        PoolKind::Desktop => &[(Act::DesktopNodeAdd, 0), (Act::DesktopGlobalMount, 0)],
    };
    let (who, stack) = (turn.person_index(), turn.stack);
    let mut at = turn.at;
    for &(act, more) in next {
        at += MINUTE + stage.dice.wait(2 * MINUTE);
        stage.tasks.put(at, Step::Act { who, stack, act, more, gap: 40 * SECOND });
    }
}

/// Returns how many nodes it had.
fn write_release(stage: &mut Stage, turn: &Turn, tag: PoolTag) -> u64 {
    let Stage { line, world, .. } = stage;
    let Some(pool) = world.stacks[turn.stack].pool(tag) else { return 0 };
    let nodes = pool.partitions.iter().map(|partition| partition.nodes.len() as u64).sum();
    line.object(tag.kind.word(), tag.id(), tag.name());
    line.list("related");
    for partition in &pool.partitions {
        let tag = partition.tag;
        line.relation("partition", "partition", tag.id(), tag.name());
    }
    for mount in &pool.mounts {
        line.relation("mount", "mount", mount.id(), mount.name());
    }
    line.end_list();
    line.open("request_data");
    line.number("nodes", nodes);
    line.number("open_sessions", pool.sessions.len() as u64);
    line.flag("force", !pool.sessions.is_empty());
    line.close();
    nodes
}

fn write_owner(stage: &mut Stage, owner: usize) {
    let Stage { line, company, .. } = stage;
    let login = company.people[owner].login.as_str();
    line.list("related");
    line.relation("owner", "user", ("u-", u64::from(Company::uid(owner))), login);
    line.end_list();
}
