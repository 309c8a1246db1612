//! `OwnAct`: something that the platform did by itself, or saw happen outside of any request.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::approvals::{Approval, Policy, State};
use crate::environments::{Creation, Environment, Status};
use crate::people::SignInFault;
use crate::sessions::{Cut, Session};

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

    /// As the feed tells it; `address` is the platform's own.
    pub(crate) fn entry(&self, address: IpAddr) -> Value {
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
                "because": policy.changed_by, "source_ip": address,
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
