//! What is wrong with a case, or was looked for and is not. Pure.
//!
//! Each check names the events that show it: what was found, or what was compared. What rests on
//! something not having happened is only possible, and nothing is called right, where part of the
//! case cannot be seen.

use super::case::{Sight, Told};
use super::read::Deletes;
use super::{Case, CasePart, Check, CheckKind, CheckResult, Decision, Verdict};

/// Every check of a case, in the order of [`CheckKind::NAMES`].
pub(super) fn of(case: &Case, told: &[Told], sight: Sight) -> Vec<Check> {
    let subject = Subject { case, told };
    CheckKind::NAMES.iter().map(|(_, kind)| subject.check(*kind, sight)).collect()
}

/// Places of the events that show something, and of those that were compared in vain; no
/// comparison at all where there is nothing to compare.
struct Seen {
    found: Vec<usize>,
    compared: Option<Vec<usize>>,
    /// True if something could not be compared.
    is_doubtful: bool,
}

struct Subject<'c> {
    case: &'c Case,
    told: &'c [Told],
}

impl Subject<'_> {
    fn check(&self, kind: CheckKind, sight: Sight) -> Check {
        let seen = self.look(kind);
        let is_found = !seen.found.is_empty();
        let (result, places) = match seen.compared {
            _ if is_found && rests_on_absence(kind) && !sight.is_whole() => {
                (CheckResult::Possible, seen.found)
            }
            _ if is_found => (CheckResult::Found, seen.found),
            None => (CheckResult::Nothing, Vec::new()),
            Some(compared) if sight.is_whole() && !seen.is_doubtful => {
                (CheckResult::Held, compared)
            }
            Some(compared) => (CheckResult::Unknown, compared),
        };
        let index = |place: usize| match self.told.get(place) {
            Some(told) => told.event.found.position.index,
            None => self.case.policy.as_ref().map_or(0, |it| it.found.position.index),
        };
        let mut events: Vec<u64> = places.into_iter().map(index).collect();
        events.sort_unstable();
        events.dedup();
        Check { kind, result, events }
    }

    fn look(&self, kind: CheckKind) -> Seen {
        match kind {
            CheckKind::SelfApproval => self.own(true),
            CheckKind::SelfApprovalRefused => self.own(false),
            CheckKind::SameApproverTwice => self.twice(),
            CheckKind::DecisionWithoutRequest => self.without_request(),
            CheckKind::ApprovalAfterRejection => self.after_rejection(),
            CheckKind::LevelSkipped => self.skipped(),
            CheckKind::FewerLevelsThanPolicy => self.fewer(),
            CheckKind::FlowChangedAfterRequest => self.flow_changed(),
            CheckKind::DataChangedAfterRequest => self.data_changed(),
            CheckKind::DownloadBeforeApproval => self.early(),
            CheckKind::DownloadAfterDeletion => self.late(),
            CheckKind::DeletedByPerson => self.by_person(),
        }
    }

    /// Approvals that took effect, oldest first.
    fn approvals(&self) -> impl Iterator<Item = &Decision> {
        self.case.decisions.iter().filter(|it| it.is_effective && it.verdict == Verdict::Approved)
    }

    fn request(&self) -> impl Iterator<Item = usize> {
        self.case.request.into_iter()
    }

    /// The requester's own approvals, or attempts at one.
    fn own(&self, is_effective: bool) -> Seen {
        let wanted =
            |it: &&Decision| it.is_effective == is_effective && it.verdict == Verdict::Approved;
        let tried: Vec<_> = self.case.decisions.iter().filter(wanted).collect();
        let is_own = |it: &&&Decision| it.is_by_requester == Some(true);
        let places = |of: &[&Decision]| -> Vec<usize> {
            self.request().chain(of.iter().map(|it| it.event)).collect()
        };
        let own: Vec<_> = tried.iter().filter(is_own).copied().collect();
        Seen {
            found: if own.is_empty() { Vec::new() } else { places(&own) },
            compared: (!tried.is_empty()).then(|| places(&tried)),
            is_doubtful: tried.iter().any(|it| it.is_by_requester.is_none()),
        }
    }

    fn twice(&self) -> Seen {
        let approvals: Vec<_> = self.approvals().collect();
        let (mut found, mut is_doubtful) = (Vec::new(), false);
        for (place, one) in approvals.iter().enumerate() {
            for other in &approvals[place + 1..] {
                match one.by.is(&other.by) {
                    Some(true) => found.extend([one.event, other.event]),
                    Some(false) => {}
                    None => is_doubtful = true,
                }
            }
        }
        let all = approvals.iter().map(|it| it.event).collect();
        Seen { found, compared: (approvals.len() > 1).then_some(all), is_doubtful }
    }

    fn without_request(&self) -> Seen {
        let asked = self.case.request.filter(|place| self.told[*place].act.is_done);
        let decided = || self.case.decisions.iter().filter(|it| it.is_effective);
        let is_early = |it: &&Decision| asked.is_none_or(|asked| asked > it.event);
        let found = decided().filter(is_early).map(|it| it.event).collect();
        let compared = self.request().chain(decided().map(|it| it.event)).collect();
        sure(found, decided().next().map(|_| compared))
    }

    fn after_rejection(&self) -> Seen {
        let is_no = |it: &&Decision| it.is_effective && it.verdict == Verdict::Rejected;
        let rejection = self.case.decisions.iter().find(is_no).map(|it| it.event);
        let later: Vec<_> = match rejection {
            Some(at) => self.approvals().map(|it| it.event).filter(|it| *it > at).collect(),
            None => Vec::new(),
        };
        let found = match later.is_empty() {
            true => later,
            false => rejection.into_iter().chain(later).collect(),
        };
        sure(found, rejection.map(|at| vec![at]))
    }

    fn skipped(&self) -> Seen {
        let approvals: Vec<_> = self.approvals().collect();
        let has = |before: &[&Decision], level| before.iter().any(|it| it.level == level);
        let skips = |(place, it): (usize, &&Decision)| {
            (1..it.level).any(|below| !has(&approvals[..place], below)).then_some(it.event)
        };
        let found = approvals.iter().enumerate().filter_map(skips).collect();
        let all = approvals.iter().map(|it| it.event).collect();
        let is_doubtful = approvals.iter().any(|it| it.is_level_inferred);
        Seen { found, compared: (!approvals.is_empty()).then_some(all), is_doubtful }
    }

    fn fewer(&self) -> Seen {
        let policy = self.case.policy.as_ref().and_then(|policy| policy.levels);
        let (Some(demanded), Some(levels)) = (policy, self.case.levels) else {
            return sure(Vec::new(), None);
        };
        // The policy's event stands behind those of the case.
        let both: Vec<_> = [self.told.len()].into_iter().chain(self.flow()).collect();
        let found = if levels < demanded { both.clone() } else { Vec::new() };
        sure(found, Some(both))
    }

    /// The request and what changed its flow.
    fn flow(&self) -> impl Iterator<Item = usize> {
        self.request().chain(self.places(|told| told.act.part == CasePart::FlowEdit))
    }

    fn flow_changed(&self) -> Seen {
        let asked = self.case.request.unwrap_or(0);
        let changes = self.places(|told| told.act.part == CasePart::FlowEdit && told.act.is_done);
        let found = changes.filter(|place| *place >= asked).collect();
        sure(found, self.case.request.map(|request| vec![request]))
    }

    fn data_changed(&self) -> Seen {
        let manifest = |place: usize| self.told[place].act.manifest_sha256.as_deref();
        let Some((request, asked)) = self.case.request.and_then(|it| Some((it, manifest(it)?)))
        else {
            return sure(Vec::new(), None);
        };
        let others: Vec<_> = self.places(|told| told.act.manifest_sha256.is_some()).collect();
        let is_other = |place: &usize| {
            manifest(*place).is_some_and(|other| !other.eq_ignore_ascii_case(asked))
        };
        let mut found: Vec<_> = others.iter().copied().filter(is_other).collect();
        if !found.is_empty() {
            found.push(request);
        }
        sure(found, (others.len() > 1).then_some(others))
    }

    fn early(&self) -> Seen {
        let approved = match self.case.decision {
            Some(Verdict::Approved) => self.case.decided,
            _ => None,
        };
        let downloads = &self.case.data.downloads;
        let position = |place: usize| self.told[place].event.found.position;
        let is_early = |place: &usize| approved.is_none_or(|at| position(*place) < at);
        let found = downloads.iter().copied().filter(is_early).collect();
        let approvals = self.approvals().map(|it| it.event);
        let compared = downloads.iter().copied().chain(approvals).collect();
        sure(found, (!downloads.is_empty()).then_some(compared))
    }

    fn late(&self) -> Seen {
        let is_area = |told: &Told| told.act.deletes == Some(Deletes::DownloadArea);
        let deleted = self.places(|told| is_area(told) && told.act.is_done).next();
        let downloads = &self.case.data.downloads;
        let later = |at: usize| downloads.iter().copied().filter(move |place| *place > at);
        let found = match deleted {
            Some(at) if later(at).next().is_some() => [at].into_iter().chain(later(at)).collect(),
            _ => Vec::new(),
        };
        let compared = deleted.map(|at| downloads.iter().copied().chain([at]).collect());
        sure(found, compared.filter(|_| !downloads.is_empty()))
    }

    fn by_person(&self) -> Seen {
        let deletions = &self.case.data.deletions;
        let by = |place: usize| self.told[place].act.is_by_platform;
        Seen {
            found: deletions.iter().copied().filter(|it| by(*it) == Some(false)).collect(),
            compared: (!deletions.is_empty()).then(|| deletions.clone()),
            is_doubtful: deletions.iter().any(|it| by(*it).is_none()),
        }
    }

    fn places(&self, wanted: impl Fn(&Told) -> bool) -> impl Iterator<Item = usize> {
        let wanted = move |(place, told): (usize, &Told)| wanted(told).then_some(place);
        self.told.iter().enumerate().filter_map(wanted)
    }
}

fn sure(found: Vec<usize>, compared: Option<Vec<usize>>) -> Seen {
    Seen { found, compared, is_doubtful: false }
}

/// True if an event that is not seen could explain it.
fn rests_on_absence(kind: CheckKind) -> bool {
    matches!(
        kind,
        CheckKind::DecisionWithoutRequest
            | CheckKind::LevelSkipped
            | CheckKind::FewerLevelsThanPolicy
            | CheckKind::DownloadBeforeApproval
    )
}
