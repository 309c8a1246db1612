//! Reading events: page by page, by id, by position.

use annals_api::routes;
use annals_views as views;
use annals_views::{Answer, Found, Order, Page, PageToken, Position, QueryError, Question};
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::found;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, ReadEvents};
use crate::http::query::{Parameters, bad};
use crate::http::{ask, one};
use crate::masks::Masks;
use crate::recorder::Shown;

/// Events of a page, unless asked otherwise.
const PAGE_EVENTS: usize = 100;
/// Most events of a page.
const PAGE_EVENTS_MAX: usize = 1_000;
const PARAMETERS: &[&str] = &["q", "from", "to", "tz", "order", "after_index", "limit", "cursor"];
const JSON: &str = "application/json";

/// One page of a walk through the events.
pub(crate) async fn page(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    uri: Uri,
) -> Result<Response, HttpError> {
    let index = ask::index(&app)?;
    let parameters = Parameters::parse(&uri, PARAMETERS)?;
    let limit = parameters.limit(PAGE_EVENTS, PAGE_EVENTS_MAX)?;
    let masks = permit.principal.masks();
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let walk = walk(&parameters, question.of_call(&[routes::EVENTS]))?;
    ask::demand_kept(&app, walk.after_index)?;
    let Walk { order, after_index, last, .. } = walk;
    let answer = ask::blocking(move |progress| {
        index.page(&walk.question, order, after_index, last, limit, progress)
    })
    .await?;
    let shown = Extension(Shown::events(answer.value.events.len()));
    Ok((shown, [(CONTENT_TYPE, JSON)], print_page(&answer, masks)).into_response())
}

/// A walk, and where it goes on.
struct Walk {
    question: Question,
    order: Order,
    after_index: Option<u64>,
    last: Option<Position>,
}

/// What is asked for: a new walk, or the rest of the cursor's.
fn walk(parameters: &Parameters, question: Question) -> Result<Walk, HttpError> {
    let after_index = parameters.number("after_index")?;
    let order = parameters.text("order").map(order).transpose()?;
    let Some(cursor) = parameters.text("cursor") else {
        // Who asks for what follows a position wants it in the order of positions.
        let default = if after_index.is_some() { Order::Index } else { Order::NewestFirst };
        let order = order.unwrap_or(default);
        return Ok(Walk { question, order, after_index, last: None });
    };
    let PageToken { walk, now, digest, last, .. } = token(cursor, &question)?;
    same("order", order, Some(walk.order))?;
    same("from", question.from, walk.from)?;
    same("to", question.to, walk.to)?;
    same("after_index", after_index, walk.after_index)?;
    let views::Walk { order, as_of, from, to, after_index } = walk;
    let question = Question { now, from, to, as_of: Some(as_of), ..question };
    // `now-7d` means on every page what it meant on the first; only then do the two compare.
    same("q", Some(question.digest()), Some(digest))?;
    Ok(Walk { question, order, after_index, last: Some(last) })
}

/// The cursor of a page of this call.
pub(crate) fn token(cursor: &str, question: &Question) -> Result<PageToken, QueryError> {
    let token = PageToken::decode(cursor)?;
    if token.call == question.call { Ok(token) } else { Err(QueryError::BadCursor) }
}

/// A parameter given beside a cursor must be the one its walk began with.
pub(crate) fn same<T: PartialEq>(
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

fn print_page(answer: &Answer<Page>, masks: Masks) -> Vec<u8> {
    let page = &answer.value;
    let mut out = Vec::with_capacity(page.events.len() * 1024 + 128);
    out.extend_from_slice(b"{\"events\":[");
    for event in &page.events {
        if !out.ends_with(b"[") {
            out.push(b',');
        }
        found::print(event, masks, &mut out);
    }
    let next = page.next.map_or("null".to_owned(), |next| format!("\"{}\"", next.encode()));
    out.extend_from_slice(format!("],\"next\":{next},").as_bytes());
    let coverage = serde_json::to_string(&ask::coverage(answer)).unwrap_or_default();
    out.extend_from_slice(coverage.strip_prefix('{').unwrap_or("}").as_bytes());
    out
}

/// One event by its id.
pub(crate) async fn event(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let scope = permit.principal.scope(&app.catalogue)?;
    let found = tokio::task::spawn_blocking(move || one::by_id(&app, &scope, &id)).await??;
    Ok(print(&found, permit.principal.masks()))
}

/// One event by its position.
pub(crate) async fn event_at(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    let scope = permit.principal.scope(&app.catalogue)?;
    let found = tokio::task::spawn_blocking(move || one::at(&app, &scope, index)).await??;
    Ok(print(&found, permit.principal.masks()))
}

fn print(event: &Found, masks: Masks) -> Response {
    let mut out = Vec::with_capacity(1024);
    found::print(event, masks, &mut out);
    (Extension(one::shown(event)), [(CONTENT_TYPE, JSON)], out).into_response()
}
