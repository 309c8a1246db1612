//! `Journal`: what the platform did by itself, as a feed for whoever reads it, and, where the SDK
//! is inside, as events of the audit log.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use annals_api::sdk::{End, Event, Guarantee, Recorder, SdkError};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::approvals::{Approval, Policy, State};
use crate::audit;
use crate::environments::{Creation, Environment, Status};
use crate::people::SignInFault;
use crate::sessions::{Cut, Session};

/// Entries that the feed keeps; older ones are forgotten.
const FEED_ENTRIES_MAX: usize = 100_000;
/// Entries that one answer has at most.
const ANSWER_ENTRIES_MAX: usize = 100;

/// Something that the platform did by itself, or saw happen outside of any request.
#[derive(Debug)]
pub(crate) enum OwnAct {
    /// A cluster came up or did not.
    Creation { creation: Creation, name: String, took: SignedDuration },
    /// Data was kept for as long as the policy says.
    Expiry { approval: Box<Approval>, policy: Policy, area: Area },
    /// A session ended.
    SessionEnd { session: Box<Session>, cut: Cut, lasted: SignedDuration },
    /// Somebody did not get in.
    SignIn { login: String, name: String, fault: SignInFault, source: IpAddr, agent: String },
}

/// Where the data of a request lay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// Nobody had decided on it.
    Undecided,
    Rejected,
    Download,
}

impl OwnAct {
    pub(crate) fn creation(creation: &Creation, environment: &Environment, now: Timestamp) -> Self {
        Self::Creation {
            creation: creation.clone(),
            name: environment.name.clone(),
            took: now.duration_since(creation.begun),
        }
    }

    pub(crate) fn expiry(approval: &Approval, policy: &Policy) -> Self {
        let area = match approval.state {
            State::Open => Area::Undecided,
            State::Rejected => Area::Rejected,
            State::Approved => Area::Download,
        };
        Self::Expiry { approval: Box::new(approval.clone()), policy: policy.clone(), area }
    }

    /// As the feed tells it.
    fn entry(&self) -> Value {
        match self {
            Self::Creation { creation, name, .. } => json!({
                "kind": "creation_ended", "task": creation.id, "environment": creation.environment,
                "name": name, "ok": creation.status == Status::Running, "reason": creation.reason,
            }),
            Self::Expiry { approval, policy, area } => json!({
                "kind": match area {
                    Area::Undecided => "expired_deleted",
                    Area::Rejected => "rejected_deleted",
                    Area::Download => "download_area_deleted",
                },
                "data": {"id": approval.data.id, "name": approval.data.name},
                "approval": {"id": approval.id, "name": approval.title},
                "keep_seconds": policy.keep_seconds, "policy_revision": policy.revision,
                "because": policy.changed_by,
            }),
            Self::SessionEnd { session, cut, lasted } => json!({
                "kind": "session_ended", "environment": session.environment,
                "environment_kind": session.kind, "protocol": session.protocol,
                "name": session.target.name, "session": session.target.session,
                "user": session.target.user, "application": session.target.application,
                "node": {"id": session.target.node, "name": session.target.node_name,
                    "address": session.target.node_address},
                "cause": cut.cause, "by": cut.by, "because": cut.because,
                "lasted_ms": u64::try_from(lasted.as_millis()).unwrap_or_default(),
            }),
            Self::SignIn { login, name, fault, source, agent } => json!({
                "kind": match fault {
                    SignInFault::Unknown => "sign_in_unknown",
                    SignInFault::Locked => "sign_in_locked",
                    SignInFault::WrongPassword => "sign_in_wrong_password",
                },
                "login": login, "name": name, "source_ip": source, "user_agent": agent,
            }),
        }
    }
}

/// All that was told.
#[derive(Debug)]
pub(crate) struct Journal {
    feed: Mutex<Feed>,
    pub(crate) recorder: Option<Recorder>,
    /// From where the platform itself acts.
    address: IpAddr,
}

#[derive(Debug, Default)]
struct Feed {
    entries: std::collections::VecDeque<Value>,
    last: u64,
}

impl Journal {
    pub(crate) fn new(recorder: Option<Recorder>, address: IpAddr) -> Self {
        Self { feed: Mutex::default(), recorder, address }
    }

    /// Does something by itself: recorded as begun before, and as done after.
    ///
    /// # Errors
    /// Its beginning cannot be recorded; it was not done.
    pub(crate) fn act(
        &self,
        act: &OwnAct,
        now: Timestamp,
        does: impl FnOnce(),
    ) -> Result<(), SdkError> {
        let told = audit::own::event(act, self.address);
        match (&self.recorder, told) {
            (Some(recorder), Some((event, end))) => {
                let audited = recorder.begin(event, Guarantee::Spooled)?;
                does();
                audited.finish(end)?;
            }
            _ => does(),
        }
        self.feed().add(act, now);
        Ok(())
    }

    /// Tells what has happened already. Not for async threads.
    pub(crate) fn tell(&self, act: &OwnAct, now: Timestamp) {
        let told = self.recorder.as_ref().map_or(Ok(()), |recorder| match act {
            OwnAct::Creation { creation, took, name } => match &creation.operation {
                Some(id) => recorder.finish(id, &audit::own::creation_end(creation, name, *took)),
                None => Ok(()),
            },
            act => match audit::own::event(act, self.address) {
                Some((event, end)) => self.record(event, &end),
                None => Ok(()),
            },
        });
        if let Err(error) = told {
            tracing::error!(%error, ?act, "it happened and is not recorded");
        }
        self.feed().add(act, now);
    }

    /// Records what is over, where the SDK records. Not for async threads.
    ///
    /// # Errors
    /// It is not recorded.
    pub(crate) fn record(&self, event: Event, end: &End) -> Result<(), SdkError> {
        match &self.recorder {
            Some(recorder) => recorder.record(event, end, Guarantee::Spooled),
            None => Ok(()),
        }
    }

    /// The next entries after one, oldest first.
    pub(crate) fn after(&self, seq: u64) -> Vec<Value> {
        let feed = self.feed();
        let later = feed.entries.iter().filter(|entry| entry["seq"].as_u64() > Some(seq));
        later.take(ANSWER_ENTRIES_MAX).cloned().collect()
    }

    fn feed(&self) -> MutexGuard<'_, Feed> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    fn add(&mut self, act: &OwnAct, now: Timestamp) {
        self.last += 1;
        let mut entry = act.entry();
        entry["seq"] = self.last.into();
        entry["time"] = now.to_string().into();
        self.entries.push_back(entry);
        if self.entries.len() > FEED_ENTRIES_MAX {
            self.entries.pop_front();
        }
    }
}
