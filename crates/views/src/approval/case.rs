//! From the events of a case to how it stands. Pure: the same events give the same case.
//!
//! A level that no event tells is the one above the highest that approved. A case is approved when
//! the last of its levels approves; where no event and no policy says how many there are, one
//! approval is taken for all. The first rejection decides. Only what took effect counts.

use super::read::{Act, Deletes};
use super::{Case, CaseData, CaseEvent, CasePart, CaseState, Decision, Person, Policy, Verdict};
use crate::page::Position;

/// An event of a case, and what it says.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) event: CaseEvent,
    pub(super) act: Act,
}

/// How much of a case can be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) is_limited: bool,
    pub(super) is_cut: bool,
    pub(super) is_partial: bool,
}

impl Sight {
    /// True if what is not seen did not happen.
    pub(super) fn is_whole(self) -> bool {
        !(self.is_limited || self.is_cut || self.is_partial)
    }
}

/// The event that began a case of these events: its request, else its first decision, else its
/// first event.
pub(super) fn beginning(told: &[Told]) -> usize {
    let find = |wanted: &dyn Fn(&Act) -> bool| told.iter().position(|told| wanted(&told.act));
    let of = |part| move |act: &Act| act.part == part;
    let request = find(&|act| act.part == CasePart::Request && act.is_done);
    let request = request.or_else(|| find(&of(CasePart::Request)));
    request.or_else(|| find(&of(CasePart::Decision))).unwrap_or(0)
}

/// Puts a case together; its checks are to be made. `told` is not empty and oldest first.
pub(super) fn of(
    (stack_id, id): (Option<String>, String),
    told: &[Told],
    policy: Option<Policy>,
    sight: Sight,
) -> Case {
    let begun = beginning(told);
    let request = (told[begun].act.part == CasePart::Request).then_some(begun);
    let requester = match request {
        Some(request) => Some(told[request].act.by.clone()),
        None => told.iter().find_map(|told| told.act.requester.clone()),
    };
    let mut climb = Climb { levels: policy.as_ref().and_then(|it| it.levels), ..Climb::default() };
    for (place, told) in told.iter().enumerate() {
        climb.take(place, told, requester.as_ref());
    }
    let position = |place: usize| told[place].event.found.position;
    let decided = climb.decided;
    Case {
        name: told.iter().rev().find_map(|told| told.act.name.clone()),
        began: position(begun),
        began_id: told[begun].event.found.leaf.core().id().into_owned(),
        state: state(told, request, decided.map(|(_, verdict)| verdict)),
        decision: decided.map(|(_, verdict)| verdict),
        decided: decided.map(|(place, _)| position(place)),
        level: climb.level,
        levels: climb.levels,
        decisions: climb.decisions,
        data: data(told, request),
        last: told.last().map_or(Position { at: 0, index: 0 }, |it| it.event.found.position),
        checks: Vec::new(),
        events: Vec::new(),
        is_cut: sight.is_cut,
        is_limited: sight.is_limited,
        id,
        stack_id,
        request,
        requester,
        policy,
    }
}

/// A case on its way through the levels.
#[derive(Default)]
struct Climb {
    level: u64,
    levels: Option<u64>,
    decisions: Vec<Decision>,
    /// Place of the event that decided it.
    decided: Option<(usize, Verdict)>,
}

impl Climb {
    fn take(&mut self, place: usize, told: &Told, requester: Option<&Person>) {
        let act = &told.act;
        let is_of_flow =
            matches!(act.part, CasePart::Request | CasePart::Decision | CasePart::FlowEdit);
        if is_of_flow && act.is_done {
            self.levels = act.levels.or(self.levels);
        }
        let Some(verdict) = act.verdict else { return };
        let level = act.level.unwrap_or(self.level + 1);
        self.decisions.push(Decision {
            event: place,
            verdict,
            is_effective: act.is_done,
            level,
            is_level_inferred: act.level.is_none(),
            by: act.by.clone(),
            source_ip: act.source_ip,
            comment: act.comment.clone(),
            is_by_requester: requester.and_then(|requester| act.by.is(requester)),
        });
        if !act.is_done {
            return;
        }
        match verdict {
            Verdict::Rejected => {
                self.decided = match self.decided {
                    Some((at, Verdict::Rejected)) => Some((at, Verdict::Rejected)),
                    _ => Some((place, verdict)),
                }
            }
            Verdict::Approved => {
                self.level = self.level.max(level);
                let is_last = self.levels.is_none_or(|levels| self.level >= levels);
                if is_last && self.decided.is_none() {
                    self.decided = Some((place, verdict));
                }
            }
        }
    }
}

fn state(told: &[Told], request: Option<usize>, decision: Option<Verdict>) -> CaseState {
    let done = told.iter().filter(|told| told.act.is_done);
    let deleted: Vec<Deletes> = done.filter_map(|told| told.act.deletes).collect();
    let was = |deletes| deleted.contains(&deletes);
    match decision {
        // What was let out lies in the download area, whatever becomes of the staged copy.
        Some(Verdict::Approved) if was(Deletes::DownloadArea) => CaseState::Deleted,
        Some(Verdict::Approved) => CaseState::Approved,
        Some(Verdict::Rejected) if !deleted.is_empty() => CaseState::Deleted,
        Some(Verdict::Rejected) => CaseState::Rejected,
        None if was(Deletes::Expired) => CaseState::Expired,
        None if !deleted.is_empty() => CaseState::Deleted,
        None if request.is_some_and(|place| is_refused(&told[place])) => CaseState::Refused,
        None => CaseState::Open,
    }
}

fn is_refused(request: &Told) -> bool {
    let row = request.event.found.row();
    let outcome = crate::thing::text(&row, crate::Field::Outcome);
    matches!(outcome.as_deref(), Some("failure" | "denied"))
}

/// What was asked for; where no request is seen, as the first event that says it.
fn data(told: &[Told], request: Option<usize>) -> CaseData {
    let acts = || request.map(|place| &told[place]).into_iter().chain(told).map(|told| &told.act);
    let places = |part| {
        let is_it = move |(_, told): &(usize, &Told)| told.act.part == part && told.act.is_done;
        told.iter().enumerate().filter(is_it).map(|(place, _)| place).collect()
    };
    CaseData {
        files: acts().find_map(|act| act.files),
        bytes: acts().find_map(|act| act.bytes),
        manifest_sha256: acts().find_map(|act| act.manifest_sha256.clone()),
        things: request.map(|place| told[place].act.things.clone()).unwrap_or_default(),
        downloads: places(CasePart::Download),
        deletions: places(CasePart::Deletion),
    }
}
