//! `POST /v1/events`: every status code, and that what is acknowledged is proved.

use std::io::Write;

use annals_proof::SignedCheckpoint;
use axum::http::Request;

use super::*;

fn codes(answer: &Value) -> Vec<(u64, String)> {
    let rejected = answer["rejected"].as_array().expect("rejected");
    let code = |one: &Value| {
        (one["line"].as_u64().expect("a line"), one["code"].as_str().expect("a code").to_owned())
    };
    rejected.iter().map(code).collect()
}

async fn packed(rig: &Rig, encoding: &str, body: Vec<u8>) -> Answer {
    let request = Request::post(routes::EVENTS)
        .header("authorization", format!("Bearer {}", rig.token(Role::Emitter)))
        .header("content-encoding", encoding)
        .body(Body::from(body));
    rig.send(request.expect("a request")).await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("to memory");
    encoder.finish().expect("to memory")
}

// A sender that is limited is told to wait, and nothing of what it then sends is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_can_be_slowed_down() {
    let rig = Rig::new(|config| config.ingest.events_per_second_max = 1);
    let many: Vec<String> = (0..600).map(|number| event(&format!("p{number}"))).collect();
    assert_eq!(rig.post(routes::EVENTS, many.join("\n")).await.json()["accepted"], 600);
    let slowed = rig.post(routes::EVENTS, event("q")).await;
    assert_eq!(slowed.problem(), (503, "too_fast".to_owned()));
    assert!(slowed.headers.contains_key("retry-after"));
    let slowed = rig.post(routes::OPERATIONS, event("op")).await;
    assert_eq!(slowed.problem(), (503, "too_fast".to_owned()));
    assert_eq!(rig.house.app.head().size.0, 600);
}

// An answer of 200 means: on disk, in the tree, under a checkpoint our key signed.
#[tokio::test(flavor = "multi_thread")]
async fn accepted_events_are_under_the_checkpoint_of_the_answer() {
    let rig = Rig::new(|_| {});
    let body = format!("{}\n\n{}\n", event("e1"), event("e2"));
    let answer = rig.post(routes::EVENTS, body.clone()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = answer.json();
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&2.into(), &0.into()));
    assert_eq!((&answer["first_index"], &answer["last_index"]), (&0.into(), &1.into()));
    let note = answer["checkpoint"].as_str().expect("a note");
    let keys = rig.house.app.reader.verifiers();
    let signed = SignedCheckpoint::verify(note, &keys).expect("our signature");
    assert_eq!(signed.checkpoint.size.0, 2);

    let again = rig.post(routes::EVENTS, body).await.json();
    assert_eq!((&again["accepted"], &again["duplicates"]), (&0.into(), &2.into()));
    assert_eq!(again["first_index"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_arrays_and_lines_are_taken() {
    let rig = Rig::new(|_| {});
    let pretty = event("a").replace(",\"", ",\n\"");
    let array = format!("[{},\n{}]", event("b"), event("c"));
    for (body, accepted) in [(pretty, 1), (array, 2), (event("d"), 1)] {
        let answer = rig.post(routes::EVENTS, body).await;
        assert_eq!(answer.json()["accepted"], accepted);
    }
}

// Good lines are kept although others are bad, and the numbers are those of the sender's file.
#[tokio::test(flavor = "multi_thread")]
async fn bad_lines_are_rejected_one_by_one() {
    let rig = Rig::new(|_| {});
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(2 << 20));
    let forged = event("f").replace("hpc-clusters", "audit-log").replace("cluster.create", "x");
    let unknown = event("u").replace("cluster.create", "cluster.craete");
    let body = [
        event("e1").into_bytes(),
        b"{bad".to_vec(),
        long.into_bytes(),
        b"{\"id\":\"\xff\"}".to_vec(),
        forged.into_bytes(),
        unknown.into_bytes(),
        event("e2").into_bytes(),
    ]
    .join(&b'\n');
    let answer = rig.post(routes::EVENTS, body).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = answer.json();
    assert_eq!(answer["accepted"], 2);
    let mut found = codes(&answer);
    found.dedup_by_key(|(line, _)| *line);
    let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6]);
    assert_eq!(found[1].1, "line_too_long");
    assert!(codes(&answer).contains(&(5, "reserved_service".to_owned())));
    assert!(codes(&answer).contains(&(6, "unknown_operation".to_owned())));
    assert!(answer["rejected"].to_string().contains("cluster.create"), "the nearest is named");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_good_line_is_422_with_everything_said() {
    let rig = Rig::new(|_| {});
    let answer = rig.post(routes::EVENTS, "{bad\n{}").await;
    assert_eq!(answer.problem(), (422, "no_good_line".to_owned()));
    let answer = answer.json();
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&0.into(), &0.into()));
    assert_eq!((&answer["first_index"], &answer["last_index"]), (&Value::Null, &Value::Null));
    assert!(answer.get("last_index").is_some());
    assert!(codes(&answer).iter().any(|(line, code)| *line == 2 && code == "missing_field"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_id_is_a_conflict() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, event("e1")).await;
    let other = event("e1").replace("zhang3", "li4");
    let answer = rig.post(routes::EVENTS, format!("{other}\n{}", event("e2"))).await;
    let answer = answer.json();
    assert_eq!(answer["accepted"], 1);
    assert_eq!(codes(&answer), [(1, "id_conflict".to_owned())]);
    let alone = rig.post(routes::EVENTS, other).await;
    assert_eq!(alone.problem(), (422, "no_good_line".to_owned()));
}

