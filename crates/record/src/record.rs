//! What a sender said happened: who did what to what, when, from where, how it ended.
//!
//! Parsed but not yet checked: every value is kept as sent, so that every fault can be named.
//! [`Record::seal`] (in `check`) turns it into a leaf.

use crate::control::Control;
use crate::ids::IdHash;
use crate::leaf::Leaf;
use crate::object::{Object, Related};
use crate::phase::Phase;
use std::borrow::Cow;

/// What a sender said happened. Text is borrowed from the request where it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// The sender's key against doubles.
    pub id: Option<Cow<'a, str>>,
    /// When the operation happened, RFC 3339.
    pub time: Option<Cow<'a, str>>,
    /// Region of the deployment.
    pub region: Option<Cow<'a, str>>,
    /// Stack of the deployment.
    pub stack_id: Option<Cow<'a, str>>,
    /// Code or name of the service.
    pub service: Option<Cow<'a, str>>,
    /// Code or name of the operation.
    pub operation: Option<Cow<'a, str>>,
    /// The login that acted.
    pub operator: Option<Cow<'a, str>>,
    /// The account acted as or for.
    pub username: Option<Cow<'a, str>>,
    /// The operator's stable id.
    pub operator_id: Option<Cow<'a, str>>,
    /// The operator's display name.
    pub operator_name: Option<Cow<'a, str>>,
    /// Kind of the operator's account.
    pub user_type: Option<Cow<'a, str>>,
    /// Address of the request.
    pub source_ip: Option<Cow<'a, str>>,
    /// Port of the request.
    pub source_port: Option<u64>,
    /// The target.
    pub object: Option<Object<'a>>,
    /// The targets, when there are several.
    pub objects: Vec<Object<'a>>,
    /// What else it concerns.
    pub related: Vec<Related<'a>>,
    /// The request as JSON text, as sent: valid JSON, not yet masked.
    pub request_data: Option<Cow<'a, str>>,
    /// How it ended.
    pub outcome: Option<Cow<'a, str>>,
    /// Error text or comment.
    pub reason: Option<Cow<'a, str>>,
    /// `{before, after}` as JSON text, as sent.
    pub changes: Option<Cow<'a, str>>,
    /// Correlation with a request.
    pub request_id: Option<Cow<'a, str>>,
    /// Correlation with a session.
    pub session_id: Option<Cow<'a, str>>,
    /// Id of the event that made this one happen.
    pub cause_id: Option<Cow<'a, str>>,
    /// Where a collector took it from, as JSON text.
    pub origin: Option<Cow<'a, str>>,
    /// How the sender keeps events until they are acknowledged.
    pub guarantee: Option<Cow<'a, str>>,
    /// The kind of authentication.
    pub auth_method: Option<Cow<'a, str>>,
    /// The caller's program.
    pub user_agent: Option<Cow<'a, str>>,
    /// How long it took; its end is time + duration.
    pub duration_ms: Option<u64>,
    /// Which part of a two-phase operation it is. Not a key of the wire event.
    pub phase: Phase<'a>,
    /// Only in the server's own records. Not a key of the wire event.
    pub control: Option<Control>,
}

/// What the server knows about the sender of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Opaque token id, 8 hex digits; for the server's own events `00000000`.
    pub emitter: String,
    /// Region of events that name none.
    pub region: Option<String>,
    /// Stack of events that name none.
    pub stack_id: Option<String>,
    /// May write events of operator `system`.
    pub may_be_system: bool,
    /// Only the server itself may write service `audit-log` and control entries.
    pub is_server: bool,
}

/// A leaf ready for the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The leaf, all fields whole.
    pub leaf: Leaf,
    /// Its hash in the tree: SHA-256(0x00 || entry).
    pub hash: [u8; 32],
    /// Hash of its id and emitter.
    pub id: IdHash,
    /// Where it stands in time order, ns: `time`, or `received_time` where `clock_skew`.
    pub at: i64,
    /// True if a secret was masked in it.
    pub is_masked: bool,
}
