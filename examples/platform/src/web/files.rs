//! Routes of the caller's own home.

use axum::Json;
use axum::extract::{Multipart, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::form::Form;
use super::{Answer, App, Served};
use crate::caller::Caller;
use crate::files::name_of;
use crate::refusal::Refusal;

pub(super) fn routes(served: Served) -> Served {
    served
        .on(Method::GET, "/api/files", list)
        .on(Method::POST, "/api/files", upload)
        .on(Method::POST, "/api/files/folders", create_folder)
        .on(Method::POST, "/api/files/copy", copy)
        .on(Method::POST, "/api/files/move", rename)
        .on(Method::POST, "/api/files/delete", delete)
        .on(Method::GET, "/api/files/download", download)
        .on(Method::GET, "/api/files/package", package)
}

/// One place.
#[derive(Deserialize)]
struct Place {
    path: String,
}

/// From one place to another.
#[derive(Deserialize)]
struct Way {
    from: String,
    to: String,
}

/// Several places.
#[derive(Deserialize)]
struct Places {
    paths: Vec<String>,
}

fn named(path: &str) -> Value {
    json!({"id": path, "name": name_of(path)})
}

async fn list(State(app): State<App>, caller: Caller) -> Answer {
    Ok(Json(json!({"items": app.state().files.list(&caller.login)})))
}

async fn upload(
    State(app): State<App>,
    caller: Caller,
    parts: Multipart,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let form = Form::read(parts).await?;
    let path = format!("{}/{}", form.field("folder")?, form.file);
    app.state().files.upload(&caller.login, &path, form.data)?;
    Ok((StatusCode::CREATED, Json(named(&path))))
}

async fn create_folder(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<Place>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    app.state().files.create_folder(&caller.login, &ask.path)?;
    Ok((StatusCode::CREATED, Json(named(&ask.path))))
}

async fn copy(State(app): State<App>, caller: Caller, Json(ask): Json<Way>) -> Answer {
    app.state().files.copy(&caller.login, &ask.from, &ask.to)?;
    Ok(Json(json!({"from": named(&ask.from), "to": named(&ask.to)})))
}

async fn rename(State(app): State<App>, caller: Caller, Json(ask): Json<Way>) -> Answer {
    app.state().files.rename(&caller.login, &ask.from, &ask.to)?;
    Ok(Json(json!({"from": named(&ask.from), "to": named(&ask.to)})))
}

async fn delete(State(app): State<App>, caller: Caller, Json(ask): Json<Places>) -> Answer {
    app.state().files.delete(&caller.login, &ask.paths)?;
    Ok(Json(json!({"files": ask.paths.iter().map(|path| named(path)).collect::<Vec<_>>()})))
}

async fn download(
    State(app): State<App>,
    caller: Caller,
    Query(ask): Query<Place>,
) -> Result<Response, Refusal> {
    let data = app.state().files.download(&caller.login, &ask.path)?;
    Ok(attached("application/octet-stream", name_of(&ask.path), data))
}

async fn package(
    State(app): State<App>,
    caller: Caller,
    Query(ask): Query<Place>,
) -> Result<Response, Refusal> {
    let files = app.state().files.package(&caller.login, &ask.path)?;
    let mut data = Vec::new();
    for (path, contents) in files {
        let inside = path.strip_prefix(&ask.path).unwrap_or(&path).trim_start_matches('/');
        data.extend(tar_header(inside, contents.len()));
        data.extend(&contents);
        data.resize(data.len().next_multiple_of(TAR_BLOCK_BYTES), 0);
    }
    // The end of an archive: two empty blocks.
    data.resize(data.len() + 2 * TAR_BLOCK_BYTES, 0);
    Ok(attached("application/x-tar", &format!("{}.tar", name_of(&ask.path)), data))
}

pub(super) fn attached(kind: &'static str, name: &str, data: Vec<u8>) -> Response {
    let plain: String = name.chars().filter(|char| !"\"\\\r\n".contains(*char)).collect();
    let disposition = format!("attachment; filename=\"{plain}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], data).into_response()
}

const TAR_BLOCK_BYTES: usize = 512;

/// The header of a file in a ustar archive (POSIX.1-1988); longer paths are cut.
fn tar_header(path: &str, bytes: usize) -> [u8; TAR_BLOCK_BYTES] {
    let mut header = [0; TAR_BLOCK_BYTES];
    let mut put = |at: usize, bytes: &[u8]| {
        for (place, byte) in header.iter_mut().skip(at).zip(bytes) {
            *place = *byte;
        }
    };
    put(0, path.as_bytes().get(..path.len().min(100)).unwrap_or_default());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{bytes:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    for (place, byte) in header.iter_mut().skip(148).zip(format!("{sum:06o}\0 ").bytes()) {
        *place = byte;
    }
    header
}
