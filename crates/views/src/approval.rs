//! Approvals: the events around one request to take data out, told as one case.
//!
//! To a case belongs every event whose target or related object is the approval, and every event
//! on the approval's data. A case is told apart by stack and id. What the events say is read in
//! `read.rs`, put together in `case.rs` and checked in `checks.rs`; all three are pure. A check
//! that rests on something not having happened is certain only where everything can be seen: under
//! no scope, in no partial answer, within the limits. Decides nothing about who may see what.

mod case;
mod checks;
mod read;
mod search;

use std::net::IpAddr;

use crate::page::{PageToken, Position};
use crate::thing::Thing;
use crate::{Filter, Found};

/// Events read for one page of cases, or for one case.
pub const APPROVAL_EVENTS_MAX: usize = 10_000;
/// Changes of the policy read to find the one in force.
pub const APPROVAL_POLICIES_MAX: usize = 1_000;

/// Which cases are asked for.
#[derive(Clone, Debug)]
pub struct WantedCases {
    /// Of the event that began the case.
    pub begun: Filter,
    /// Only those that stand so.
    pub state: Option<CaseState>,
    /// Only those in which one of these was found; empty: all.
    pub findings: Vec<CheckKind>,
}

/// One page of cases, the newest first.
#[derive(Debug)]
pub struct Cases {
    /// The cases; fewer than asked for where many events begin none that is asked for.
    pub cases: Vec<Case>,
    /// Where the next page begins; none at the end.
    pub next: Option<PageToken>,
    /// True if the scope may hide events of them.
    pub is_limited: bool,
}

/// One case.
#[derive(Debug)]
pub struct Case {
    /// The approval's id.
    pub id: String,
    /// The deployment it belongs to.
    pub stack_id: Option<String>,
    /// The approval's newest name.
    pub name: Option<String>,
    /// Time and position of the event that began it: the request, or, where none is seen, the
    /// first decision or other event.
    pub began: Position,
    /// The id of that event.
    pub began_id: String,
    /// Position of the request in `events`, if there is one.
    pub request: Option<usize>,
    /// Who asked, as far as it is known.
    pub requester: Option<Person>,
    /// Time and position of its last event.
    pub last: Position,
    /// How it stands.
    pub state: CaseState,
    /// What was decided in the end.
    pub decision: Option<Verdict>,
    /// Time and position of the event that decided it.
    pub decided: Option<Position>,
    /// The highest level that approved; 0 at the beginning.
    pub level: u64,
    /// How many levels must approve, as the newest event or the policy says.
    pub levels: Option<u64>,
    /// The decisions, also refused ones, oldest first.
    pub decisions: Vec<Decision>,
    /// What was asked for.
    pub data: CaseData,
    /// The policy in force when it was asked for: the last event that set it before.
    pub policy: Option<Policy>,
    /// Everything that was checked.
    pub checks: Vec<Check>,
    /// Its events, oldest first.
    pub events: Vec<CaseEvent>,
    /// True if there are more events than the limits allow.
    pub is_cut: bool,
    /// True if the scope may hide events of it.
    pub is_limited: bool,
}

/// Somebody in a case, in all the ways an event names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The login that acted.
    pub operator: Option<String>,
    /// The account acted as.
    pub username: Option<String>,
    /// The id that survives a rename.
    pub operator_id: Option<String>,
    /// The display name.
    pub operator_name: Option<String>,
}

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseState {
    /// Levels still have to decide.
    Open,
    /// Every level approved, and the data was not deleted yet.
    Approved,
    /// A level rejected it, and the data was not deleted yet.
    Rejected,
    /// Its data was deleted because nobody decided in time.
    Expired,
    /// It was decided, and its data was deleted.
    Deleted,
    /// The platform did not take the request.
    Refused,
}

/// What a level says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approved,
    /// No.
    Rejected,
}

/// One decision, or the attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Position in the case's events.
    pub event: usize,
    /// What was said.
    pub verdict: Verdict,
    /// True if it took effect.
    pub is_effective: bool,
    /// The level that spoke.
    pub level: u64,
    /// True if the event does not say the level: it follows from the decisions before.
    pub is_level_inferred: bool,
    /// Who.
    pub by: Person,
    /// From where.
    pub source_ip: Option<IpAddr>,
    /// What the approver wrote.
    pub comment: Option<String>,
    /// True if it is the requester who decides; none if that cannot be known.
    pub is_by_requester: Option<bool>,
}

