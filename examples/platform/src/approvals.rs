//! `Approvals`: leave to take data out, asked for and given level by level, and what becomes of
//! the data.
//!
//! Nobody decides on a request of his own. The policy says who decides at which level and how
//! long data is kept; a request keeps the levels that it began with unless its own flow is
//! edited. When the period ends the platform deletes: requests that nobody decided, rejected data
//! and what lies in the download area.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::refusal::Refusal;

/// The one policy's id and name.
pub(crate) const POLICY: [&str; 2] = ["download", "Download approval"];
/// Most levels of a flow.
const LEVELS_MAX: usize = 10;
/// How long data is kept, unless the policy says otherwise: seven days.
const KEEP_SECONDS: u32 = 7 * 24 * 3600;

/// Who decides at which level: logins, of which one is enough.
pub(crate) type Flow = Vec<Vec<String>>;

/// The rule for all requests.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Policy {
    pub(crate) levels: Flow,
    pub(crate) keep_seconds: u32,
    /// Counts the changes.
    pub(crate) revision: u32,
    /// The audit log's id of the last change, where the SDK records.
    #[serde(skip)]
    pub(crate) changed_by: Option<String>,
}

/// A change of the policy.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PolicyEdit {
    levels: Flow,
    keep_seconds: u32,
}

/// What a request asks for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewApproval {
    title: String,
    pub(crate) paths: Vec<String>,
}

/// A request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Approval {
    pub(crate) id: String,
    #[serde(rename = "name")]
    pub(crate) title: String,
    pub(crate) requester: String,
    paths: Vec<String>,
    levels: Flow,
    decisions: Vec<Decision>,
    pub(crate) state: State,
    pub(crate) data: Data,
}

/// What somebody decided.
#[derive(Clone, Debug, Serialize)]
struct Decision {
    approver: String,
    is_approved: bool,
    comment: String,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Open,
    Approved,
    Rejected,
}

/// The data of a request: what is kept of it and since when.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Data {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip)]
    since: Timestamp,
    pub(crate) is_deleted: bool,
}

/// All requests, and the rule for them.
#[derive(Debug)]
pub(crate) struct Approvals {
    pub(crate) policy: Policy,
    all: BTreeMap<String, Approval>,
}

impl Default for Approvals {
    fn default() -> Self {
        let admin = || vec!["admin".to_owned()];
        let policy = Policy {
            levels: vec![admin(), admin()],
            keep_seconds: KEEP_SECONDS,
            revision: 0,
            changed_by: None,
        };
        Self { policy, all: BTreeMap::new() }
    }
}

impl Approvals {
    pub(crate) fn edit_policy(
        &mut self,
        ask: PolicyEdit,
        changed_by: Option<String>,
    ) -> Result<&Policy, Refusal> {
        checked(&ask.levels)?;
        self.policy = Policy {
            levels: ask.levels,
            keep_seconds: ask.keep_seconds,
            revision: self.policy.revision + 1,
            changed_by,
        };
        Ok(&self.policy)
    }

    pub(crate) fn initiate(
        &mut self,
        ids: &mut Ids,
        requester: &str,
        ask: NewApproval,
        now: Timestamp,
    ) -> Approval {
        let id = ids.next("a");
        let data = Data {
            id: id.replacen('a', "ad", 1),
            name: format!("{}.tar", ask.title),
            since: now,
            is_deleted: false,
        };
        let approval = Approval {
            id: id.clone(),
            title: ask.title,
            requester: requester.to_owned(),
            paths: ask.paths,
            levels: self.policy.levels.clone(),
            decisions: Vec::new(),
            state: State::Open,
            data,
        };
        self.all.entry(id).or_insert(approval).clone()
    }

    pub(crate) fn list(&self) -> impl Iterator<Item = &Approval> {
        self.all.values()
    }

    pub(crate) fn find(&self, id: &str) -> Result<&Approval, Refusal> {
        self.all.get(id).ok_or_else(|| Refusal::missing("approval", id))
    }

    fn open(&mut self, id: &str) -> Result<&mut Approval, Refusal> {
        let found = self.all.get_mut(id).ok_or_else(|| Refusal::missing("approval", id))?;
        if found.state != State::Open || found.data.is_deleted {
            return Err(Refusal::State(format!("approval `{id}` is decided")));
        }
        Ok(found)
    }

    /// Edits the flow of one request; levels that are decided stay so.
    pub(crate) fn edit_flow(&mut self, id: &str, levels: Flow) -> Result<Approval, Refusal> {
        checked(&levels)?;
        let approval = self.open(id)?;
        if levels.len() <= approval.decisions.len() {
            return Err(Refusal::State("that many levels are decided already".to_owned()));
        }
        approval.levels = levels;
        Ok(approval.clone())
    }

    /// Decides the next level.
    pub(crate) fn decide(
        &mut self,
        id: &str,
        approver: &str,
        is_approved: bool,
        comment: String,
        now: Timestamp,
    ) -> Result<Approval, Refusal> {
        let approval = self.open(id)?;
        if approval.requester == approver {
            return Err(Refusal::Rule("nobody decides on a request of his own"));
        }
        let level = approval.levels.get(approval.decisions.len());
        if !level.is_some_and(|level| level.iter().any(|login| login == approver)) {
            return Err(Refusal::Rule("another one decides at this level"));
        }
        approval.decisions.push(Decision { approver: approver.to_owned(), is_approved, comment });
        if !is_approved {
            approval.state = State::Rejected;
        } else if approval.decisions.len() == approval.levels.len() {
            approval.state = State::Approved;
        }
        approval.data.since = now;
        Ok(approval.clone())
    }

    /// The request whose data this is, if the data is kept.
    pub(crate) fn of_data(&self, id: &str) -> Result<&Approval, Refusal> {
        let found = self.all.values().find(|approval| approval.data.id == id);
        let found = found.filter(|approval| !approval.data.is_deleted);
        found.ok_or_else(|| Refusal::missing("approval data", id))
    }

    /// Deletes what lies in the download area; nothing else can be deleted by hand.
    pub(crate) fn delete_data(&mut self, id: &str) -> Result<Approval, Refusal> {
        let approval = self.of_data(id)?.clone();
        if approval.state != State::Approved {
            return Err(Refusal::Rule("nobody deletes what is not in the download area"));
        }
        self.forget(&approval.id);
        Ok(approval)
    }

    /// Requests whose data has been kept long enough.
    pub(crate) fn expired(&self, now: Timestamp) -> Vec<Approval> {
        let keep = SignedDuration::from_secs(i64::from(self.policy.keep_seconds));
        let is_over = |data: &Data| !data.is_deleted && now.duration_since(data.since) >= keep;
        self.all.values().filter(|approval| is_over(&approval.data)).cloned().collect()
    }

    /// The data is gone.
    pub(crate) fn forget(&mut self, id: &str) {
        if let Some(approval) = self.all.get_mut(id) {
            approval.data.is_deleted = true;
        }
    }
}

fn checked(levels: &Flow) -> Result<(), Refusal> {
    let is_good = (1..=LEVELS_MAX).contains(&levels.len());
    if is_good && levels.iter().all(|level| !level.is_empty()) {
        return Ok(());
    }
    Err(Refusal::Request(format!("a flow has 1 to {LEVELS_MAX} levels, each with an approver")))
}
