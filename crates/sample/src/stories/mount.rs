//! Mounts: storage bound to a whole cluster or desktop (global) or to one partition of it.
//!
//! Holds always: only what is bound is unbound; only a global mount is converted to a partition
//! mount, and only a partition mount is upgraded to a global one.

use crate::acts::Act;
use crate::line::Line;
use crate::objects::{MOUNTS_MAX, Mount, PartitionTag, Pool, PoolKind, PoolTag};
use crate::stage::{Stage, Told, Turn};

/// Storage is bound.
pub(crate) fn bind(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let is_global = matches!(turn.act, Act::ClusterGlobalMount | Act::DesktopGlobalMount);
    let fits = |pool: &Pool| !pool.is_released && (is_global || !pool.partitions.is_empty());
    let Some(place) = stage.find_pool(&turn, kind, fits) else {
        return Told::Needs(match kind {
            PoolKind::Cluster => Act::PartitionCreate,
            PoolKind::Desktop => Act::DesktopCreate,
        });
    };
    let word = stage.dice.word() as usize;
    let Stage { world, dice, .. } = stage;
    let pool = &world.stacks[turn.stack].pools(kind)[place];
    if pool.mounts.len() >= MOUNTS_MAX {
        return Told::Needs(unbind_act(kind, pool.mounts[word % MOUNTS_MAX].partition.is_none()));
    }
    let partition = (!is_global).then(|| pool.partitions[word % pool.partitions.len().max(1)].tag);
    let mount = Mount::new(partition, dice);
    let tag = pool.tag;
    stage.begin(&turn);
    let line = &mut stage.line;
    match turn.is_done() {
        true => line.object("mount", mount.id(), mount.name()),
        false => line.unmade("mount", mount.name()),
    }
    write_home(line, tag, partition);
    write_request(line, mount);
    stage.finish(&turn);
    if turn.is_done() {
        stage.stack(&turn).pools(kind)[place].mounts.push(mount);
    }
    Told::Yes
}

/// Storage is no longer bound.
pub(crate) fn unbind(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let is_global = matches!(turn.act, Act::ClusterGlobalUnbind | Act::DesktopGlobalUnbind);
    let fits = |mount: &Mount| mount.partition.is_none() == is_global;
    let Some((place, nth)) = find(stage, &turn, kind, fits) else {
        return Told::Needs(match (kind, is_global) {
            (PoolKind::Cluster, true) => Act::ClusterGlobalMount,
            (PoolKind::Cluster, false) => Act::ClusterPartitionMount,
            (PoolKind::Desktop, true) => Act::DesktopGlobalMount,
            (PoolKind::Desktop, false) => Act::DesktopPartitionMount,
        });
    };
    let pool = &mut stage.stack(&turn).pools(kind)[place];
    let (tag, mount) = (pool.tag, pool.mounts[nth]);
    if turn.is_done() {
        pool.mounts.remove(nth);
    }
    stage.begin(&turn);
    let line = &mut stage.line;
    line.object("mount", mount.id(), mount.name());
    write_home(line, tag, mount.partition);
    write_request(line, mount);
    stage.finish(&turn);
    Told::Yes
}

/// A global mount becomes one partition's, or the other way round.
pub(crate) fn convert(stage: &mut Stage, turn: Turn) -> Told {
    let to_partition = turn.act == Act::MountConvert;
    let kind = PoolKind::Cluster;
    let fits = |mount: &Mount| mount.partition.is_none() == to_partition;
    let Some((place, nth)) = find(stage, &turn, kind, fits) else {
        return Told::Needs(match to_partition {
            true => Act::ClusterGlobalMount,
            false => Act::ClusterPartitionMount,
        });
    };
    let word = stage.dice.word() as usize;
    let pool = &mut stage.stack(&turn).pools(kind)[place];
    if pool.partitions.is_empty() {
        return Told::Needs(Act::PartitionCreate);
    }
    let mount = pool.mounts[nth];
    let partition = mount.partition.unwrap_or(pool.partitions[word % pool.partitions.len()].tag);
    let tag = pool.tag;
    if turn.is_done() {
        pool.mounts[nth].partition = to_partition.then_some(partition);
    }
    stage.begin(&turn);
    let line = &mut stage.line;
    line.object("mount", mount.id(), mount.name());
    write_home(line, tag, Some(partition));
    write_request(line, mount);
    line.open("changes");
    for (key, is_global) in [("before", to_partition), ("after", !to_partition)] {
        line.open(key);
        line.text("scope", if is_global { "global" } else { "partition" });
        if !is_global {
            line.text("partition", partition.name());
        }
        line.close();
    }
    line.close();
    stage.finish(&turn);
    Told::Yes
}

fn find(
    stage: &mut Stage,
    turn: &Turn,
    kind: PoolKind,
    fits: impl Fn(&Mount) -> bool,
) -> Option<(usize, usize)> {
    let has_one = |pool: &Pool| !pool.is_released && pool.mounts.iter().any(&fits);
    let place = stage.find_pool(turn, kind, has_one)?;
    let mounts = &stage.stack(turn).pools(kind)[place].mounts;
    mounts.iter().position(fits).map(|nth| (place, nth))
}

fn unbind_act(kind: PoolKind, is_global: bool) -> Act {
    match (kind, is_global) {
        (PoolKind::Cluster, true) => Act::ClusterGlobalUnbind,
        (PoolKind::Cluster, false) => Act::ClusterPartitionUnbind,
        (PoolKind::Desktop, true) => Act::DesktopGlobalUnbind,
        (PoolKind::Desktop, false) => Act::DesktopPartitionUnbind,
    }
}

fn write_home(line: &mut Line, tag: PoolTag, partition: Option<PartitionTag>) {
    line.list("related");
    line.relation(tag.kind.word(), tag.kind.word(), tag.id(), tag.name());
    if let Some(partition) = partition {
        line.relation("partition", "partition", partition.id(), partition.name());
    }
    line.end_list();
}

fn write_request(line: &mut Line, mount: Mount) {
    line.open("request_data");
    line.text("protocol", "nfs");
    line.text("source", mount.source());
    line.text("target", mount.name());
    line.text("options", if mount.id.is_multiple_of(3) { "ro,hard,vers=4.1" } else { "rw,hard" });
    line.close();
}
