//! Partitions of clusters: created, edited, released.
//!
//! Holds always: a partition is made in a cluster that is running, and released only when it has
//! neither nodes nor mounts of its own.

use crate::acts::Act;
use crate::line::Line;
use crate::names::PARTITIONS;
use crate::objects::{PARTITIONS_MAX, Partition, Pool, PoolKind};
use crate::stage::{Stage, Told, Turn};

/// A new one in the cluster that has fewest.
pub(crate) fn create(stage: &mut Stage, turn: Turn) -> Told {
    let clusters = &stage.world.stacks[turn.stack].clusters;
    let running = clusters.iter().enumerate().filter(|(_, pool)| !pool.is_released);
    let Some((place, cluster)) = running.min_by_key(|(_, pool)| pool.partitions.len()) else {
        return Told::Needs(Act::ClusterCreate);
    };
    if cluster.partitions.len() >= PARTITIONS_MAX {
        return Told::Needs(Act::PartitionRelease);
    }
    let taken = |word: usize| cluster.partitions.iter().any(|other| other.word() == word);
    let start = stage.dice.index(PARTITIONS.len());
    let words = (0..PARTITIONS.len()).map(|step| (start + step) % PARTITIONS.len());
    let Some(word) = words.into_iter().find(|&word| !taken(word)) else { return Told::No };
    let partition = Partition::new(word, &mut stage.dice);
    let choice = stage.dice.index(4);
    stage.begin(&turn);
    let Stage { line, world, .. } = stage;
    let cluster = &mut world.stacks[turn.stack].clusters[place];
    match turn.is_done() {
        true => line.object("partition", partition.tag.id(), partition.tag.name()),
        false => line.unmade("partition", partition.tag.name()),
    }
    write_cluster(line, cluster);
    line.open("request_data");
    line.text("name", partition.tag.name());
    line.text("role", ["head", "login", "compute", "compute"][choice]);
    line.text("instance_type", ["c7.16xlarge", "g6.8xlarge", "r7.24xlarge", "hpc7a"][choice]);
    line.number("max_nodes", partition.nodes_max);
    line.flag("autoscale", choice > 1);
    line.close();
    if turn.is_done() {
        cluster.partitions.push(partition);
    }
    stage.finish(&turn);
    Told::Yes
}

/// The most nodes it may have changes.
pub(crate) fn edit(stage: &mut Stage, turn: Turn) -> Told {
    let Some(place) = find(stage, &turn) else { return Told::Needs(Act::PartitionCreate) };
    let word = stage.dice.word() as usize;
    let limit = stage.dice.between(2, 24) * 4;
    stage.begin(&turn);
    let Stage { line, world, .. } = stage;
    let cluster = &mut world.stacks[turn.stack].clusters[place];
    let nth = word % cluster.partitions.len();
    let partition = &cluster.partitions[nth];
    line.object("partition", partition.tag.id(), partition.tag.name());
    write_cluster(line, cluster);
    line.open("request_data");
    line.number("max_nodes", limit);
    line.text("instance_type", ["c7.16xlarge", "g6.8xlarge", "r7.24xlarge"][word % 3]);
    line.close();
    line.change_number("max_nodes", partition.nodes_max, limit);
    if turn.is_done() {
        cluster.partitions[nth].nodes_max = limit;
    }
    stage.finish(&turn);
    Told::Yes
}

/// An empty one goes; where none is empty, nodes or mounts must go first.
pub(crate) fn release(stage: &mut Stage, turn: Turn) -> Told {
    let clusters = &stage.world.stacks[turn.stack].clusters;
    let running = clusters.iter().enumerate().filter(|(_, pool)| !pool.is_released);
    let places =
        running.flat_map(|(place, pool)| (0..pool.partitions.len()).map(move |p| (place, p)));
    let Some((place, nth)) = places.into_iter().find(|&(place, nth)| {
        let (pool, partition) = (&clusters[place], &clusters[place].partitions[nth]);
        let is_mounted = pool.mounts.iter().any(|mount| mount.partition == Some(partition.tag));
        partition.nodes.is_empty() && !is_mounted
    }) else {
        return Told::Needs(Act::ClusterNodeRelease);
    };
    stage.begin(&turn);
    let Stage { line, world, .. } = stage;
    let cluster = &mut world.stacks[turn.stack].clusters[place];
    let partition = &cluster.partitions[nth];
    line.object("partition", partition.tag.id(), partition.tag.name());
    write_cluster(line, cluster);
    line.open("request_data");
    line.number("nodes", 0);
    line.number("max_nodes", partition.nodes_max);
    line.close();
    if turn.is_done() {
        cluster.partitions.remove(nth);
    }
    stage.finish(&turn);
    Told::Yes
}

fn find(stage: &mut Stage, turn: &Turn) -> Option<usize> {
    stage
        .find_pool(turn, PoolKind::Cluster, |pool| !pool.is_released && !pool.partitions.is_empty())
}

fn write_cluster(line: &mut Line, cluster: &Pool) {
    line.list("related");
    line.relation("cluster", "cluster", cluster.tag.id(), cluster.tag.name());
    line.end_list();
}
