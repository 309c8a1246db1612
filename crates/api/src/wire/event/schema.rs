//! The shape of an event for the OpenAPI document: events are read lazily and printed by hand, so
//! there is no twin to derive it from.
#![allow(dead_code)] // Never built: each struct exists for its schema alone.

use utoipa::ToSchema;

/// An audit event. `time`, `service`, `operation` and `operator` are required of a sender; the
/// server adds `index`, `received_time`, `emitter`, `cuts` and `clock_skew`.
#[derive(ToSchema)]
pub(crate) struct Event {
    /// The sender's key against doubles: printable ASCII, at most 64, none of `/ ? # % \`.
    id: Option<String>,
    /// When the operation happened: RFC 3339, up to nanoseconds; no offset means UTC.
    #[schema(example = "2026-11-02T08:15:30.123456789Z")]
    time: String,
    region: Option<String>,
    /// The deployment; required unless token or server have a default.
    stack_id: Option<String>,
    /// A catalogue code, or the English or Chinese name.
    #[schema(example = "hpc-clusters")]
    service: Option<String>,
    /// A catalogue code, or the English or Chinese name.
    #[schema(example = "cluster.create")]
    operation: String,
    /// The login that acted; `system` is the platform itself.
    operator: String,
    username: Option<String>,
    operator_id: Option<String>,
    operator_name: Option<String>,
    #[schema(example = "user")]
    user_type: Option<String>,
    source_ip: Option<String>,
    source_port: Option<u16>,
    object: Option<EventObject>,
    /// Several targets of one act, at most 1,000.
    objects: Option<Vec<EventObject>>,
    /// What else it concerns, at most 200.
    related: Option<Vec<Related>>,
    /// Any JSON up to 48 KiB; secrets are masked before anything is kept.
    #[schema(value_type = Option<Object>)]
    request_data: Option<()>,
    /// `success`, `failure`, `denied`, `partial`, `pending` or `unknown`.
    outcome: Option<String>,
    reason: Option<String>,
    /// `{before, after}` up to 48 KiB.
    changes: Option<Changes>,
    request_id: Option<String>,
    session_id: Option<String>,
    /// Id of the event that made this one happen.
    cause_id: Option<String>,
    /// Set by collectors: where it was read and what was inferred.
    #[schema(value_type = Option<Object>)]
    origin: Option<()>,
    guarantee: Option<String>,
    auth_method: Option<String>,
    user_agent: Option<String>,
    duration_ms: Option<u64>,
    /// Position in the ledger.
    #[schema(read_only)]
    index: Option<u64>,
    /// The position at which the event stood before, where it comes again with its outcome.
    #[schema(read_only)]
    updates: Option<u64>,
    /// When the server took it; never goes back.
    #[schema(read_only)]
    received_time: Option<String>,
    /// The token that sent it.
    #[schema(read_only)]
    emitter: Option<String>,
    /// Fields that were over their limit and cut.
    #[schema(read_only)]
    cuts: Option<Vec<String>>,
    /// True where `time` lay too far ahead; the event is ordered by `received_time`.
    #[schema(read_only)]
    clock_skew: Option<bool>,
    /// Fields whose values the caller may not see; they stand as `***`.
    #[schema(read_only)]
    masked: Option<Vec<String>>,
    /// Fields whose values were erased.
    #[schema(read_only)]
    erased: Option<Vec<String>>,
}

/// The target of an operation.
// Not named `Object`: that is the document's word for anything.
#[derive(ToSchema)]
pub(crate) struct EventObject {
    r#type: Option<String>,
    id: Option<String>,
    name: Option<String>,
    /// Where it differs between the objects of one event.
    outcome: Option<String>,
}

/// Something else the event concerns.
#[derive(ToSchema)]
pub(crate) struct Related {
    r#type: Option<String>,
    id: Option<String>,
    name: Option<String>,
    role: Option<String>,
}

/// What an edit changed.
#[derive(ToSchema)]
pub(crate) struct Changes {
    #[schema(value_type = Option<Object>)]
    before: Option<()>,
    #[schema(value_type = Option<Object>)]
    after: Option<()>,
}
