//! Jobs: submitted to a partition that has nodes, and sometimes cancelled by their owner.
//!
//! Holds always: only jobs submitted before are cancelled, each once.

use crate::acts::Act;
use crate::line::Padded;
use crate::names::TEAMS;
use crate::objects::PoolKind;
use crate::places::STACKS;
use crate::stage::{Stage, Told, Turn};

/// Jobs of a stack remembered for cancelling.
const JOBS_MAX: usize = 64;

/// Someone submits a job.
pub(crate) fn submit(stage: &mut Stage, turn: Turn) -> Told {
    let Some(place) = stage.find_pool(&turn, PoolKind::Cluster, |pool| {
        !pool.is_released && pool.is_on && pool.has_nodes()
    }) else {
        return Told::Needs(Act::ClusterNodeAdd);
    };
    let word = stage.dice.word();
    let (job, who) = (next_job(stage, &turn), turn.person_index());
    stage.begin(&turn);
    let Stage { line, company, world, .. } = stage;
    let person = &company.people[who];
    let team = &TEAMS[person.team];
    let stack = &mut world.stacks[turn.stack];
    let cluster = &stack.clusters[place];
    let name = (team.code, "-", team.stems[job as usize / STACKS.len() % team.stems.len()]);
    match turn.is_done() {
        true => line.object("job", ("j-", Padded(job.into(), 7)), name),
        false => line.unmade("job", name),
    }
    line.list("related");
    line.relation("cluster", "cluster", cluster.tag.id(), cluster.tag.name());
    if let Some(partition) = cluster.partitions.iter().find(|p| !p.nodes.is_empty()) {
        line.relation("partition", "partition", partition.tag.id(), partition.tag.name());
    }
    line.end_list();
    line.open("request_data");
    line.text("software", team.software[word as usize % 3]);
    line.number("nodes", word / 11 % 8 + 1);
    line.number("cores_per_node", 1 << (word / 101 % 7));
    line.number("wall_minutes", (word / 1009 % 48 + 1) * 30);
    line.text("script", ("run_", Padded(job.into(), 7), ".sh"));
    line.close();
    stage.finish(&turn);
    if turn.is_done() {
        let jobs = &mut stage.stack(&turn).jobs;
        if jobs.len() == JOBS_MAX {
            jobs.remove(0);
        }
        jobs.push((job, who));
    }
    Told::Yes
}

/// Someone cancels a job of their own.
pub(crate) fn cancel(stage: &mut Stage, turn: Turn) -> Told {
    let jobs = &mut stage.stack(&turn).jobs;
    let Some(place) = jobs.iter().position(|(_, who)| *who == turn.person_index()) else {
        return Told::Needs(Act::JobSubmit);
    };
    let (job, who) = jobs[place];
    if turn.is_done() {
        jobs.remove(place);
    }
    stage.begin(&turn);
    let Stage { line, company, .. } = stage;
    let team = &TEAMS[company.people[who].team];
    let name = (team.code, "-", team.stems[job as usize / STACKS.len() % team.stems.len()]);
    line.object("job", ("j-", Padded(job.into(), 7)), name);
    line.open("request_data");
    line.text("signal", "SIGTERM");
    line.text("comment", if job.is_multiple_of(2) { "参数有误" } else { "wrong input deck" });
    line.close();
    stage.finish(&turn);
    Told::Yes
}

/// Schedulers count; each stack in steps of the number of stacks, so that no two share a number.
fn next_job(stage: &mut Stage, turn: &Turn) -> u32 {
    let count = &mut stage.stack(turn).jobs_counted;
    *count += 1;
    *count * STACKS.len() as u32 + turn.stack as u32
}
