//! Reading events: page by page, by id, by position.

use annals_api::wire::event::print_event;
use annals_proof::LeafIndex;
use annals_record::{Leaf, Timestamp};
use annals_views::{Order, PageToken, Position, QueryError, Walk};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::app::{App, Shared};
use crate::http::error::HttpError;
use crate::http::principal::{Permit, ReadEvents};
use crate::http::query::{Parameters, bad};

/// Events of a page, unless asked otherwise.
const PAGE_EVENTS: usize = 100;
/// Most events of a page.
const PAGE_EVENTS_MAX: usize = 1_000;
const PARAMETERS: &[&str] = &["q", "from", "to", "order", "after_index", "limit", "cursor"];
const JSON: &str = "application/json";

/// One page of a walk through the events.
pub(crate) async fn page(
    _: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Result<Response, HttpError> {
    if !app.config.views.enabled {
        return Err(HttpError::ViewsOff);
    }
    let parameters = Parameters::parse(&uri, PARAMETERS)?;
    if parameters.text("q").is_some_and(|q| !q.trim().is_empty()) {
        return Err(HttpError::FilterNotSupported);
    }
    let limit = parameters.limit(PAGE_EVENTS, PAGE_EVENTS_MAX)?;
    let size = app.head().size.0;
    let (walk, last) = walk(&parameters, size)?;
    let page =
        tokio::task::spawn_blocking(move || annals_views::page(&app.reader, walk, last, limit))
            .await??;
    Ok(([(CONTENT_TYPE, JSON)], print_page(&page, walk.as_of)).into_response())
}

/// What is asked for: a new walk, or the rest of the cursor's.
fn walk(parameters: &Parameters, size: u64) -> Result<(Walk, Option<Position>), HttpError> {
    let from = moment(parameters, "from")?;
    let to = moment(parameters, "to")?;
    let after_index = parameters.number("after_index")?;
    let order = parameters.text("order").map(order).transpose()?;
    let Some(cursor) = parameters.text("cursor") else {
        // Who asks for what follows a position wants it in the order of positions.
        let default = if after_index.is_some() { Order::Index } else { Order::NewestFirst };
        let order = order.unwrap_or(default);
        return Ok((Walk { order, as_of: size, from, to, after_index }, None));
    };
    let PageToken { walk, last, .. } = PageToken::decode(cursor)?;
    if walk.as_of > size {
        return Err(QueryError::CursorBeyond.into());
    }
    same("order", order, Some(walk.order))?;
    same("from", from, walk.from)?;
    same("to", to, walk.to)?;
    same("after_index", after_index, walk.after_index)?;
    Ok((walk, Some(last)))
}

/// A parameter given beside a cursor must be the one its walk began with.
fn same<T: PartialEq>(
    parameter: &'static str,
    given: Option<T>,
    begun: Option<T>,
) -> Result<(), HttpError> {
    if given.is_none() || given == begun {
        Ok(())
    } else {
        Err(QueryError::CursorMismatch { parameter }.into())
    }
}

fn order(name: &str) -> Result<Order, HttpError> {
    let names = Order::NAMES.map(|(name, _)| name).join(", ");
    Order::parse(name).ok_or_else(|| bad("order", &format!("is not one of {names}")))
}

fn moment(parameters: &Parameters, name: &'static str) -> Result<Option<i64>, HttpError> {
    let Some(text) = parameters.text(name) else { return Ok(None) };
    // A `+` of an offset that was not percent-encoded arrives as a blank.
    let moment = Timestamp::parse(text).or_else(|| Timestamp::parse(&text.replace(' ', "+")));
    let moment = moment.ok_or_else(|| bad(name, "is not a time like 2026-11-02T08:15:30Z"))?;
    Ok(Some(moment.nanos()))
}

fn print_page(page: &annals_views::TimelinePage, as_of: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(page.events.len() * 1024 + 128);
    out.extend_from_slice(b"{\"events\":[");
    for (position, leaf) in &page.events {
        if !out.ends_with(b"[") {
            out.push(b',');
        }
        print_event(leaf, position.index, None, &mut out);
    }
    let next = page.next.map_or("null".to_owned(), |next| format!("\"{}\"", next.encode()));
    // Everything is read from the ledger itself, so all of it is settled.
    let end = format!("],\"next\":{next},\"as_of\":{as_of},\"settled_index\":{as_of}}}");
    out.extend_from_slice(end.as_bytes());
    out
}

/// One event by its id.
pub(crate) async fn event(
    _: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let found = tokio::task::spawn_blocking(move || {
        let index = find(&app, &id)?;
        Ok::<_, HttpError>((app.reader.leaf(index)?, index))
    });
    let (leaf, index) = found.await??;
    Ok(print(&leaf, index))
}

/// One event by its position.
pub(crate) async fn event_at(
    _: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    let index = LeafIndex(index);
    let leaf = tokio::task::spawn_blocking(move || app.reader.leaf(index)).await??;
    Ok(print(&leaf, index))
}

/// The position of the one event with this id. Blocks.
pub(crate) fn find(app: &App, id: &str) -> Result<LeafIndex, HttpError> {
    match app.reader.find(id)?.as_slice() {
        [] => Err(HttpError::NotFound),
        [index] => Ok(*index),
        several => {
            let indexes = several.iter().map(|index| index.0).collect();
            Err(HttpError::SeveralEvents { indexes })
        }
    }
}

fn print(leaf: &Leaf, index: LeafIndex) -> Response {
    let mut out = Vec::with_capacity(1024);
    print_event(leaf, index.0, None, &mut out);
    ([(CONTENT_TYPE, JSON)], out).into_response()
}
