//! Nodes of clusters and desktops: added, edited, released or removed, many in one event.
//!
//! Holds always: a node goes into a partition that exists; dynamic nodes are released, static ones
//! removed, never both in one event; the sessions on a node end with it.

use crate::acts::Act;
use crate::line::Line;
use crate::objects::{NODES_MAX, Node, Partition, Pool, PoolKind, PoolTag};
use crate::places::{REGIONS, STACKS};
use crate::stage::{Fate, Stage, Told, Turn};
use crate::stories::session;

/// Nodes of a new batch, some of which may not come up.
pub(crate) fn add(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let has_room = |pool: &Pool| !pool.is_released && emptiest(pool).is_some();
    let Some(place) = stage.find_pool(&turn, kind, has_room) else {
        return Told::Needs(match kind {
            PoolKind::Cluster => Act::PartitionCreate,
            PoolKind::Desktop => Act::DesktopCreate,
        });
    };
    let pool = &stage.stack(&turn).pools(kind)[place];
    let Some(nth) = emptiest(pool) else { return Told::No };
    let room = (NODES_MAX - pool.partitions[nth].nodes.len()) as u64;
    let count = match (kind, stage.dice.below(40)) {
        (PoolKind::Desktop, _) => stage.dice.between(1, 2),
        (_, 0) => stage.dice.between(16, 64),
        (_, 1..8) => stage.dice.between(4, 16),
        _ => stage.dice.between(1, 4),
    }
    .min(room);
    let nodes = new_nodes(stage, &turn, kind, place, nth, count);
    let turn = several(turn, nodes.len());
    let made = working(&turn, nodes.len());
    let choice = stage.dice.index(3);
    stage.begin(&turn);
    let Stage { line, world, .. } = stage;
    let pool = &mut world.stacks[turn.stack].pools(kind)[place];
    write_nodes(line, &nodes, made);
    write_home(line, pool.tag, Some(&pool.partitions[nth]));
    line.open("request_data");
    line.number("count", nodes.len() as u64);
    line.text("instance_type", ["c7.16xlarge", "g6.8xlarge", "r7.24xlarge"][choice]);
    line.text("image", ["img-rocky9-hpc", "img-ubuntu24-gpu", "img-win11-cad"][choice]);
    line.text("partition", pool.partitions[nth].tag.name());
    line.close();
    pool.partitions[nth].next_node += nodes.len() as u16;
    pool.partitions[nth].nodes.extend(&nodes[..made]);
    stage.finish(&turn);
    Told::Yes
}

/// One node is changed.
pub(crate) fn edit(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let Some(place) = stage.find_pool(&turn, kind, |pool| !pool.is_released && pool.has_nodes())
    else {
        return Told::Needs(add_act(kind));
    };
    let word = stage.dice.word();
    stage.begin(&turn);
    let Stage { line, world, .. } = stage;
    let pool = &mut world.stacks[turn.stack].pools(kind)[place];
    let tag = pool.tag;
    let Some(partition) = pool.partitions.iter().find(|p| !p.nodes.is_empty()) else {
        return Told::No;
    };
    let node = partition.nodes[word as usize % partition.nodes.len()];
    line.object("node", node.id(), node.name());
    write_home(line, tag, Some(partition));
    let states = if word.is_multiple_of(2) { ("idle", "drain") } else { ("drain", "idle") };
    line.open("request_data");
    line.text("state", states.1);
    line.text(
        "comment",
        ["更换内存", "kernel update", "GPU ECC errors", "恢复使用"][word as usize % 4],
    );
    line.close();
    line.change("state", states.0, states.1);
    stage.finish(&turn);
    Told::Yes
}

