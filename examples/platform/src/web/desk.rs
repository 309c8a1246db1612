//! Routes of the operator's desk: usage reports, licences, settings, and the feed of what the
//! platform did by itself.

use axum::Json;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::Response;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::files::attached;
use super::form::Form;
use super::{Answer, App, Served};
use crate::caller::{Caller, Recorded};
use crate::licences::Imported;
use crate::platform::State as Known;
use crate::refusal::Refusal;
use crate::rights::Right;
use crate::usage::{NewExport, Subject};

pub(super) fn routes(served: Served) -> Served {
    served
        .on(Method::POST, "/api/billing/license-usage/exports", export_licenses)
        .on(Method::POST, "/api/billing/resource-usage/exports", export_resources)
        .on(Method::GET, "/api/billing/license-usage/exports/{export}/{report}", download)
        .on(Method::GET, "/api/billing/resource-usage/exports/{export}/{report}", download)
        .on(Method::GET, "/api/licenses", licenses)
        .on(Method::POST, "/api/licenses", import_license)
        .on(Method::POST, "/api/service-packages", import_package)
        .on(Method::GET, "/api/settings", settings)
        .on(Method::PUT, "/api/settings", edit_settings)
        .on(Method::GET, "/api/events", events)
}

type Created = Result<(StatusCode, Json<Value>), Refusal>;

async fn export_licenses(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<NewExport>,
) -> Created {
    export(&app, &caller, Subject::LicenseUsage, &ask, |state| {
        let rows = state.licences.all();
        rows.map(|row| [row.id.clone(), row.name.clone(), "1".to_owned()]).collect()
    })
}

async fn export_resources(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<NewExport>,
) -> Created {
    export(&app, &caller, Subject::ResourceUsage, &ask, |state| {
        let rows = state.environments.all();
        rows.map(|row| [row.id.clone(), row.name.clone(), row.nodes.len().to_string()]).collect()
    })
}

fn export(
    app: &App,
    caller: &Caller,
    subject: Subject,
    ask: &NewExport,
    rows: impl FnOnce(&Known) -> Vec<[String; 3]>,
) -> Created {
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::Billing)?;
    let rows = rows(state);
    let export = state.usage.export(&mut state.ids, subject, ask, rows)?;
    Ok((StatusCode::CREATED, Json(json!(export))))
}

async fn download(
    State(app): State<App>,
    caller: Caller,
    Path((export, report)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let state = app.state();
    state.people.allow(&caller.login, Right::Billing)?;
    let export = state.usage.find(&export, &report)?;
    Ok(attached("text/csv", &export.report.name, export.csv.clone().into()))
}

async fn licenses(State(app): State<App>, _: Caller) -> Answer {
    let state = app.state();
    let (licences, packages): (Vec<&Imported>, Vec<&Imported>) =
        (state.licences.all().collect(), state.packages.all().collect());
    Ok(Json(json!({ "licenses": licences, "service_packages": packages })))
}

async fn import_license(State(app): State<App>, caller: Caller, parts: Multipart) -> Created {
    let form = Form::read(parts).await?;
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::Licenses)?;
    let sha256 = form.field("sha256")?;
    let made = state.licences.import(&mut state.ids, "lic", &form.file, sha256, &form.data)?;
    Ok((StatusCode::CREATED, Json(json!(made))))
}

async fn import_package(State(app): State<App>, caller: Caller, parts: Multipart) -> Created {
    let form = Form::read(parts).await?;
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::Licenses)?;
    let sha256 = form.field("sha256")?;
    let made = state.packages.import(&mut state.ids, "pkg", &form.file, sha256, &form.data)?;
    Ok((StatusCode::CREATED, Json(json!(made))))
}

/// What shall hold for everybody.
#[derive(Deserialize)]
struct SettingsEdit {
    vnc_timeout_seconds: Option<u32>,
}

async fn settings(State(app): State<App>, _: Caller) -> Answer {
    Ok(Json(json!(app.state().sessions.settings)))
}

async fn edit_settings(
    State(app): State<App>,
    caller: Caller,
    Recorded(operation): Recorded,
    Json(ask): Json<SettingsEdit>,
) -> Answer {
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::Settings)?;
    let settings = &mut state.sessions.settings;
    let before = json!(settings);
    settings.vnc_timeout_seconds = ask.vnc_timeout_seconds;
    settings.changed_by = operation;
    let after = json!(settings);
    Ok(Json(json!({"id": "global", "name": "Global settings", "before": before, "after": after})))
}

/// Where to go on in the feed.
#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: i64,
}

async fn events(State(app): State<App>, caller: Caller, Query(ask): Query<After>) -> Answer {
    app.state().people.allow(&caller.login, Right::Feed)?;
    Ok(Json(json!({"events": app.journal.after(ask.after)})))
}
