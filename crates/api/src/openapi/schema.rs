//! Schemas of bodies that have no serde twin, and of the problems that calls share.
#![allow(dead_code)] // Never built: each struct exists for its schema alone.

use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, Ref, RefOr};
use utoipa::{IntoResponses, ToSchema};

use crate::wire::event::schema::Event;
use crate::wire::problem::PROBLEM_JSON;

/// One page of events.
#[derive(ToSchema)]
pub(super) struct EventsPage {
    events: Vec<Event>,
    /// Pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    next: Option<String>,
    /// Size of the ledger this walk is bound to.
    as_of: u64,
    /// Events below this position are found without a look at the newest part of the ledger.
    settled_index: u64,
    /// True if not everything was looked at; absent otherwise.
    #[schema(nullable = false)]
    partial: Option<bool>,
    /// Why the page is partial.
    #[schema(nullable = false)]
    reason: Option<String>,
    /// How far a partial page came: every event below this position was looked at.
    #[schema(nullable = false)]
    scanned_to: Option<u64>,
}

/// What every call behind a token can answer.
pub(super) struct Guarded;

impl IntoResponses for Guarded {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("400", "The request cannot be understood; the code and message say why"),
            ("401", "No valid token"),
            ("403", "The caller's roles, scope or masks do not allow it"),
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

/// What a call that takes a body can answer besides.
pub(super) struct Sending;

impl IntoResponses for Sending {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("408", "The body came too slowly"),
            ("409", "`too_many`: the token has as many as it may have"),
            ("413", "The body is over the limit"),
            ("415", "The content encoding is not supported"),
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