/// Some nodes of one partition and of one kind go.
pub(crate) fn release(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let Some(place) = stage.find_pool(&turn, kind, |pool| !pool.is_released && pool.has_nodes())
    else {
        return Told::Needs(add_act(kind));
    };
    let (word, all) = (stage.dice.word() as usize, stage.dice.chance(250));
    let few = 1 + stage.dice.skewed(6);
    let pool = &stage.stack(&turn).pools(kind)[place];
    let tag = pool.tag;
    let filled: Vec<_> =
        (0..pool.partitions.len()).filter(|&p| !pool.partitions[p].nodes.is_empty()).collect();
    let nth = filled[word % filled.len()];
    let present = &pool.partitions[nth].nodes;
    let is_dynamic = present[word / 8 % present.len()].is_dynamic;
    let same = present.iter().filter(|node| node.is_dynamic == is_dynamic);
    let nodes: Vec<Node> = same.take(if all { NODES_MAX } else { few }).copied().collect();
    let turn = several(turn, nodes.len());
    let gone = working(&turn, nodes.len());
    let event = stage.begin(&turn);
    let Stage { line, world, .. } = stage;
    let pool = &mut world.stacks[turn.stack].pools(kind)[place];
    write_nodes(line, &nodes, gone);
    write_home(line, tag, Some(&pool.partitions[nth]));
    line.open("request_data");
    line.text("mode", if is_dynamic { "release" } else { "remove" });
    line.number("count", nodes.len() as u64);
    line.flag("force", all);
    line.close();
    pool.partitions[nth].nodes.retain(|node| !nodes[..gone].contains(node));
    stage.finish(&turn);
    session::cut(stage, &turn, tag, event, |session| nodes[..gone].contains(&session.node));
    Told::Yes
}

/// The platform frees the dynamic nodes of what was released.
pub(crate) fn freed(
    stage: &mut Stage,
    at: i64,
    stack: usize,
    cause: u64,
    tag: PoolTag,
    nodes: &[Node],
) -> Told {
    let act = match tag.kind {
        PoolKind::Cluster => Act::ClusterNodeRelease,
        PoolKind::Desktop => Act::DesktopNodeRelease,
    };
    let turn = Turn::system(at, stack, act, Some(cause));
    stage.begin(&turn);
    write_nodes(&mut stage.line, nodes, nodes.len());
    write_home(&mut stage.line, tag, None);
    stage.line.open("request_data");
    stage.line.text("mode", "release");
    stage.line.number("count", nodes.len() as u64);
    stage.line.text("trigger", "release of the owner");
    stage.line.close();
    stage.finish(&turn);
    Told::Yes
}

/// The partition with fewest nodes that may still have one more.
fn emptiest(pool: &Pool) -> Option<usize> {
    let room = pool.partitions.iter().enumerate().filter(|(_, p)| p.nodes.len() < NODES_MAX);
    room.min_by_key(|(_, partition)| partition.nodes.len()).map(|(nth, _)| nth)
}

fn add_act(kind: PoolKind) -> Act {
    match kind {
        PoolKind::Cluster => Act::ClusterNodeAdd,
        PoolKind::Desktop => Act::DesktopNodeAdd,
    }
}

fn new_nodes(
    stage: &mut Stage,
    turn: &Turn,
    kind: PoolKind,
    place: usize,
    nth: usize,
    count: u64,
) -> Vec<Node> {
    let region = &REGIONS[STACKS[turn.stack].0];
    let Stage { world, dice, .. } = stage;
    let partition = &world.stacks[turn.stack].pools(kind)[place].partitions[nth];
    (0..count as u16)
        .map(|step| {
            let number = partition.next_node.wrapping_add(step) % 999 + 1;
            let ip = region.address(100 + (dice.below(100) as u32), dice.word() as u32);
            Node::new(partition.tag, number, ip, dice)
        })
        .collect()
}

/// What fails for several targets fails for some of them only.
fn several(turn: Turn, count: usize) -> Turn {
    match turn.fate {
        Fate::Failed(why) if count > 2 => Turn { fate: Fate::Partial(why), ..turn },
        _ => turn,
    }
}

/// For how many of `count` targets it works; those come first.
fn working(turn: &Turn, count: usize) -> usize {
    match turn.fate {
        Fate::Done => count,
        Fate::Partial(_) => count * 2 / 3,
        Fate::Failed(_) | Fate::Denied(_) => 0,
    }
}

fn write_nodes(line: &mut Line, nodes: &[Node], good: usize) {
    if let [node] = nodes {
        line.object("node", node.id(), node.name());
        return;
    }
    line.list("objects");
    for (place, node) in nodes.iter().enumerate() {
        line.item();
        line.identity("node", node.id(), node.name());
        line.text("outcome", if place < good { "success" } else { "failure" });
        line.close();
    }
    line.end_list();
}

/// The cluster or desktop the nodes are of, and the partition.
fn write_home(line: &mut Line, tag: PoolTag, partition: Option<&Partition>) {
    line.list("related");
    line.relation(tag.kind.word(), tag.kind.word(), tag.id(), tag.name());
    if let Some(partition) = partition {
        line.relation("partition", "partition", partition.tag.id(), partition.tag.name());
    }
    line.end_list();
}
