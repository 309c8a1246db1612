//! Remote sessions: opened through the browser to a node of a cluster or desktop, and ended.
//!
//! Holds always: an end has the session of an earlier opening, with the same session id, person
//! and node; nothing ends twice. Some never end within a stream: they are still open.

use crate::acts::Act;
use crate::habits::Role;
use crate::names::TEAMS;
use crate::objects::{EndCause, Pool, PoolKind, PoolTag, SESSIONS_MAX, Session};
use crate::places::{HOUR, MINUTE, SECOND, STACKS};
use crate::stage::{Stage, Told, Turn, Who};
use crate::tasks::Step;

/// Someone opens a session.
pub(crate) fn open(stage: &mut Stage, turn: Turn, kind: PoolKind) -> Told {
    let Some(place) = stage.find_pool(&turn, kind, is_reachable) else {
        return way_in(stage, &turn, kind);
    };
    let number = stage.dice.index(1 << 16);
    let pool = &mut stage.stack(&turn).pools(kind)[place];
    let tag = pool.tag;
    if pool.sessions.len() == SESSIONS_MAX {
        // Whoever stays for ever makes room, as the platform's time-out would.
        let oldest = pool.sessions.remove(0);
        return end(stage, &turn, tag, &Session { end: EndCause::Timeout, ..oldest }, oldest.event);
    }
    let filled = pool.partitions.iter().filter(|partition| !partition.nodes.is_empty()).count();
    let partition = pool.partitions.iter().filter(|p| !p.nodes.is_empty()).nth(number % filled);
    let Some(node) = partition.map(|p| p.nodes[number / 7 % p.nodes.len()]) else {
        return Told::No;
    };
    let who = turn.person_index();
    let id = stage.dice.word();
    let turn = Turn { session: turn.is_done().then_some(id), ..turn };
    let software = *stage.dice.pick(&TEAMS[stage.company.people[who].team].software);
    let end = choose_end(stage);
    let event = stage.begin(&turn);
    let session =
        Session { id, who, opened_by: turn.act, node, software, opened: turn.at, event, end };
    write_pool_and_node(stage, tag, &session);
    stage.line.open("request_data");
    write_request(stage, &session);
    stage.line.flag("clipboard", number.is_multiple_of(2));
    stage.line.close();
    stage.finish(&turn);
    if turn.is_done() {
        let length = 20 * SECOND + stage.dice.wait(70 * MINUTE).min(11 * HOUR);
        // One in thirty-two is left open.
        if !number.is_multiple_of(32) {
            let due = Step::SessionDue { stack: turn.stack, pool: tag, session: id };
            stage.tasks.put(turn.at + length, due);
        }
        stage.stack(&turn).pools(kind)[place].sessions.push(session);
    }
    Told::Yes
}

/// A session's time has come, if it is still open.
pub(crate) fn due(stage: &mut Stage, at: i64, stack: usize, tag: PoolTag, id: u64) -> Told {
    let Some(pool) = stage.world.stacks[stack].pool(tag) else { return Told::No };
    let Some(place) = pool.sessions.iter().position(|session| session.id == id) else {
        return Told::No;
    };
    let session = pool.sessions.remove(place);
    let turn = Turn::person(at, session.who, stack, session.opened_by);
    end(stage, &turn, tag, &session, session.event)
}

/// Ends every session of a pool for which `goes` holds, because what it ran on is released.
pub(crate) fn cut(
    stage: &mut Stage,
    turn: &Turn,
    tag: PoolTag,
    cause: u64,
    goes: impl Fn(&Session) -> bool,
) {
    let Stage { world, tasks, .. } = stage;
    let Some(pool) = world.stacks[turn.stack].pool(tag) else { return };
    let mut wait = SECOND / 10;
    for session in pool.sessions.extract_if(.., |session| goes(session)) {
        wait += SECOND / 5;
        let session = Box::new(Session { end: EndCause::Release, ..session });
        let step = Step::SessionCut { stack: turn.stack, pool: tag, session, cause };
        tasks.put(turn.at + wait, step);
    }
}

