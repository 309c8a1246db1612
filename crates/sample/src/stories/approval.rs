//! Taking data out: a request climbs through levels of approvers, is granted or rejected, and the
//! platform deletes what was staged when the policy says so.
//!
//! Holds always: a level decides after the one below; after a rejection nobody approves; data is
//! fetched only when all levels approved; deletions name the policy event as their cause. Approvers
//! are other people than the requester (the scenario of self-approval breaks that on purpose).

use crate::acts::Act;
use crate::habits::Role;
use crate::line::{Hex, Line, Padded, Put};
use crate::names::TEAMS;
use crate::people::Company;
use crate::places::{HOUR, MINUTE, SECOND, STACKS};
use crate::request::{Approval, ApprovalStage};
use crate::stage::{Fate, Stage, Told, Turn};
use crate::stories::data;
use crate::tasks::Step;
use crate::world::Policy;

/// Levels a policy may ask for.
const LEVELS_MAX: u64 = 10;

/// Someone asks to take files out; `flow_edits` = changes of this request's flow to come.
pub(crate) fn initiate(stage: &mut Stage, turn: Turn, flow_edits: u32) -> Told {
    let Some(approval) = new_request(stage, &turn, flow_edits) else {
        return Told::Needs(Act::PolicyEdit);
    };
    let approval = Approval { event: write_request(stage, &turn, &approval), ..approval };
    if turn.is_done() {
        let step = Step::Approval(Box::new(approval));
        let due = turn.at + 2 * MINUTE + wait(stage, 90 * MINUTE);
        stage.tasks.put(due, step);
    }
    Told::Yes
}

/// A request takes its next turn.
pub(crate) fn advance(stage: &mut Stage, at: i64, approval: Box<Approval>) -> Told {
    match approval.stage {
        ApprovalStage::Deciding if approval.flow_edits > 0 => edit_flow(stage, at, approval),
        ApprovalStage::Deciding => decide(stage, at, approval),
        ApprovalStage::Fetching => fetch(stage, at, approval),
        ApprovalStage::DeleteDownloadArea => purge(stage, at, &approval, Act::DownloadAreaDelete),
        ApprovalStage::DeleteRejected => purge(stage, at, &approval, Act::RejectedDelete),
        ApprovalStage::DeleteExpired => purge(stage, at, &approval, Act::ExpiredDelete),
    }
}

/// The rule for all requests of a stack changes.
pub(crate) fn edit_policy(stage: &mut Stage, turn: Turn) -> Told {
    let before = stage.stack(&turn).policy;
    let levels = 2 + stage.dice.skewed(LEVELS_MAX as usize - 1) as u64;
    // Short streams keep data for less than the usual week, so that deletions are seen too.
    let keep_max = (stage.span / HOUR / 6).clamp(2, 168) as u64;
    let keep_hours = stage.dice.between(keep_max / 2, keep_max);
    let event = stage.begin(&turn);
    let line = &mut stage.line;
    line.object("approval_flow", ("flow-", STACKS[turn.stack].1), "数据下载审批");
    line.open("request_data");
    line.number("levels", levels);
    line.number("keep_hours", keep_hours);
    line.list("approvers");
    for level in 1..=levels {
        line.entry(if level == levels { "admin" } else { "team lead" });
    }
    line.end_list();
    line.list("whitelist");
    line.entry("审批白名单");
    line.end_list();
    line.close();
    if let Some(before) = before {
        line.change_number("levels", before.levels, levels);
    }
    stage.finish(&turn);
    if turn.is_done() || before.is_none() {
        stage.stack(&turn).policy = Some(Policy { event, levels, keep_hours });
    }
    Told::Yes
}

/// A request as the policy in force makes it; `None` without a policy.
pub(crate) fn new_request(stage: &mut Stage, turn: &Turn, flow_edits: u32) -> Option<Approval> {
    let policy = stage.stack(turn).policy?;
    let bytes = data::size(stage) * 4;
    let dice = &mut stage.dice;
    Some(Approval {
        id: dice.fresh(),
        stack: turn.stack,
        requester: turn.person_index(),
        files: 1 + dice.skewed(300) as u64,
        bytes,
        digest: std::array::from_fn(|_| dice.word() as u32),
        event: 0,
        levels: policy.levels,
        level: 0,
        stage: ApprovalStage::Deciding,
        flow_edits,
        policy: policy.event,
        keep: policy.keep_hours as i64 * HOUR,
        deciders: Vec::new(),
    })
}

