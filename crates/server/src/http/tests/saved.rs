//! Saved views and export jobs over HTTP.

use std::sync::atomic::AtomicBool;

use annals_api::routes;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Answer, Rig, event};
use crate::auth::role::Role;
use crate::export;
use crate::jobs;

pub(super) async fn send(rig: &Rig, role: Role, method: &str, path: &str, body: &Value) -> Answer {
    rig.call(method, path, Some(rig.token(role)), body.to_string()).await
}

/// The operations of the audit log's own events, oldest first.
async fn recorded(rig: &Rig) -> Vec<String> {
    jobs::drain(&rig.house.app).expect("drained");
    let path = "/v1/events?order=index&q=service:audit-log%20-operation:token.*";
    let page = rig.get(Role::Auditor, path).await.json();
    let events = page["events"].as_array().expect("events");
    events.iter().map(|event| event["operation"].as_str().expect("text").to_owned()).collect()
}

// Protects: a view is its owner's to change, shared or not, and every change is recorded.
#[tokio::test(flavor = "multi_thread")]
async fn views_are_saved_shared_and_recorded() {
    let rig = Rig::new(|_| {});
    let draft = json!({"name": "failures", "q": "结果:失败", "columns": ["时间", "reason"]});
    let saved = send(&rig, Role::Viewer, "POST", routes::VIEWS, &draft).await;
    assert_eq!(saved.status, StatusCode::CREATED);
    let view = saved.json();
    assert_eq!((&view["q"], &view["mine"]), (&"outcome:failure".into(), &true.into()));
    assert_eq!(view["columns"], json!(["time", "reason"]));
    let path = format!("/v1/views/{}", view["id"].as_str().expect("an id"));
    assert_eq!(rig.get(Role::Auditor, &path).await.problem().0, 404);
    let shared = json!({"name": "all failures", "q": "outcome:failure", "shared": true});
    let denied = send(&rig, Role::Auditor, "PUT", &path, &shared).await;
    assert_eq!(denied.problem().0, 404);
    assert_eq!(send(&rig, Role::Viewer, "PUT", &path, &shared).await.status, 200);
    let seen = rig.get(Role::Auditor, routes::VIEWS).await.json();
    let names: Vec<_> = seen["views"].as_array().expect("views").iter().collect();
    assert_eq!((names.len(), &names[0]["name"]), (1, &"all failures".into()));
    assert_eq!(names[0]["mine"], false);
    assert_eq!(send(&rig, Role::Auditor, "DELETE", &path, &Value::Null).await.problem().0, 404);
    assert_eq!(send(&rig, Role::Viewer, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(rig.get(Role::Viewer, &path).await.problem().0, 404);
    assert_eq!(recorded(&rig).await, ["view.create", "view.edit", "view.delete"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_checked() {
    let rig = Rig::new(|_| {});
    for (draft, code) in [
        (json!({"name": ""}), "bad_field"),
        (json!({"name": "x", "columns": ["nothing"]}), "bad_field"),
        (json!({"name": "x", "q": "operater:x"}), "bad_filter"),
        (json!({"name": "x", "color": "red"}), "bad_body"),
        (json!([]), "bad_body"),
    ] {
        let answer = send(&rig, Role::Viewer, "POST", routes::VIEWS, &draft).await;
        assert_eq!(answer.problem(), (400, code.to_owned()), "{draft}");
    }
    let request = json!({"format": "xlsx"});
    let answer = send(&rig, Role::Viewer, "POST", routes::EXPORTS, &request).await;
    assert_eq!(answer.problem(), (400, "bad_body".to_owned()));
}

/// What the exporter's thread does, here and now.
pub(super) fn work_off(rig: &Rig) {
    let app = &rig.house.app;
    let index = app.search.clone().expect("views are on");
    while export::work_next(app, &index, &AtomicBool::new(false)).expect("worked") {}
}

pub(super) async fn exported(rig: &Rig, request: &Value) -> (Value, Vec<u8>) {
    let begun = send(rig, Role::Viewer, "POST", routes::EXPORTS, request).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.json());
    let path = begun.headers["location"].to_str().expect("a path").to_owned();
    work_off(rig);
    let job = rig.get(Role::Viewer, &path).await.json();
    assert_eq!(job["state"], "done", "{job}");
    let file = rig.get(Role::Viewer, &format!("{path}/file")).await;
    assert_eq!(file.status, StatusCode::OK);
    let digest: String = Sha256::digest(&file.body).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(job["sha256"], digest);
    assert_eq!(job["bytes"], file.body.len());
    (job, file.body)
}

pub(super) async fn filled() -> Rig {
    let rig = Rig::new(|_| {});
    let lines: Vec<String> = (0..50).map(|number| event(&format!("e{number:02}"))).collect();
    assert_eq!(rig.post(routes::EVENTS, lines.join("\n")).await.status, StatusCode::OK);
    rig
}

// Protects: an export holds exactly what the same question finds, oldest first; it is recorded
// before it begins; its parts can be asked for.
#[tokio::test(flavor = "multi_thread")]
async fn lines_are_exported() {
    let rig = filled().await;
    let request = json!({"q": "object.id:(c-e07 OR c-e11)"});
    let (job, file) = exported(&rig, &request).await;
    let text = String::from_utf8(file).expect("UTF-8");
    let ids: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone())
        .collect();
    assert_eq!(ids, ["e07", "e11"]);
    assert_eq!((&job["rows"], &job["rows_total"]), (&2.into(), &2.into()));
    let request = json!({"format": "csv", "columns": ["操作类型", "object.name"], "lang": "zh"});
    let (_, file) = exported(&rig, &request).await;
    let text = String::from_utf8(file).expect("UTF-8");
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().take(2).collect();
    assert_eq!(lines[0], "操作类型,对象名称");
    assert_eq!(recorded(&rig).await[..2], ["export.create", "export.download"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_is_exported() {
    let rig = filled().await;
    let (job, file) = exported(&rig, &json!({"format": "parquet", "q": "operator:zhang3"})).await;
    assert_eq!(
        (&job["rows"], &file[..4], &file[file.len() - 4..]),
        (&50.into(), &b"PAR1"[..], &b"PAR1"[..])
    );
    let path = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(path.path(), &file).expect("written");
    let metadata = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(path.as_file())
        .expect("a Parquet file");
    assert_eq!(metadata.file_metadata().num_rows(), 50);
}

// Protects: the last room on the disk is for new events, and who asked is told why nothing came.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_an_export() {
    let rig = Rig::new(|config| config.exports.free_bytes_min = u64::MAX);
    let begun = send(&rig, Role::Viewer, "POST", routes::EXPORTS, &json!({})).await;
    let path = begun.headers["location"].to_str().expect("a path").to_owned();
    work_off(&rig);
    let job = rig.get(Role::Viewer, &path).await.json();
    assert_eq!(job["state"], "failed", "{job}");
    assert!(job["error"].as_str().is_some_and(|error| error.contains("disk is full")), "{job}");
    assert_eq!(rig.get(Role::Viewer, &format!("{path}/file")).await.problem().0, 409);
}

// A job is its owner's alone; ended ones go with their file.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_ended_and_removed() {
    let rig = filled().await;
    let (job, _) = exported(&rig, &json!({})).await;
    let path = format!("/v1/exports/{}", job["id"].as_str().expect("an id"));
    assert_eq!(rig.get(Role::Auditor, &path).await.problem().0, 404);
    assert_eq!(rig.get(Role::Auditor, &format!("{path}/file")).await.problem().0, 404);
    let request = Request::builder()
        .uri(format!("{path}/file"))
        .header("authorization", format!("Bearer {}", rig.token(Role::Viewer)))
        .header("range", "bytes=0-3");
    let part = rig.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!((part.status, part.body.len()), (StatusCode::PARTIAL_CONTENT, 4));
    assert_eq!(send(&rig, Role::Viewer, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(rig.get(Role::Viewer, &path).await.problem().0, 404);
}

// Protects: whoever may not export any more gets nothing more, of jobs under way too; the log says
// who began it and who ended them.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_ends_its_exports() {
    let rig = filled().await;
    let begun = send(&rig, Role::Viewer, "POST", routes::EXPORTS, &json!({})).await.json();
    let id = begun["id"].as_str().expect("an id").to_owned();
    let token = rig.token(Role::Viewer).split('_').nth(1).expect("an id").to_owned();
    assert!(rig.house.app.control.revoke_token(&token).expect("revoked"));
    work_off(&rig);
    let path = export::folder(&rig.house.app.config).join(format!("{id}.ndjson"));
    let bytes = std::fs::read(path).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&bytes).contains("zhang3"), "a file was written");
    assert!(rig.house.app.control.next_export().expect("asked").is_none(), "it does not go on");
    jobs::drain(&rig.house.app).expect("drained");
    let path = "/v1/events?order=index&q=operation:(export.create%20OR%20token.revoke)";
    let page = rig.get(Role::Auditor, path).await.json();
    let events = page["events"].as_array().expect("events");
    let told: Vec<_> = events.iter().map(|event| event["object"]["id"].as_str()).collect();
    assert_eq!(told, [Some(id.as_str()), Some(token.as_str())], "{page}");
}

// Protects: a job that was broken off goes on where its file was good, and the file is the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_job_goes_on() {
    let rig = filled().await;
    let request = json!({"format": "csv", "q": "operator:zhang3"});
    let (whole, file) = exported(&rig, &request).await;
    let begun = send(&rig, Role::Viewer, "POST", routes::EXPORTS, &request).await.json();
    let id = begun["id"].as_str().expect("an id");
    // As a stop in the middle leaves it: running, the good part on disk and more behind it.
    let row = rig.house.app.control.next_export().expect("asked").expect("a job");
    assert_eq!(row.id, id);
    let page =
        rig.get(Role::Viewer, "/v1/events?order=time&limit=20&q=operator:zhang3").await.json();
    let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').take(21).collect();
    let good = lines.concat();
    let progress = crate::control::Progress {
        cursor: page["next"].as_str().map(str::to_owned),
        rows: 20,
        bytes: good.len() as u64,
        partial: None,
    };
    assert!(rig.house.app.control.keep_progress(id, &progress, Some(50)).expect("kept"));
    let path = export::folder(&rig.house.app.config).join(format!("{id}.csv"));
    std::fs::write(&path, [&good[..], b"half a line"].concat()).expect("written");
    work_off(&rig);
    let job = rig.get(Role::Viewer, &format!("/v1/exports/{id}")).await.json();
    assert_eq!((&job["sha256"], &job["rows"]), (&whole["sha256"], &whole["rows"]));
}
