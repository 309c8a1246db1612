//! Export jobs: begin, watch, end, take the file.
//!
//! What a job is and how it is done is in `export.rs`. A job is seen by whoever began it and by
//! nobody else.

use annals_api::routes;
use annals_api::wire::export::{Export, ExportRequest, ExportState, ExportsAnswer};
use annals_ledger::{Clock as _, SystemClock};
use annals_record::Timestamp;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LOCATION, RANGE};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use crate::app::{App, Shared};
use crate::asked::asked;
use crate::control::{ExportRow, NewExport, Progress};
use crate::export;
use crate::http::ask;
use crate::http::body;
use crate::http::error::HttpError;
use crate::http::principal::{ExportEvents, Permit};

const NANOS_PER_HOUR: i64 = 3_600 * 1_000_000_000;

/// The caller's jobs.
pub(crate) async fn list(
    permit: Permit<ExportEvents>,
    State(app): State<Shared>,
) -> Result<Json<ExportsAnswer>, HttpError> {
    let rows = app.control.exports(permit.principal.caller())?;
    Ok(Json(ExportsAnswer { exports: rows.into_iter().map(wire).collect() }))
}

/// Begins a job.
pub(crate) async fn begin(
    permit: Permit<ExportEvents>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<Response, HttpError> {
    let request: ExportRequest = body::json(&app, request).await?;
    ask::index(&app)?;
    // What cannot be asked is refused now, not by the job.
    let granted = permit.principal.granted_scope(&app.catalogue)?;
    let kept_scope = (!granted.is_everything()).then(|| granted.to_string());
    let (scope, masks) = (permit.principal.scope(&app.catalogue)?, permit.principal.masks());
    asked(&request, scope, masks, SystemClock.now(), &app.catalogue)?;
    let expires = expires(&app);
    let as_of = app.head().size.0;
    let jobs_max = app.config.exports.jobs_max;
    let by = permit.principal.caller();
    let row = app.control.begin_export(
        by,
        NewExport { request, scope: kept_scope, as_of, expires },
        jobs_max,
    )?;
    let base = &app.config.console.base_path;
    let place = format!("{base}{}", routes::EXPORT.replace("{id}", &row.id));
    Ok((StatusCode::ACCEPTED, [(LOCATION, place)], Json(wire(row))).into_response())
}

fn expires(app: &App) -> Timestamp {
    let hours = i64::try_from(app.config.exports.keep_hours).unwrap_or(i64::MAX);
    let kept = hours.saturating_mul(NANOS_PER_HOUR);
    Timestamp::from_nanos(SystemClock.now().nanos().saturating_add(kept))
}

/// One job.
pub(crate) async fn state(
    permit: Permit<ExportEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Export>, HttpError> {
    Ok(Json(wire(find(&app, &permit, path)?)))
}

/// Ends a job, or forgets one that has ended; its file goes either way.
pub(crate) async fn end(
    permit: Permit<ExportEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    app.control.end_export(permit.principal.caller(), &id)?.ok_or(HttpError::NotFound)?;
    app.exporting.give_up(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// The file of a job that is done; parts of it on request (RFC 9110, 14).
pub(crate) async fn file(
    permit: Permit<ExportEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Response, HttpError> {
    let row = find(&app, &permit, path)?;
    if row.state != ExportState::Done {
        return Err(HttpError::ExportNotDone);
    }
    // Taking the rest of a broken download is no second one.
    let is_rest = request.headers().get(RANGE).is_some_and(|range| range != "bytes=0-");
    if !is_rest {
        app.control.record_download(permit.principal.caller(), &row)?;
    }
    let format = row.request.format;
    let name = export::file_name(&row.id, format);
    let served = ServeFile::new(export::folder(&app.config).join(&name)).oneshot(request).await;
    let Ok(mut response) = served;
    if response.status() == StatusCode::NOT_FOUND {
        return Err(HttpError::NotFound);
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(export::media_type(format)));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    Ok(response.map(Body::new))
}

fn find(
    app: &App,
    permit: &Permit<ExportEvents>,
    path: Result<Path<String>, PathRejection>,
) -> Result<ExportRow, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    app.control.export(permit.principal.caller(), &id)?.ok_or(HttpError::NotFound)
}

fn wire(row: ExportRow) -> Export {
    let ExportRow { id, owner, request, state, created, expires, .. } = row;
    let ExportRow { as_of, rows_total, progress, sha256, error, .. } = row;
    let Progress { rows, bytes, .. } = progress;
    let (created, expires) = (created.to_string(), expires.to_string());
    Export {
        id,
        owner,
        request,
        state,
        created,
        expires,
        as_of,
        rows,
        rows_total,
        bytes,
        sha256,
        error,
    }
}
