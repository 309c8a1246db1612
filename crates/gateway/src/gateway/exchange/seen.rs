//! A request as it was seen: all that its event may say, kept until the answer has come.

use annals_map::route::{Data, Request};
use annals_record::{Outcome, Record};
use http::{HeaderMap, Method};
use uuid::Uuid;

use crate::body::Late;
use crate::clock;
use crate::gateway::whence::Whence;
use crate::gateway::{Call, Gateway};
use crate::headers::REQUEST_ID;
use crate::who::Who;

/// A request as it was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(super) method: Method,
    pub(super) path: String,
    query: String,
    pub(super) headers: HeaderMap,
    pub(super) data: Option<Data>,
    /// What shows when it has passed.
    pub(super) late: Option<Late>,
    /// Offered to a session that it may open.
    session_id: Option<String>,
    pub(super) whence: Whence,
    /// When it came, RFC 3339.
    time: String,
}

impl Seen {
    pub(super) fn new(gateway: &Gateway, call: &Call, who: Who, opens_session: bool) -> Self {
        let request = &call.request;
        let ip = call.peer.ip();
        let source = gateway.identities.source_ip(ip, request.headers());
        let whence = Whence {
            source_ip: source.to_string(),
            source_port: (source == ip).then(|| call.peer.address.port()),
            region: gateway.region.clone(),
            stack_id: gateway.stack_id.clone(),
            who,
        };
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: request.headers().clone(),
            data: None,
            late: None,
            session_id: opens_session.then(|| Uuid::now_v7().to_string()),
            whence,
            time: clock::now().to_string(),
        }
    }

    /// The id under which the platform knows the request.
    pub(super) fn request_id(&mut self, passed: &HeaderMap) {
        if let Some(id) = passed.get(&REQUEST_ID) {
            self.headers.insert(REQUEST_ID, id.clone());
        }
    }

    /// As the route file reads it.
    pub(super) fn request(&self) -> Request<'_> {
        Request {
            method: self.method.as_str(),
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            data: self.data.as_ref(),
            user: self.whence.who.user(),
            session_id: self.session_id.as_deref(),
        }
    }

    /// Makes an event of what a route says; its new id.
    pub(super) fn begin(&self, record: &mut Record<'static>) -> String {
        let id = Uuid::now_v7().to_string();
        self.name(record, &id);
        id
    }

    /// The same with an id that it has already.
    pub(super) fn name(&self, record: &mut Record<'static>, id: &str) {
        record.id = Some(id.to_owned().into());
        record.time = Some(self.time.clone().into());
        self.whence.fill(record);
    }

    /// A name that stayed a claim.
    pub(super) fn claimed(&self) -> Option<&str> {
        match &self.whence.who {
            Who::Claimed(name) => Some(name),
            Who::Known(_) | Who::Unknown => None,
        }
    }
}

/// True if an event says that it was done.
pub(super) fn is_success(record: &Record<'_>) -> bool {
    record.outcome.as_deref().is_none_or(|outcome| outcome == Outcome::Success.as_str())
}
