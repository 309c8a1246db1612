//! Approvals as they go over the wire.

use annals_api::routes;
use annals_api::wire::approval as wire;
use annals_api::wire::search::Coverage;
use annals_views::{Case, CaseState, Check, Decision, Person, Verdict};

use super::{event, thing, time_of};
use crate::masks::Masks;

/// One case in short.
pub(crate) fn approval(of: &Case) -> wire::Approval {
    wire::Approval {
        id: of.id.clone(),
        stack_id: of.stack_id.clone(),
        name: of.name.clone(),
        index: of.began.index,
        began: time_of(of.began),
        submitted: of.request.map(|_| time_of(of.began)),
        updated: time_of(of.last),
        requester: of.requester.as_ref().map(person),
        state: of.state.as_str().to_owned(),
        decision: of.decision.map(|verdict| verdict.as_str().to_owned()),
        decided: of.decided.map(time_of),
        level: of.level,
        levels: of.levels,
        files: of.data.files,
        bytes: of.data.bytes,
        flags: of.found().map(|check| check.kind.as_str().to_owned()).collect(),
    }
}

/// One case in full.
pub(crate) fn dossier(of: &Case, masks: Masks, coverage: Coverage) -> wire::ApprovalAnswer {
    let (findings, checks): (Vec<_>, Vec<_>) = of.checks.iter().partition(|it| it.is_found());
    let index = |place: &usize| of.events[*place].found.position.index;
    wire::ApprovalAnswer {
        approval: approval(of),
        data: wire::ApprovalData {
            files: of.data.files,
            bytes: of.data.bytes,
            manifest_sha256: of.data.manifest_sha256.clone(),
            objects: of.data.things.iter().map(thing).collect(),
            left: left(of).to_owned(),
            downloads: of.data.downloads.iter().map(index).collect(),
            deletions: of.data.deletions.iter().map(index).collect(),
        },
        decisions: of.decisions.iter().map(|decision| self::decision(of, decision)).collect(),
        policy: of.policy.as_ref().map(|policy| wire::ApprovalPolicy {
            index: policy.found.position.index,
            time: time_of(policy.found.position),
            levels: policy.levels,
            event: event(&policy.found, masks),
        }),
        findings: findings.into_iter().map(check).collect(),
        checks: checks.into_iter().map(check).collect(),
        events: of.events.iter().map(|of| event_of(of, masks)).collect(),
        cut: of.is_cut,
        limited: of.is_limited,
        coverage,
    }
}

/// What is left of the data on the platform.
fn left(of: &Case) -> &'static str {
    match (of.state, of.decision) {
        (CaseState::Deleted | CaseState::Expired, _) => "deleted",
        (CaseState::Refused, _) => "none",
        (_, Some(Verdict::Approved)) => "download_area",
        _ => "staged",
    }
}

fn decision(case: &Case, of: &Decision) -> wire::ApprovalDecision {
    let position = case.events[of.event].found.position;
    wire::ApprovalDecision {
        index: position.index,
        time: time_of(position),
        verdict: of.verdict.as_str().to_owned(),
        effective: of.is_effective,
        level: of.level,
        level_inferred: of.is_level_inferred,
        by: person(&of.by),
        source_ip: of.source_ip.map(|address| address.to_string()),
        comment: of.comment.clone(),
        by_requester: of.is_by_requester,
    }
}

fn event_of(of: &annals_views::CaseEvent, masks: Masks) -> wire::ApprovalEvent {
    let index = of.found.position.index;
    wire::ApprovalEvent {
        event: event(&of.found, masks),
        part: of.part.as_str().to_owned(),
        cause: of.cause.map(|position| position.index),
        proof: routes::EVENT_AT_PROOF.replace("{index}", &index.to_string()),
    }
}

fn check(of: &Check) -> wire::ApprovalCheck {
    wire::ApprovalCheck {
        kind: of.kind.as_str().to_owned(),
        result: of.result.as_str().to_owned(),
        events: of.events.clone(),
    }
}

fn person(of: &Person) -> wire::Person {
    let Person { operator, username, operator_id, operator_name } = of.clone();
    wire::Person { operator, username, operator_id, operator_name }
}