/// Writes the end of a session that is no longer in its pool. `cause`: number of the event that
/// made the platform end it.
pub(crate) fn end(
    stage: &mut Stage,
    turn: &Turn,
    tag: PoolTag,
    session: &Session,
    cause: u64,
) -> Told {
    let (at, stack, act) = (turn.at, turn.stack, end_of(session.opened_by));
    let turn = match session.end {
        EndCause::User => Turn::person(at, session.who, stack, act),
        EndCause::Admin => {
            let admin = stage.company.of_role(Role::Admin, STACKS[stack].0, &mut stage.dice);
            Turn { for_whom: Some(session.who), ..Turn::person(at, admin, stack, act) }
        }
        EndCause::Timeout | EndCause::Network | EndCause::Release => {
            Turn { for_whom: Some(session.who), ..Turn::system(at, stack, act, Some(cause)) }
        }
    };
    let turn = Turn { session: Some(session.id), ..turn };
    stage.begin(&turn);
    if turn.who == Who::System {
        stage.line.text("session_id", session.id());
    }
    write_pool_and_node(stage, tag, session);
    stage.line.open("request_data");
    write_request(stage, session);
    stage.line.text("end_cause", session.end.word());
    stage.line.number("connected_seconds", ((at - session.opened) / SECOND) as u64);
    stage.line.close();
    stage.finish(&turn);
    Told::Yes
}

/// Someone asks for what a VNC client of their own needs, the password included.
pub(crate) fn vnc_info(stage: &mut Stage, turn: Turn) -> Told {
    let Some(place) = stage.find_pool(&turn, PoolKind::Desktop, is_reachable) else {
        return way_in(stage, &turn, PoolKind::Desktop);
    };
    let word = stage.dice.word();
    stage.begin(&turn);
    let Stage { line, world, .. } = stage;
    let tag = world.stacks[turn.stack].desktops[place].tag;
    line.object("desktop", tag.id(), tag.name());
    line.open("request_data");
    line.text("client", "TigerVNC");
    line.number("display", word % 40 + 1);
    line.number("proxy_port", 2000);
    line.number("valid_minutes", 10);
    line.close();
    stage.finish(&turn);
    Told::Yes
}

fn is_reachable(pool: &Pool) -> bool {
    !pool.is_released && pool.is_on && pool.has_nodes()
}

/// No node to go to: something must be switched on, or get a node.
fn way_in(stage: &mut Stage, turn: &Turn, kind: PoolKind) -> Told {
    let has_nodes = |pool: &Pool| !pool.is_released && pool.has_nodes();
    let is_off = stage.find_pool(turn, kind, has_nodes).is_some();
    Told::Needs(match (kind, is_off) {
        (PoolKind::Cluster, true) => Act::ClusterPowerOn,
        (PoolKind::Cluster, false) => Act::ClusterNodeAdd,
        (PoolKind::Desktop, true) => Act::DesktopPowerOn,
        (PoolKind::Desktop, false) => Act::DesktopNodeAdd,
    })
}

fn choose_end(stage: &mut Stage) -> EndCause {
    match stage.dice.below(100) {
        0..66 => EndCause::User,
        66..84 => EndCause::Timeout,
        84..94 => EndCause::Network,
        _ => EndCause::Admin,
    }
}

fn end_of(opened_by: Act) -> Act {
    match opened_by {
        Act::ClusterSshOpen => Act::ClusterSshEnd,
        Act::ClusterVncOpen => Act::ClusterVncEnd,
        Act::ClusterRdpOpen => Act::ClusterRdpEnd,
        Act::DesktopSshOpen => Act::DesktopSshEnd,
        Act::DesktopVncOpen => Act::DesktopVncEnd,
        _ => Act::DesktopRdpEnd,
    }
}

fn write_pool_and_node(stage: &mut Stage, tag: PoolTag, session: &Session) {
    let line = &mut stage.line;
    line.object(tag.kind.word(), tag.id(), tag.name());
    line.list("related");
    line.relation("node", "node", session.node.id(), session.node.name());
    line.end_list();
}

fn write_request(stage: &mut Stage, session: &Session) {
    let protocol = match session.opened_by {
        Act::ClusterSshOpen | Act::DesktopSshOpen => "ssh",
        Act::ClusterVncOpen | Act::DesktopVncOpen => "vnc",
        _ => "rdp",
    };
    stage.line.text("protocol", protocol);
    stage.line.text("node_address", session.node.ip);
    stage.line.text("application", if protocol == "ssh" { "terminal" } else { session.software });
}
