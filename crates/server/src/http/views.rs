//! Saved views: list, save, replace, delete.
//!
//! The filter is kept as it is printed, so that a view does not depend on the language it was
//! written in. A view that is another's own looks like one that does not exist.

use annals_api::wire::view::{View, ViewDraft, ViewsAnswer};
use annals_views::Filter;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};

use crate::app::{App, Shared};
use crate::asked::{self, AskError};
use crate::auth::caller::Caller;
use crate::control::{Content, SavedView};
use crate::http::body;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, ReadEvents};

/// Longest name of a view, characters.
const NAME_CHARS_MAX: usize = 128;
/// Longest range of a view, characters.
const RANGE_CHARS_MAX: usize = 64;

/// The views that the caller may see.
pub(crate) async fn list(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
) -> Result<Json<ViewsAnswer>, HttpError> {
    let caller = permit.principal.caller();
    let views = app.control.views(caller)?.into_iter().map(|view| wire(view, caller));
    Ok(Json(ViewsAnswer { views: views.collect() }))
}

/// One view.
pub(crate) async fn view(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<View>, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let caller = permit.principal.caller();
    let view = app.control.view(caller, &id)?.ok_or(HttpError::NotFound)?;
    Ok(Json(wire(view, caller)))
}

/// Saves a new view.
pub(crate) async fn save(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<(StatusCode, Json<View>), HttpError> {
    let draft: ViewDraft = body::json(&app, request).await?;
    let caller = permit.principal.caller();
    let view = app.control.save_view(caller, content(&app, draft)?)?;
    Ok((StatusCode::CREATED, Json(wire(view, caller))))
}

/// Replaces what a view says.
pub(crate) async fn replace(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Json<View>, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let draft: ViewDraft = body::json(&app, request).await?;
    let caller = permit.principal.caller();
    let view = app.control.replace_view(caller, &id, content(&app, draft)?)?;
    Ok(Json(wire(view.ok_or(HttpError::NotFound)?, caller)))
}

/// Deletes a view.
pub(crate) async fn delete(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let known = app.control.delete_view(permit.principal.caller(), &id)?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(HttpError::NotFound) }
}

fn content(app: &App, draft: ViewDraft) -> Result<Content, AskError> {
    let ViewDraft { name, q, columns, range, shared } = draft;
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let problem = "has 1 to 128 characters and no control characters";
        return Err(AskError::field("name", problem));
    }
    if range.chars().count() > RANGE_CHARS_MAX || range.chars().any(char::is_control) {
        let problem = "has at most 64 characters and no control characters";
        return Err(AskError::field("range", problem));
    }
    let filter = Filter::parse(&q, &app.catalogue).map_err(AskError::Filter)?;
    let columns =
        asked::columns(&columns)?.iter().map(|column| column.name().into_owned()).collect();
    Ok(Content { name, q: filter.to_string(), columns, range, shared })
}

fn wire(view: SavedView, caller: &Caller) -> View {
    let SavedView { id, owner, shared, name, q, columns, range, created, changed } = view;
    let (created, changed) = (created.to_string(), changed.to_string());
    let mine = owner == caller.identity.owner();
    View { id, name, q, columns, range, shared, owner, mine, created, changed }
}
