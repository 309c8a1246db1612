//! Schemas of bodies that have no serde twin: events are read lazily and printed by hand
//! (`wire::event`), so their shape is told to OpenAPI here.
#![allow(dead_code)] // Never built: each struct exists for its schema alone.

use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, Ref, RefOr};
use utoipa::{IntoResponses, ToSchema};

use crate::wire::problem::PROBLEM_JSON;

/// An audit event. `time`, `service`, `operation` and `operator` are required of a sender; the
/// server adds `index`, `received_time`, `emitter`, `cuts` and `clock_skew`.
#[derive(ToSchema)]
pub(super) struct Event {
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
    object: Option<Object>,
    /// Several targets of one act, at most 1,000.
    objects: Option<Vec<Object>>,
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
}

/// The target of an operation.
#[derive(ToSchema)]
pub(super) struct Object {
    r#type: Option<String>,
    id: Option<String>,
    name: Option<String>,
    /// Where it differs between the objects of one event.
    outcome: Option<String>,
}

/// Something else the event concerns.
#[derive(ToSchema)]
pub(super) struct Related {
    r#type: Option<String>,
    id: Option<String>,
    name: Option<String>,
    role: Option<String>,
}

/// What an edit changed.
#[derive(ToSchema)]
struct Changes {
    #[schema(value_type = Option<Object>)]
    before: Option<()>,
    #[schema(value_type = Option<Object>)]
    after: Option<()>,
}

/// One page of events.
#[derive(ToSchema)]
pub(super) struct EventsPage {
    events: Vec<Event>,
    /// Pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    next: Option<String>,
    /// Size of the ledger this walk is bound to.
    as_of: u64,
    /// Nothing below this position will change its place in any order any more.
    settled_index: u64,
}

/// What every call behind a token can answer.
pub(super) struct Guarded;

impl IntoResponses for Guarded {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("400", "The request cannot be understood; the code and message say why"),
            ("401", "No valid token"),
            ("403", "The token's role may not do this"),
        ])
    }
}

/// What a call for one thing can answer besides.
pub(super) struct Found;

impl IntoResponses for Found {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        problems(&[("404", "There is no such thing, or it is out of scope")])
    }
}

/// What a call for an event by its id can answer besides.
pub(super) struct ById;

impl IntoResponses for ById {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("404", "There is no such event, or it is out of scope"),
            ("409", "Several emitters used this id; `indexes` tells where"),
        ])
    }
}

/// What an append can answer besides.
pub(super) struct Appending;

impl IntoResponses for Appending {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("408", "The body came too slowly"),
            ("413", "The body, its expansion or the number of events is over the limit"),
            ("415", "The content encoding is not supported"),
            ("422", "No good line (or `strict` and one bad); carries `rejected`"),
            ("503", "Too fast: nothing was kept, send it again after `Retry-After` seconds"),
            ("507", "`disk_full` or `quarantine_full`; nothing was kept"),
        ])
    }
}

/// What a query can answer besides.
pub(super) struct Querying;

impl IntoResponses for Querying {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        problems(&[("503", "`views_off`: this server keeps the ledger only")])
    }
}

fn problems(of: &[(&str, &str)]) -> std::collections::BTreeMap<String, RefOr<Response>> {
    of.iter().map(|(status, text)| ((*status).to_owned(), problem(text))).collect()
}

fn problem(description: &str) -> RefOr<Response> {
    let content =
        ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, content).build().into()
}
