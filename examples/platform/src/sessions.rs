//! `Sessions`: remote sessions on nodes, from the upgrade of their WebSocket to its close.
//!
//! Where a session leads stands in the address that the platform makes for it and seals: nobody
//! changes it on the way, and opening it needs no memory here. A session ends once, for one cause.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use crate::environments::{Environment, Kind, Node};
use crate::people::random;
use crate::refusal::Refusal;

/// How a node is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protocol {
    Ssh,
    Vnc,
    Rdp,
}

impl Protocol {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::Vnc => "vnc",
            Self::Rdp => "rdp",
        }
    }
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cause {
    /// Its user closed it.
    User,
    /// Somebody else cut it.
    Admin,
    /// It ran for as long as the settings allow.
    Timeout,
    /// The connection broke.
    Network,
    /// The node is gone.
    Release,
}

impl Cause {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Release => "release",
        }
    }

    /// The WebSocket close code by which its user is told; for private use by RFC 6455.
    pub(crate) fn close_code(self) -> u16 {
        match self {
            Self::User | Self::Network => 1000,
            Self::Timeout => 4000,
            Self::Admin => 4001,
            Self::Release => 4002,
        }
    }
}

/// How and by whom a session was ended from outside.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    pub(crate) cause: Cause,
    /// Who cut it; none: the platform itself.
    pub(crate) by: Option<String>,
    /// From where.
    pub(crate) source: Option<std::net::IpAddr>,
    /// The audit log's id of what led to it, where the SDK records.
    pub(crate) because: Option<String>,
}

/// Where a session leads; the members of its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) session: String,
    /// The name of the cluster or desktop.
    pub(crate) name: String,
    pub(crate) node: String,
    pub(crate) node_name: String,
    pub(crate) node_address: String,
    pub(crate) application: String,
    /// Who may open it.
    pub(crate) user: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) seal: String,
}

/// A session that runs.
#[derive(Debug, Serialize)]
pub(crate) struct Session {
    pub(crate) kind: Kind,
    pub(crate) environment: String,
    pub(crate) protocol: Protocol,
    #[serde(flatten)]
    pub(crate) target: Target,
    #[serde(skip)]
    pub(crate) source: std::net::IpAddr,
    #[serde(skip)]
    begun: Timestamp,
    /// Ends it; none once that was done.
    #[serde(skip)]
    cut: Option<oneshot::Sender<Cut>>,
}

impl Session {
    pub(crate) fn lasted(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.begun)
    }
}

/// What holds for all sessions.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Settings {
    /// How long a VNC session may run; none: for ever.
    pub(crate) vnc_timeout_seconds: Option<u32>,
    /// The audit log's id of the last change, where the SDK records.
    #[serde(skip)]
    pub(crate) changed_by: Option<String>,
}

/// All that run.
#[derive(Debug)]
pub(crate) struct Sessions {
    running: BTreeMap<String, Session>,
    pub(crate) settings: Settings,
    secret: String,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { running: BTreeMap::new(), settings: Settings::default(), secret: random() }
    }
}

impl Sessions {
    /// Where a user may open a session on a node.
    pub(crate) fn target(
        &self,
        user: &str,
        environment: &Environment,
        node: &Node,
        application: String,
    ) -> Target {
        let mut target = Target {
            session: format!("s-{}", random()),
            name: environment.name.clone(),
            node: node.id.clone(),
            node_name: node.name.clone(),
            node_address: node.address.clone(),
            application,
            user: user.to_owned(),
            seal: String::new(),
        };
        target.seal = self.seal(&environment.id, &target);
        target
    }