// Strict: one fault or conflict and nothing is kept, quarantined or indexed.
#[tokio::test(flavor = "multi_thread")]
async fn strict_is_all_or_nothing() {
    let rig = Rig::new(|_| {});
    let strict = "/v1/events?strict=true";
    let bad = rig.post(strict, format!("{}\n{{bad", event("e1"))).await;
    assert_eq!(bad.problem(), (422, "no_good_line".to_owned()));
    assert_eq!(codes(&bad.json()), [(2, "bad_json".to_owned())]);
    assert_eq!(rig.house.app.head().size.0, 0);
    let good = rig.post(strict, format!("{}\n{}", event("e1"), event("e2"))).await;
    assert_eq!(good.json()["accepted"], 2);
    let conflict = event("e2").replace("zhang3", "li4");
    let refused = rig.post(strict, format!("{}\n{conflict}", event("e3"))).await;
    assert_eq!(refused.problem(), (422, "no_good_line".to_owned()));
    assert_eq!(codes(&refused.json()), [(2, "id_conflict".to_owned())]);
    assert_eq!(rig.house.app.head().size.0, 2);
    let many = format!("{}\n", "{}").repeat(10_001);
    assert_eq!(rig.post(strict, many).await.problem(), (413, "strict_too_large".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_bodies_and_wrong_parameters_are_400() {
    let rig = Rig::new(|_| {});
    for body in ["", " \n", "[]"] {
        let answer = rig.post(routes::EVENTS, body).await;
        assert_eq!(answer.problem(), (400, "no_events".to_owned()));
    }
    let answer = rig.post("/v1/events?strikt=true", event("e1")).await;
    assert_eq!(answer.problem(), (400, "unknown_parameter".to_owned()));
    let answer = rig.post("/v1/events?strict=yes", event("e1")).await;
    assert_eq!(answer.problem(), (400, "bad_parameter".to_owned()));
    assert_eq!(rig.house.app.head().size.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_bodies_are_understood() {
    let rig = Rig::new(|_| {});
    let answer = packed(&rig, "gzip", gzip(event("e1").as_bytes())).await;
    assert_eq!(answer.json()["accepted"], 1);
    let zstd = zstd::encode_all(event("e2").as_bytes(), 3).expect("to memory");
    assert_eq!(packed(&rig, "zstd", zstd.clone()).await.json()["accepted"], 1);
    let cut = zstd[..zstd.len() - 3].to_vec();
    assert_eq!(packed(&rig, "zstd", cut).await.problem(), (400, "bad_encoding".to_owned()));
    let plain = packed(&rig, "gzip", event("e3").into_bytes()).await;
    assert_eq!(plain.problem(), (400, "bad_encoding".to_owned()));
    let brotli = packed(&rig, "br", event("e3").into_bytes()).await;
    assert_eq!(brotli.problem(), (415, "unsupported_encoding".to_owned()));
}

// A small body that grows without end must stop at the limit, not at the end of memory.
#[tokio::test(flavor = "multi_thread")]
async fn bombs_are_413() {
    let rig = Rig::new(|_| {});
    let mut bomb = Vec::new();
    let member = gzip(&vec![b' '; 16 << 20]);
    (0..17).for_each(|_| bomb.extend_from_slice(&member));
    assert_eq!(packed(&rig, "gzip", bomb).await.problem(), (413, "body_too_large".to_owned()));
    let zeros = vec![b' '; (256 << 20) + 1];
    let bomb = zstd::encode_all(&zeros[..], 1).expect("to memory");
    drop(zeros);
    assert_eq!(packed(&rig, "zstd", bomb).await.problem(), (413, "body_too_large".to_owned()));
    assert_eq!(rig.house.app.budget.used(), 0, "memory is given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_are_413() {
    let rig = Rig::new(|_| {});
    let large = vec![b' '; (64 << 20) + 1];
    assert_eq!(rig.post(routes::EVENTS, large).await.problem().1, "body_too_large");
    let many = "{}\n".repeat(100_001);
    assert_eq!(rig.post(routes::EVENTS, many).await.problem().1, "too_many_events");
    assert_eq!(rig.house.app.head().size.0, 0);
}

// Too fast is 503 with a time to wait, and nothing of the request is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_budget_is_503() {
    let rig = Rig::new(|config| config.ingest.in_flight_bytes_max = 10);
    let mut other = rig.house.app.budget.reserve();
    assert_eq!(other.grow(10), Ok(()));
    let answer = rig.post(routes::EVENTS, event("e1")).await;
    assert_eq!(answer.problem(), (503, "busy".to_owned()));
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(rig.house.app.head().size.0, 0);
    drop(other);
    assert_eq!(rig.post(routes::EVENTS, event("e1")).await.status, StatusCode::OK);
}

// The clock of `received_time` and the defaults of token and server end up in the event.
#[tokio::test(flavor = "multi_thread")]
async fn defaults_come_from_token_then_server() {
    let rig = Rig::new(|_| {});
    let new = NewToken {
        name: "own stack".to_owned(),
        stack_id: Some("stack-2".to_owned()),
        ..NewToken::default()
    };
    let token = rig.house.app.control.create_token(&new).expect("made").secret;
    rig.call("POST", routes::EVENTS, Some(&token), event("e1")).await;
    let kept = rig.get(Role::Viewer, "/v1/events/index/0").await.json();
    assert_eq!((&kept["stack_id"], &kept["region"]), (&"stack-2".into(), &"cn-east".into()));
    assert_eq!(kept["emitter"], token["annals_".len()..]["".len()..8].to_owned());
}