/// What was asked for, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseData {
    /// How many files.
    pub files: Option<u64>,
    /// How many bytes.
    pub bytes: Option<u64>,
    /// SHA-256 of the list of files, as the platform says it.
    pub manifest_sha256: Option<String>,
    /// The files and folders named by the request.
    pub things: Vec<Thing>,
    /// Positions in the case's events of what took it out.
    pub downloads: Vec<usize>,
    /// Positions in the case's events of its deletions.
    pub deletions: Vec<usize>,
}

/// The policy in force.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The event that set it.
    pub found: Found,
    /// How many levels it asks for.
    pub levels: Option<u64>,
}

/// An event of a case.
#[derive(Clone, Debug)]
pub struct CaseEvent {
    /// The event.
    pub found: Found,
    /// What it is in the case.
    pub part: CasePart,
    /// Time and position of the event that it names as its cause, if that can be seen.
    pub cause: Option<Position>,
}

/// What an event is in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CasePart {
    /// Somebody asks.
    Request,
    /// A level decides.
    Decision,
    /// The flow of this request is changed.
    FlowEdit,
    /// The rule for all requests is changed.
    Policy,
    /// The data is taken out.
    Download,
    /// The data is moved, copied, put somewhere.
    Movement,
    /// The data is deleted.
    Deletion,
    /// Something else that concerns it.
    Other,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub kind: CheckKind,
    /// What came out.
    pub result: CheckResult,
    /// Positions in the ledger of the events that show it.
    pub events: Vec<u64>,
}

/// What came out of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// It was found, for sure.
    Found,
    /// It looks so, but events that cannot be seen could explain it.
    Possible,
    /// It was looked for and is not so.
    Held,
    /// It cannot be said: not everything can be seen or compared.
    Unknown,
    /// There is nothing to check.
    Nothing,
}

macro_rules! words {
    ($kind:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $kind {
            /// Each with its word.
            pub const NAMES: &[(&'static str, Self)] = &[$(($word, Self::$variant)),+];

            /// Its word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// The one called `word`.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::NAMES.iter().find_map(|(known, it)| (*known == word).then_some(*it))
            }
        }
    };
}

/// What can be wrong with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// Somebody approved their own request.
    SelfApproval,
    /// Somebody tried to approve their own request, and was refused.
    SelfApprovalRefused,
    /// One person approved more than once.
    SameApproverTwice,
    /// It was decided before anybody asked, or without.
    DecisionWithoutRequest,
    /// It was approved after it had been rejected.
    ApprovalAfterRejection,
    /// A level approved before one below it.
    LevelSkipped,
    /// Fewer levels were asked than the policy in force demands.
    FewerLevelsThanPolicy,
    /// The flow was changed after the request.
    FlowChangedAfterRequest,
    /// The list of files is another than the requested one.
    DataChangedAfterRequest,
    /// The data was taken out before every level had approved.
    DownloadBeforeApproval,
    /// The data was taken out after it had been deleted.
    DownloadAfterDeletion,
    /// The data was deleted by a person, not by the platform.
    DeletedByPerson,
}

words!(CheckKind {
    SelfApproval => "self_approval",
    SelfApprovalRefused => "self_approval_refused",
    SameApproverTwice => "same_approver_twice",
    DecisionWithoutRequest => "decision_without_request",
    ApprovalAfterRejection => "approval_after_rejection",
    LevelSkipped => "level_skipped",
    FewerLevelsThanPolicy => "fewer_levels_than_policy",
    FlowChangedAfterRequest => "flow_changed_after_request",
    DataChangedAfterRequest => "data_changed_after_request",
    DownloadBeforeApproval => "download_before_approval",
    DownloadAfterDeletion => "download_after_deletion",
    DeletedByPerson => "deleted_by_person",
});

words!(CaseState {
    Open => "open",
    Approved => "approved",
    Rejected => "rejected",
    Expired => "expired",
    Deleted => "deleted",
    Refused => "refused",
});

words!(CheckResult {
    Found => "found",
    Possible => "possible",
    Held => "held",
    Unknown => "unknown",
    Nothing => "nothing",
});

words!(CasePart {
    Request => "request",
    Decision => "decision",
    FlowEdit => "flow_edit",
    Policy => "policy",
    Download => "download",
    Movement => "movement",
    Deletion => "deletion",
    Other => "other",
});

words!(Verdict {
    Approved => "approved",
    Rejected => "rejected",
});

impl Case {
    /// True if this was found in it, for sure or perhaps.
    #[must_use]
    pub fn has(&self, kind: CheckKind) -> bool {
        self.found().any(|check| check.kind == kind)
    }

    /// What was found in it.
    pub fn found(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.is_found())
    }
}

impl Check {
    /// True if it was found, for sure or perhaps.
    #[must_use]
    pub fn is_found(&self) -> bool {
        matches!(self.result, CheckResult::Found | CheckResult::Possible)
    }
}