/// Writes the start of a request. Returns the event's number.
pub(crate) fn write_request(stage: &mut Stage, turn: &Turn, approval: &Approval) -> u64 {
    let event = stage.begin(turn);
    let Stage { line, company, .. } = stage;
    let team = &TEAMS[company.people[approval.requester].team];
    write_target(line, approval);
    line.open("request_data");
    line.text("purpose", ["客户交付", "论文数据", "report to customer"][approval.id as usize % 3]);
    line.text("project", team.projects[approval.id as usize / 3 % 4]);
    line.text("client", "DataManager");
    write_manifest(line, approval);
    line.close();
    stage.finish(turn);
    event
}

/// Writes one level's decision.
pub(crate) fn write_decision(stage: &mut Stage, turn: &Turn, approval: &Approval) {
    stage.begin(turn);
    let Stage { line, company, .. } = stage;
    write_target(line, approval);
    let requester = &company.people[approval.requester].login;
    line.list("related");
    line.relation("requester", "user", requester_id(approval), requester.as_str());
    line.end_list();
    line.open("request_data");
    line.number("level", approval.level + 1);
    write_manifest(line, approval);
    line.list("approved_by");
    for who in &approval.deciders {
        line.entry(company.people[*who].login.as_str());
    }
    line.end_list();
    let is_granted = turn.act == Act::ApprovalApprove;
    line.text(
        "comment",
        match (is_granted, approval.id % 3) {
            (true, 0) => "同意",
            (true, 1) => "ok, reviewed the file list",
            (true, _) => "数据已脱敏，同意外发",
            (false, 0) => "文件清单与用途不符",
            (false, _) => "contains customer geometry, please remove",
        },
    );
    line.close();
    stage.finish(turn);
}

fn decide(stage: &mut Stage, at: i64, mut approval: Box<Approval>) -> Told {
    if stage.dice.chance(50) {
        // Nobody answers any more: the request runs out.
        let due = at + approval.keep;
        later(stage, due, approval, ApprovalStage::DeleteExpired);
        return Told::No;
    }
    let approver = next_approver(stage, &approval);
    let is_last = approval.level + 1 == approval.levels;
    let act = if stage.dice.chance(60) { Act::ApprovalReject } else { Act::ApprovalApprove };
    let turn = Turn::person(at, approver, approval.stack, act);
    if stage.dice.chance(15) {
        let fate = Fate::Denied("not the approver of this level");
        write_decision(stage, &Turn { fate, ..turn }, &approval);
        stage.tasks.put(at + 10 * MINUTE, Step::Approval(approval));
        return Told::Yes;
    }
    write_decision(stage, &turn, &approval);
    approval.level += 1;
    approval.deciders.push(approver);
    let next = match (act, is_last) {
        (Act::ApprovalReject, _) => (at + approval.keep, ApprovalStage::DeleteRejected),
        (_, true) => (at + 3 * MINUTE + wait(stage, HOUR), ApprovalStage::Fetching),
        (_, false) => (at + MINUTE + wait(stage, 2 * HOUR), ApprovalStage::Deciding),
    };
    later(stage, next.0, approval, next.1);
    Told::Yes
}

fn edit_flow(stage: &mut Stage, at: i64, mut approval: Box<Approval>) -> Told {
    let admin = stage.company.of_role(Role::Admin, region(&approval), &mut stage.dice);
    let turn = Turn::person(at, admin, approval.stack, Act::ApprovalFlowEdit);
    let before = approval.levels;
    approval.levels = (before + 1).min(LEVELS_MAX);
    stage.begin(&turn);
    let line = &mut stage.line;
    line.object("approval_flow", ("flow-ap-", Hex(approval.id)), ("AP-", number(&approval)));
    line.list("related");
    line.relation("request", "approval", ("ap-", Hex(approval.id)), ("AP-", number(&approval)));
    line.end_list();
    line.open("request_data");
    line.text("add_approver", "security review");
    write_manifest(line, &approval);
    line.close();
    line.change_number("levels", before, approval.levels);
    stage.finish(&turn);
    approval.flow_edits -= 1;
    let due = at + 5 * MINUTE + wait(stage, HOUR);
    stage.tasks.put(due, Step::Approval(approval));
    Told::Yes
}

