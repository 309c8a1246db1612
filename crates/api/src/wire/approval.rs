//! Approvals: each request to take data out as one case, from the request to the deletion.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::KeptEvent;
use super::event::schema::Event;
use super::history::Thing;
use super::search::Coverage;

/// Cases, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ApprovalsAnswer {
    /// The cases; a page may hold fewer than asked for before the end.
    pub approvals: Vec<Approval>,
    /// Pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
    /// True if the caller's scope may hide events of the cases.
    pub limited: bool,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// One case in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// The approval's id.
    pub id: String,
    /// The deployment it belongs to: ids are unique in one only.
    #[schema(required = true)]
    pub stack_id: Option<String>,
    /// Its newest name.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Position of the event that began it: the request, or the first decision where none is seen.
    pub index: u64,
    /// When that was, RFC 3339.
    pub began: String,
    /// When it was asked for; null where no request is seen.
    #[schema(required = true)]
    pub submitted: Option<String>,
    /// Time of its last event.
    pub updated: String,
    /// Who asked, as far as it is known.
    #[schema(required = true)]
    pub requester: Option<Person>,
    /// `open`, `approved`, `rejected`, `expired` (data deleted, nobody decided), `deleted`
    /// (decided, data deleted) or `refused` (the platform did not take the request).
    pub state: String,
    /// `approved` or `rejected`; null while it is undecided.
    #[schema(required = true)]
    pub decision: Option<String>,
    /// When it was decided.
    #[schema(required = true)]
    pub decided: Option<String>,
    /// The highest level that approved; 0 at the beginning.
    pub level: u64,
    /// How many levels must approve; null where neither an event nor the policy says it.
    #[schema(required = true)]
    pub levels: Option<u64>,
    /// How many files it is about.
    #[schema(required = true)]
    pub files: Option<u64>,
    /// How many bytes.
    #[schema(required = true)]
    pub bytes: Option<u64>,
    /// What was found, by its words; see `findings` of one case.
    pub flags: Vec<String>,
}

/// Somebody in a case, in all the ways an event names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The login that acted.
    #[schema(required = true)]
    pub operator: Option<String>,
    /// The account acted as.
    #[schema(required = true)]
    pub username: Option<String>,
    /// The id that survives a rename.
    #[schema(required = true)]
    pub operator_id: Option<String>,
    /// The display name.
    #[schema(required = true)]
    pub operator_name: Option<String>,
}

/// One case in full.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApprovalAnswer {
    /// The case in short.
    pub approval: Approval,
    /// What was asked for, and what is left of it.
    pub data: ApprovalData,
    /// The decisions and attempts at one, oldest first.
    pub decisions: Vec<ApprovalDecision>,
    /// The policy in force when it was asked for; null where none is seen.
    #[schema(required = true)]
    pub policy: Option<ApprovalPolicy>,
    /// What is wrong.
    pub findings: Vec<ApprovalCheck>,
    /// What was looked for and not found, or cannot be said.
    pub checks: Vec<ApprovalCheck>,
    /// Every event of the case, oldest first.
    pub events: Vec<ApprovalEvent>,
    /// True if there are more events than the limits allow.
    pub cut: bool,
    /// True if the caller's scope may hide events of the case.
    pub limited: bool,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// What a case is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalData {
    /// How many files.
    #[schema(required = true)]
    pub files: Option<u64>,
    /// How many bytes.
    #[schema(required = true)]
    pub bytes: Option<u64>,
    /// SHA-256 of the list of files, as the platform says it.
    #[schema(required = true)]
    pub manifest_sha256: Option<String>,
    /// Files and folders that the request names.
    pub objects: Vec<Thing>,
    /// What is left on the platform as far as the log knows: `staged`, `download_area`, `deleted`
    /// or `none` where the request was refused.
    pub left: String,
    /// Positions of the events that took it out.
    pub downloads: Vec<u64>,
    /// Positions of the events that deleted it.
    pub deletions: Vec<u64>,
}

/// One decision, or the attempt at one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalDecision {
    /// Position of the event.
    pub index: u64,
    /// When, RFC 3339.
    pub time: String,
    /// `approved` or `rejected`.
    pub verdict: String,
    /// False if the platform refused it or it failed.
    pub effective: bool,
    /// The level that spoke.
    pub level: u64,
    /// True if the event does not say the level: it follows from the decisions before.
    pub level_inferred: bool,
    /// Who.
    pub by: Person,
    /// From where.
    #[schema(required = true)]
    pub source_ip: Option<String>,
    /// What the approver wrote, or why it was refused.
    #[schema(required = true)]
    pub comment: Option<String>,
    /// True if it is the requester who decides: operator, operator id and username were compared.
    /// Null if that cannot be known.
    #[schema(required = true)]
    pub by_requester: Option<bool>,
}

/// The policy in force.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApprovalPolicy {
    /// Position of the event that set it.
    pub index: u64,
    /// When, RFC 3339.
    pub time: String,
    /// How many levels it asks for.
    #[schema(required = true)]
    pub levels: Option<u64>,
    /// The event.
    #[schema(value_type = Event)]
    pub event: KeptEvent,
}

/// One thing that was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalCheck {
    /// What: `self_approval`, `self_approval_refused`, `same_approver_twice`,
    /// `decision_without_request`, `approval_after_rejection`, `level_skipped`,
    /// `fewer_levels_than_policy`, `flow_changed_after_request`, `data_changed_after_request`,
    /// `download_before_approval`, `download_after_deletion`, `deleted_by_person`.
    pub kind: String,
    /// Of a finding: `found`, or `possible` where events that cannot be seen could explain it.
    /// Else `held` (it is not so), `unknown` (not everything can be seen or compared) or `nothing`
    /// (to check).
    pub result: String,
    /// Positions of the events that show it, or that were compared.
    pub events: Vec<u64>,
}

/// One event of a case.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ApprovalEvent {
    /// The event.
    #[schema(value_type = Event)]
    pub event: KeptEvent,
    /// What it is in the case: `request`, `decision`, `flow_edit`, `policy`, `download`,
    /// `movement`, `deletion` or `other`.
    pub part: String,
    /// Position of the event that it names as its cause; null if it names none that can be seen.
    #[schema(required = true)]
    pub cause: Option<u64>,
    /// Where its proof can be fetched.
    pub proof: String,
}
