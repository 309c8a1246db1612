//! Answers about lives and behaviour as they go over the wire.

mod approval;

pub(crate) use approval::{approval, dossier};

use annals_api::wire::event::KeptEvent;
use annals_api::wire::history as wire;
use annals_api::wire::profile::{
    Address, Baseline, Compared, Finding, ProfileAnswer, Refusals, Touched,
};
use annals_api::wire::search::{Bucket, Coverage};
use annals_api::wire::session::{Session, SessionEnd};
use annals_record::Timestamp;
use annals_views as views;
use annals_views::{ChangeKind, Changed, Found, LifeStep, Position, Profile, Thing};

use crate::found;
use crate::masks::Masks;

const NANOS_PER_MILLI: i64 = 1_000_000;

/// An event as the API prints it.
pub(crate) fn event(found: &Found, masks: Masks) -> KeptEvent {
    let mut out = Vec::with_capacity(1024);
    found::print(found, masks, &mut out);
    let text = String::from_utf8(out).expect("events are printed from strings");
    KeptEvent::new(text).expect("events are printed as JSON")
}

fn time(at: i64) -> String {
    Timestamp::from_nanos(at).to_string()
}

fn time_of(position: Position) -> String {
    time(position.at)
}

fn thing(thing: &Thing) -> wire::Thing {
    let Thing { kind, id, name, role } = thing.clone();
    wire::Thing { kind, id, name, role }
}

/// From when to when an object is known.
pub(crate) fn life(life: views::Life) -> wire::Life {
    let mark = |mark: views::LifeMark| {
        let (time, index) = (time_of(mark.at), mark.at.index);
        wire::LifeMark { time, index, operation: mark.operation, operator: mark.operator }
    };
    wire::Life {
        first: life.first.map(time_of),
        last: life.last.map(time_of),
        created: life.created.map(mark),
        deleted: life.deleted.map(mark),
        name: life.name,
    }
}

/// One event in the history of an object.
pub(crate) fn history_event(of: &views::HistoryEvent, masks: Masks) -> wire::HistoryEvent {
    let step = of.step.map(|step| match step {
        LifeStep::Created => "created",
        LifeStep::Deleted => "deleted",
    });
    wire::HistoryEvent {
        event: event(&of.found, masks),
        object: thing(&of.thing),
        part: if of.is_target { "target" } else { "related" }.to_owned(),
        renamed_from: of.renamed_from.clone(),
        step: step.map(str::to_owned),
        changed: changed(&of.changed),
    }
}

fn changed(changed: &Changed) -> wire::Changed {
    let of = |known: &str, difference: &views::Difference| wire::Changed {
        known: known.to_owned(),
        why: None,
        differences: difference.entries.iter().map(change).collect(),
        cut: difference.cut,
    };
    match changed {
        Changed::Exact(difference) => of("exact", difference),
        Changed::Approximate(difference) => of("approximate", difference),
        Changed::Unavailable(why) => wire::Changed {
            known: "unavailable".to_owned(),
            why: Some(why.as_str().to_owned()),
            ..wire::Changed::default()
        },
    }
}

fn change(change: &views::Change) -> wire::Difference {
    let kind = match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Changed => "changed",
        ChangeKind::Masked => "masked",
    };
    let value = |raw: &Option<String>| raw.as_ref().and_then(|raw| serde_json::from_str(raw).ok());
    wire::Difference {
        path: change.path.clone(),
        kind: kind.to_owned(),
        before: value(&change.before),
        after: value(&change.after),
    }
}

/// One session.
pub(crate) fn session(of: views::Session) -> Session {
    let duration = of.duration().map(|nanos| u64::try_from(nanos / NANOS_PER_MILLI).unwrap_or(0));
    let (state, ended, end) = match of.end {
        views::SessionEnd::Ended { at, operation, by, cause } => {
            let (cause, inferred) = (cause.word, cause.inferred);
            let end = SessionEnd { index: at.index, operation, by, cause, inferred };
            ("ended", Some(time_of(at)), Some(end))
        }
        views::SessionEnd::Superseded { by } => ("superseded", Some(time_of(by)), None),
        views::SessionEnd::Open => ("open", None, None),
        views::SessionEnd::NotFound => ("not_found", None, None),
    };
    Session {
        began: time_of(of.began),
        index: of.began.index,
        event_id: of.id,
        session_id: of.session_id,
        service: of.service,
        operation: of.operation,
        operator: of.operator,
        username: of.username,
        source_ip: of.source_ip,
        object: of.object.as_ref().map(thing),
        related: of.related.iter().map(thing).collect(),
        state: state.to_owned(),
        ended,
        duration_ms: duration,
        end,
    }
}

/// What somebody does.
pub(crate) fn profile(of: Profile, coverage: Coverage) -> ProfileAnswer {
    let refusals = of.refusals.into_iter().map(|of| {
        let (operation, outcome, events) = (of.operation, of.outcome, of.events);
        Refusals { operation, outcome, events }
    });
    let addresses = of.addresses.into_iter().map(|of| {
        let (first_seen, last_seen) = (of.first.map(time_of), of.last.map(time_of));
        Address { address: of.address, events: of.events, first_seen, last_seen }
    });
    let objects = of.objects.iter();
    let objects = objects.map(|of| Touched { object: thing(&of.thing), events: of.events });
    let days = of.days.iter();
    let days = days.map(|day| Bucket { start: time(day.start), count: day.count, by: None });
    let (from, to, events) = (time(of.baseline.from), time(of.baseline.to), of.baseline.events);
    ProfileAnswer {
        user: of.user,
        first_seen: of.seen.map(|(first, _)| time_of(first)),
        last_seen: of.seen.map(|(_, last)| time_of(last)),
        from: time(of.range.0),
        to: time(of.range.1),
        events: of.events,
        events_before: of.events_before,
        active_days: of.active_days,
        sessions: of.sessions,
        services: compared(of.services),
        operations: compared(of.operations),
        outcomes: compared(of.outcomes),
        refusals: refusals.collect(),
        addresses: addresses.collect(),
        address_count: of.address_count,
        objects: objects.collect(),
        week: of.week.to_vec(),
        days: days.collect(),
        baseline: Baseline { from, to, events },
        findings: of.findings.into_iter().map(finding).collect(),
        coverage,
    }
}

fn compared(of: Vec<views::Compared>) -> Vec<Compared> {
    let each = of.into_iter();
    each.map(|of| Compared { value: of.value, events: of.events, before: of.before }).collect()
}

fn finding(of: views::Finding) -> Finding {
    use views::Finding as Of;
    match of {
        Of::NewAddress { address, events } => Finding::NewAddress { address, events },
        Of::NewOperation { operation, events } => Finding::NewOperation { operation, events },
        Of::UnusualHours { hours, events, usual } => Finding::UnusualHours { hours, events, usual },
        Of::MoreRefusals { events, expected } => Finding::MoreRefusals { events, expected },
        Of::Burst { start, events, usual } => Finding::Burst { start: time(start), events, usual },
        Of::Dormant { last, again } => Finding::Dormant { last: time(last), again: time(again) },
    }
}