fn fetch(stage: &mut Stage, at: i64, approval: Box<Approval>) -> Told {
    let turn = Turn::person(at, approval.requester, approval.stack, Act::FileDownload);
    let turn = Turn { cause: Some(approval.event), ..turn };
    stage.begin(&turn);
    let Stage { line, company, .. } = stage;
    let login = company.people[approval.requester].login.as_str();
    let name = ("AP-", number(&approval), ".zip");
    line.object("file", (("/share/download/", login, "/"), name), name);
    line.list("related");
    line.relation("approval", "approval", ("ap-", Hex(approval.id)), ("AP-", number(&approval)));
    line.end_list();
    line.open("request_data");
    line.flag("approved", true);
    write_manifest(line, &approval);
    line.close();
    stage.finish(&turn);
    let due = at + approval.keep;
    later(stage, due, approval, ApprovalStage::DeleteDownloadArea);
    Told::Yes
}

fn purge(stage: &mut Stage, at: i64, approval: &Approval, act: Act) -> Told {
    let turn = Turn::system(at, approval.stack, act, Some(approval.policy));
    stage.begin(&turn);
    let Stage { line, company, .. } = stage;
    let login = company.people[approval.requester].login.as_str();
    let area = if act == Act::DownloadAreaDelete { "download" } else { "staging" };
    line.object("approval_data", ("data-ap-", Hex(approval.id)), ("AP-", number(approval)));
    line.list("related");
    line.relation("request", "approval", ("ap-", Hex(approval.id)), ("AP-", number(approval)));
    line.relation("requester", "user", requester_id(approval), login);
    line.end_list();
    line.open("request_data");
    line.text("area", area);
    line.number("kept_hours", (approval.keep / HOUR) as u64);
    write_manifest(line, approval);
    line.close();
    stage.finish(&turn);
    Told::Yes
}

/// Puts a request off to its next stage.
fn later(stage: &mut Stage, due: i64, mut approval: Box<Approval>, next: ApprovalStage) {
    approval.stage = next;
    stage.tasks.put(due, Step::Approval(approval));
}

/// Another person than the requester and than who approved before, leads first, then an admin.
fn next_approver(stage: &mut Stage, approval: &Approval) -> usize {
    let is_last = approval.level + 1 == approval.levels;
    let role = if is_last { Role::Admin } else { Role::Lead };
    let region = region(approval);
    for _ in 0..8 {
        let who = stage.company.of_role(role, region, &mut stage.dice);
        if who != approval.requester && !approval.deciders.contains(&who) {
            return who;
        }
    }
    // Small regions run out of leads: anybody else will do.
    let here = &stage.company.by_region[region];
    let free = |who: &usize| *who != approval.requester && !approval.deciders.contains(who);
    here.iter().copied().find(free).unwrap_or(here[0])
}

fn region(approval: &Approval) -> usize {
    STACKS[approval.stack].0
}

/// Decisions take hours, but no longer than the stream allows.
fn wait(stage: &mut Stage, mean: i64) -> i64 {
    stage.dice.wait(mean.min(stage.span / 300).max(SECOND))
}

fn number(approval: &Approval) -> Padded {
    Padded(u64::from(approval.id), 10)
}

fn requester_id(approval: &Approval) -> impl Put + use<> {
    ("u-", u64::from(Company::uid(approval.requester)))
}

fn write_target(line: &mut Line, approval: &Approval) {
    line.object("approval", ("ap-", Hex(approval.id)), ("AP-", number(approval)));
}

/// What the platform forgets after some days and the log must keep: how much, which bytes.
fn write_manifest(line: &mut Line, approval: &Approval) {
    let [a, b, c, d, e, f, g, h] = approval.digest.map(Hex);
    line.number("levels", approval.levels);
    line.number("files", approval.files);
    line.number("bytes", approval.bytes);
    line.text("manifest_sha256", (a, b, c, d, (e, f, g, h)));
}
