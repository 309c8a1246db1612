//! Exports when something is in the way: damage, an end, another zone, a narrow scope.

use std::sync::atomic::AtomicBool;

use annals_api::routes;
use annals_ledger::{Clock as _, SystemClock};
use annals_views::{QueryError, Question, Scope};
use axum::body::Body;
use axum::http::StatusCode;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::{Value, json};

use super::saved::{exported, filled, send, work_off};
use super::{Rig, event};
use crate::auth::role::Role;
use crate::control::NewToken;
use crate::export::{self, Exporter};

/// The ids in a file of NDJSON.
fn ids(file: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(file).expect("UTF-8");
    let id = |line: &str| {
        let event: Value = serde_json::from_str(line).expect("JSON");
        event["id"].as_str().expect("an id").to_owned()
    };
    text.lines().map(id).collect()
}

/// The files of exports.
fn files(rig: &Rig) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(export::folder(&rig.house.app.config)) else {
        return Vec::new();
    };
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
    folder.map(|entry| name(entry).to_string_lossy().into_owned()).collect()
}

/// A begun job's id and address.
async fn begun(rig: &Rig, request: &Value) -> (String, String) {
    let begun = send(rig, Role::Viewer, "POST", routes::EXPORTS, request).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{begun}");
    let id = begun.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/exports/{id}");
    (id, path)
}

async fn state(rig: &Rig, path: &str) -> Value {
    rig.get(Role::Viewer, path).await.json()["state"].clone()
}

// Protects: damage does not clear, so an export must not wait for it: it ends with what can be
// read, says why that is not all, and lets the next job go on.
#[tokio::test(flavor = "multi_thread")]
async fn damage_makes_an_export_partial() {
    let rig = Rig::new(|_| {});
    let batch = |from| (from..from + 20).map(|number| event(&format!("e{number:02}"))).collect();
    let first: Vec<String> = batch(10);
    let second: Vec<String> = batch(40);
    let end = rig.post_to(&first).await;
    rig.post_to(&second).await;
    rig.flip(0..end).await;
    let request = json!({"q": "operator:zhang3"});
    for _ in 0..2 {
        let (job, file) = exported(&rig, &request).await;
        let read = ids(&file);
        assert_eq!(read, (40..60).map(|number| format!("e{number}")).collect::<Vec<_>>(), "{job}");
        assert_eq!(job["rows"], read.len(), "{job}");
        assert!(job["error"].as_str().is_some_and(|why| why.contains("damaged")), "{job}");
    }
}

// Protects: whoever ends a job that waits or works gets an end of it, and nothing is left of it.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_job_leaves_nothing() {
    let rig = filled().await;
    let app = &rig.house.app;
    let (_, queued) = begun(&rig, &json!({})).await;
    assert_eq!(send(&rig, Role::Viewer, "DELETE", &queued, &Value::Null).await.status, 204);
    assert_eq!(state(&rig, &queued).await, "cancelled");
    work_off(&rig);
    assert_eq!((state(&rig, &queued).await, files(&rig)), ("cancelled".into(), vec![]));

    // Under work: the questions of this job, and of no other, are given up at once.
    let index = app.search.clone().expect("views are on");
    let question = Question::everything(Scope::everything(), SystemClock.now());
    let (_, other) = begun(&rig, &json!({})).await;
    let (id, running) = begun(&rig, &json!({})).await;
    let held = app.exporting.begin(&id);
    assert_eq!(send(&rig, Role::Viewer, "DELETE", &other, &Value::Null).await.status, 204);
    assert!(index.count(&question, held.progress()).is_ok(), "another job was ended");
    let row = app.control.next_export().expect("asked").expect("a job");
    assert_eq!((&row.id, state(&rig, &running).await), (&id, "running".into()));
    std::fs::create_dir_all(export::folder(&app.config)).expect("a folder");
    let path = export::folder(&app.config).join(format!("{id}.ndjson"));
    std::fs::write(path, "half a line").expect("written");
    assert_eq!(send(&rig, Role::Viewer, "DELETE", &running, &Value::Null).await.status, 204);
    let given_up = index.count(&question, held.progress());
    assert!(matches!(given_up, Err(QueryError::Cancelled)), "{given_up:?}");
    drop(held);

    // Ended in the moment between the choice of a job and the work on it.
    export::work(app, &index, &row, &AtomicBool::new(false));
    assert_eq!((state(&rig, &running).await, files(&rig)), ("cancelled".into(), vec![]));
}

