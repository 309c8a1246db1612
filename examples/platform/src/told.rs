//! What the platform does by itself, as events; and sign-ins, which are nobody's until they
//! succeed.

use std::net::IpAddr;
use std::time::Duration;

use annals_api::sdk::{End, Event, Object, Operation, op};
use jiff::SignedDuration;
use serde_json::json;

use crate::environments::{Creation, Kind, Status};
use crate::own_act::{Area, OwnAct};
use crate::people::SignInFault;
use crate::sessions::{Cause, Cut, Protocol, Session};

/// The platform itself as an operator.
const SYSTEM: &str = "system";

/// An act as an event and how it ended; none for the end of what is open already. `address` is
/// the platform's own.
pub(crate) fn event(act: &OwnAct, address: IpAddr) -> Option<(Event, End)> {
    match act {
        OwnAct::Creation { .. } => None,
        OwnAct::Expiry { approval, policy, area } => {
            let operation = match area {
                Area::Undecided => op::APPROVAL_DATA_EXPIRED_DELETE,
                Area::Rejected => op::APPROVAL_DATA_REJECTED_DELETE,
                Area::Download => op::APPROVAL_DATA_DOWNLOAD_AREA_DELETE,
            };
            let keep = json!({"keep_seconds": policy.keep_seconds, "revision": policy.revision});
            let event = Event::new(operation, SYSTEM)
                .user_type(SYSTEM)
                .source_ip(address)
                .target(object("approval_data", &approval.data.id, Some(&approval.data.name)))
                .related("approval", object("approval", &approval.id, Some(&approval.title)))
                .related("requester", Object::new("user").id(&approval.requester))
                .request_data(&keep);
            Some((caused(event, policy.changed_by.as_deref()), End::success()))
        }
        OwnAct::SessionEnd { session, cut, lasted } => {
            Some((session_end(session, cut, positive(*lasted), address), End::success()))
        }
        OwnAct::SignIn { login, name, fault, source, agent } => {
            let (operation, end) = match fault {
                SignInFault::Unknown => (op::USER_LOGIN_UNKNOWN, End::denied("no such account")),
                SignInFault::Locked => (op::USER_LOGIN, End::denied("the account is locked")),
                SignInFault::WrongPassword => (op::USER_LOGIN, End::failure("wrong password")),
            };
            Some((sign_in(operation, login, name, *source, agent), end))
        }
    }
}

/// Somebody who shows a password.
pub(crate) fn sign_in(
    operation: Operation,
    login: &str,
    name: &str,
    source: IpAddr,
    agent: &str,
) -> Event {
    Event::new(operation, login)
        .source_ip(source)
        .user_agent(agent)
        .auth_method("password")
        .target(object("user", login, Some(name)))
        .request_data(&json!({ "login": login }))
}

/// How the creation of a cluster ended.
pub(crate) fn creation_end(creation: &Creation, name: &str, took: SignedDuration) -> End {
    let end = match (creation.status, &creation.reason) {
        (Status::Running, _) => End::success(),
        (_, reason) => End::failure(reason.as_deref().unwrap_or("it did not come up")),
    };
    end.target(object("cluster", &creation.environment, Some(name))).duration(positive(took))
}

fn session_end(session: &Session, cut: &Cut, lasted: Duration, address: IpAddr) -> Event {
    let target = &session.target;
    let (operator, source) = match (cut.cause, &cut.by) {
        (_, Some(login)) => (login.as_str(), cut.source.unwrap_or(session.source)),
        (Cause::Timeout | Cause::Release, None) => (SYSTEM, address),
        _ => (target.user.as_str(), session.source),
    };
    let data = json!({
        "protocol": session.protocol, "node": target.node, "node_address": target.node_address,
        "application": target.application, "end_cause": cut.cause,
        "lasted_ms": u64::try_from(lasted.as_millis()).unwrap_or_default(),
    });
    let event = Event::new(ending(session.kind, session.protocol), operator)
        .source_ip(source)
        .session_id(&target.session)
        .target(object(session.kind.word(), &session.environment, Some(&target.name)))
        .related("node", object("node", &target.node, Some(&target.node_name)))
        .related("user", Object::new("user").id(&target.user))
        .request_data(&data);
    caused(event, cut.because.as_deref())
}

fn ending(kind: Kind, protocol: Protocol) -> Operation {
    match (kind, protocol) {
        (Kind::Cluster, Protocol::Ssh) => op::CLUSTER_WEBSSH_DISCONNECT,
        (Kind::Cluster, Protocol::Vnc) => op::CLUSTER_WEBVNC_DISCONNECT,
        (Kind::Cluster, Protocol::Rdp) => op::CLUSTER_WEBRDP_DISCONNECT,
        (Kind::Desktop, Protocol::Ssh) => op::DESKTOP_WEBSSH_DISCONNECT,
        (Kind::Desktop, Protocol::Vnc) => op::DESKTOP_WEBVNC_DISCONNECT,
        (Kind::Desktop, Protocol::Rdp) => op::DESKTOP_WEBRDP_DISCONNECT,
    }
}

fn caused(event: Event, cause: Option<&str>) -> Event {
    match cause {
        Some(id) => event.cause_id(id),
        None => event,
    }
}

/// An object with a name where it is known.
pub(crate) fn object(kind: &str, id: &str, name: Option<&str>) -> Object {
    let object = Object::new(kind).id(id);
    match name {
        Some(name) => object.name(name),
        None => object,
    }
}

/// A clock that was set back measures nothing.
fn positive(took: SignedDuration) -> Duration {
    Duration::try_from(took).unwrap_or_default()
}