    fn seal(&self, environment: &str, target: &Target) -> String {
        let sealed = Target { seal: self.secret.clone(), ..target.clone() };
        let text = serde_json::json!([self.secret, environment, sealed]).to_string();
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Opens one; the receiver hears when it must end.
    pub(crate) fn open(
        &mut self,
        user: &str,
        session: NewSession,
    ) -> Result<oneshot::Receiver<Cut>, Refusal> {
        let NewSession { kind, environment, protocol, target, source, now } = session;
        if target.seal != self.seal(&environment, &target) {
            return Err(Refusal::Rule("this address was not made by the platform"));
        }
        if target.user != user {
            return Err(Refusal::Rule("this address was made for somebody else"));
        }
        if self.running.contains_key(&target.session) {
            return Err(Refusal::State("this session runs already".to_owned()));
        }
        // It is not shown again.
        let target = Target { seal: String::new(), ..target };
        let (cut, cutting) = oneshot::channel();
        let id = target.session.clone();
        let session =
            Session { kind, environment, protocol, target, source, begun: now, cut: Some(cut) };
        self.running.insert(id, session);
        Ok(cutting)
    }

    pub(crate) fn running(&self) -> impl Iterator<Item = &Session> {
        self.running.values()
    }

    pub(crate) fn find(&self, id: &str) -> Result<&Session, Refusal> {
        self.running.get(id).ok_or_else(|| Refusal::missing("session", id))
    }

    /// It has ended.
    pub(crate) fn close(&mut self, id: &str) -> Option<Session> {
        self.running.remove(id)
    }

    /// Ends those that `which` names.
    pub(crate) fn cut(&mut self, which: impl Fn(&Session) -> bool, cut: &Cut) {
        for session in self.running.values_mut().filter(|session| which(session)) {
            if let Some(sender) = session.cut.take() {
                // Nobody hears it where the session is ending already.
                let _ = sender.send(cut.clone());
            }
        }
    }

    /// Ends the VNC sessions that have run for as long as they may.
    pub(crate) fn time_out(&mut self, now: Timestamp) {
        let Some(seconds) = self.settings.vnc_timeout_seconds else { return };
        let limit = SignedDuration::from_secs(i64::from(seconds));
        let because = self.settings.changed_by.clone();
        let cut = Cut { cause: Cause::Timeout, by: None, source: None, because };
        let is_over = |session: &Session| {
            session.protocol == Protocol::Vnc && now.duration_since(session.begun) >= limit
        };
        self.cut(is_over, &cut);
    }
}

/// A session that is about to be opened.
#[derive(Debug)]
pub(crate) struct NewSession {
    pub(crate) kind: Kind,
    pub(crate) environment: String,
    pub(crate) protocol: Protocol,
    pub(crate) target: Target,
    pub(crate) source: std::net::IpAddr,
    pub(crate) now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Ids;
    use serde_json::json;

    /// A desktop with a node.
    fn environments() -> crate::environments::Environments {
        let mut environments = crate::environments::Environments::default();
        let ask = json!({"name": "desk", "nodes": 1, "image": "rocky-9"});
        let ask = serde_json::from_value(ask).unwrap();
        environments.create(&mut Ids::default(), Kind::Desktop, "alice", ask).unwrap();
        environments
    }

    fn new(protocol: Protocol, target: &Target) -> NewSession {
        NewSession {
            kind: Kind::Desktop,
            environment: "d-1".to_owned(),
            protocol,
            target: target.clone(),
            source: std::net::Ipv4Addr::LOCALHOST.into(),
            now: Timestamp::UNIX_EPOCH,
        }
    }

    fn target(sessions: &Sessions, user: &str) -> Target {
        let environments = environments();
        let desk = environments.find(Kind::Desktop, "d-1").unwrap();
        sessions.target(user, desk, desk.node("n-1").unwrap(), "terminal".to_owned())
    }

    // Protects: an address leads only where the platform said, and only whom.
    #[test]
    fn addresses_are_sealed() {
        let mut sessions = Sessions::default();
        let target = target(&sessions, "alice");
        let changed = Target { node_address: "10.0.0.9".to_owned(), ..target.clone() };
        assert!(sessions.open("alice", new(Protocol::Ssh, &changed)).is_err());
        let mut elsewhere = new(Protocol::Ssh, &target);
        elsewhere.environment = "d-2".to_owned();
        assert!(sessions.open("alice", elsewhere).is_err());
        assert!(sessions.open("bob", new(Protocol::Ssh, &target)).is_err());
        assert!(sessions.open("alice", new(Protocol::Ssh, &target)).is_ok());
        assert!(sessions.open("alice", new(Protocol::Ssh, &target)).is_err(), "it runs already");
    }

    // Protects: the time-out ends VNC sessions that are old enough, and no others.
    #[test]
    fn vnc_times_out() {
        let mut sessions = Sessions::default();
        let mut open = |protocol| {
            let target = target(&sessions, "alice");
            sessions.open("alice", new(protocol, &target)).unwrap()
        };
        let (mut ssh, mut vnc) = (open(Protocol::Ssh), open(Protocol::Vnc));
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        sessions.time_out(at(100));
        assert!(vnc.try_recv().is_err(), "there is no limit");
        sessions.settings.vnc_timeout_seconds = Some(10);
        sessions.time_out(at(9));
        assert!(vnc.try_recv().is_err(), "not yet");
        sessions.time_out(at(10));
        assert_eq!(vnc.try_recv().unwrap().cause, Cause::Timeout);
        assert!(ssh.try_recv().is_err());
    }
}