// Protects: a stop does not wait for a long question of an export; the job goes on afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_gives_questions_up() {
    let rig = filled().await;
    let app = &rig.house.app;
    let exporter = Exporter::start(app).expect("started");
    let held = app.exporting.begin("some job");
    drop(exporter);
    let index = app.search.clone().expect("views are on");
    let question = Question::everything(Scope::everything(), SystemClock.now());
    let given_up = index.count(&question, held.progress());
    assert!(matches!(given_up, Err(QueryError::Cancelled)), "{given_up:?}");
}

// Protects: the same filter means the same events to an export as to a search, in any zone.
#[tokio::test(flavor = "multi_thread")]
async fn days_begin_in_the_zone_asked_for() {
    let rig = Rig::new(|_| {});
    let at = |id: &str, time: &str| event(id).replace("2026-11-02T08:00:00Z", time);
    let lines = [
        at("before", "2026-11-01T15:59:59Z"),
        at("first", "2026-11-01T16:00:00Z"),
        at("last", "2026-11-02T15:59:59Z"),
        at("after", "2026-11-02T16:00:00Z"),
    ];
    rig.post_to(&lines).await;
    let q = "time:2026-11-02";
    for (tz, expected) in [("Asia/Shanghai", ["first", "last"]), ("UTC", ["last", "after"])] {
        let path = format!("/v1/events?order=time&q={q}&tz={tz}");
        let page = rig.get(Role::Viewer, &path).await.json();
        let events = page["events"].as_array().expect("events").iter();
        let found: Vec<&str> = events.filter_map(|event| event["id"].as_str()).collect();
        let (_, file) = exported(&rig, &json!({"q": q, "tz": tz})).await;
        assert_eq!(found, expected, "{tz}");
        assert_eq!(ids(&file), expected, "{tz}");
    }
    let refused = json!({"q": q, "tz": "Moon/Crater"});
    let refused = send(&rig, Role::Viewer, "POST", routes::EXPORTS, &refused).await;
    assert_eq!(refused.problem(), (400, "bad_field".to_owned()));
}

// Protects: a job writes nothing that whoever asked may not see, in any form.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_what_its_token_sees() {
    let rig = Rig::new(|_| {});
    let said = |id: &str, reason: &str| {
        event(id).replace("\"service\"", &format!("\"reason\":\"{reason}\",\"service\""))
    };
    rig.post_to(&[said("mine", "shownword"), said("other", "hiddenword")]).await;
    let new = NewToken {
        name: "narrow".to_owned(),
        role: Role::Viewer,
        scope: Some("object.id:c-mine".to_owned()),
        ..NewToken::default()
    };
    let token = rig.house.app.control.create_token(&new).expect("made").secret;
    for format in ["ndjson", "csv", "parquet"] {
        let request = json!({"format": format, "columns": ["id", "reason", "object.name"]});
        let begun = rig.call("POST", routes::EXPORTS, Some(&token), request.to_string()).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{begun}");
        let path = begun.headers["location"].to_str().expect("a path").to_owned();
        work_off(&rig);
        let job = rig.call("GET", &path, Some(&token), Body::empty()).await.json();
        assert_eq!((&job["state"], &job["rows"]), (&"done".into(), &1.into()), "{job}");
        let file = rig.call("GET", &format!("{path}/file"), Some(&token), Body::empty()).await;
        let text = if format == "parquet" { rows(&file.body) } else { file.to_string() };
        assert!(text.contains("shownword"), "{format}: {text}");
        assert!(!text.contains("hiddenword") && !text.contains("other"), "{format}: {text}");
        let foreign = rig.get(Role::Viewer, &format!("{path}/file")).await;
        assert_eq!(foreign.problem().0, 404);
    }
}

/// The rows of a Parquet file as text.
fn rows(file: &[u8]) -> String {
    let path = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(path.path(), file).expect("written");
    let reader = SerializedFileReader::new(path.reopen().expect("a file")).expect("Parquet");
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|row| row.expect("a row").to_string()).collect::<Vec<_>>().join("\n")
}
