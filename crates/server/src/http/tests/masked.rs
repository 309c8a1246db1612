//! What is masked: stands as `***`, cannot be found out by asking, and is shown for a reason.

use annals_api::routes;
use annals_proof::ProofBundle;
use annals_record::{Disclosure, Verdict};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Rig};
use crate::auth::role::Role;
use crate::config::Behaviour;

async fn filled(change: impl FnOnce(&mut crate::config::Config)) -> Rig {
    let rig = Rig::new(change);
    let known = json!({ "id": "e0", "time": "2026-11-02T08:00:00Z", "service": "users",
        "operation": "user.login", "operator": "zhang3",
        "object": { "type": "user", "id": "zhang3" }, "origin": { "line": "sshd: zhang3 rawline" } });
    let unknown = json!({ "id": "e1", "time": "2026-11-02T08:01:00Z", "service": "auth",
        "operation": "user.login_unknown", "operator": "hunter2", "user_type": "unknown",
        "object": { "type": "account", "id": "hunter2" }, "outcome": "denied",
        "source_ip": "192.0.2.7", "reason": "no account hunter2",
        "origin": { "line": "sshd: hunter2" } });
    let kept = rig.post(routes::EVENTS, format!("{known}\n{unknown}")).await;
    assert_eq!((kept.status, &kept.json()["accepted"]), (StatusCode::OK, &json!(2)));
    rig
}

/// Ways by which a filter can be asked.
const WAYS: [&str; 6] = [
    "/v1/count?q={q}%20outcome:denied",
    "/v1/events?q=service:auth%20({q})",
    "/v1/facets?fields=operation,operator,outcome&q=service:auth%20({q})",
    "/v1/groups?fields=operation,outcome&q=service:auth%20({q})",
    "/v1/histogram?interval=1d&q=service:auth%20({q})",
    "/v1/complete?field=operation&q=service:auth%20({q})",
];

/// An answer without what names its walk and the moment.
fn without_cursor(mut answer: Value) -> Value {
    for key in ["next", "as_of", "settled_index"] {
        answer[key] = Value::Null;
    }
    answer
}

/// The fields of a proof, and what it shows of them.
fn disclosed(answer: &Answer) -> Vec<(String, Verdict)> {
    let text = String::from_utf8_lossy(&answer.body);
    let extra = ProofBundle::parse(&text).expect("a proof").extra.expect("a disclosure");
    let fields = Disclosure::parse(&extra).expect("parses").fields();
    fields.into_iter().map(|field| (field.name.into_owned(), field.verdict)).collect()
}

async fn unmask(rig: &Rig, role: Role, index: u64, body: &Value) -> Answer {
    let path = format!("/v1/events/index/{index}/unmask");
    rig.call("POST", &path, Some(rig.token(role)), body.to_string()).await
}

// A mistyped name is often a password: nobody sees it on any way, and no question finds it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_for_a_name_stays_hidden() {
    let rig = filled(|_| {}).await;
    for role in [Role::Viewer, Role::Auditor, Role::SecurityAdmin, Role::AuditAdmin] {
        let event = rig.get(role, "/v1/events/e1").await.json();
        assert_eq!((&event["operator"], &event["object"]["id"]), (&json!("***"), &json!("***")));
        assert_eq!((&event["reason"], &event["origin"]), (&json!("***"), &json!("***")));
        assert_eq!(event["source_ip"], "192.0.2.7");
        let masked = event["masked"].as_array().expect("a list");
        assert!(masked.contains(&json!("operator")) && masked.contains(&json!("object.id")));
        // Neither confirmed nor denied: whatever is guessed, the answer is that of a wild guess.
        for form in [
            "operator:{g}",
            "-operator:{g}",
            "user:{g}*",
            "-user:{g}*",
            "{g}",
            "-{g}",
            "object:{g}",
            "reason:{g}",
            "-reason:*",
            "-(reason:{g} OR outcome:success)",
            "object.type:account -object.id:{g}",
            "-(object.type:account object.id:{g})",
            "-(-operator:{g})",
            "operator:{g} OR outcome:denied",
        ] {
            let guesses = ["hunter2", "hunter", "wildguess"];
            let answers = guesses.map(|guess| form.replace("{g}", guess));
            let told = [&answers[0], &answers[1], &answers[2]];
            for way in WAYS {
                let ask = async |q: &str| {
                    let path = way.replace("{q}", &q.replace(' ', "%20"));
                    let answer = rig.get(role, &path).await;
                    assert_eq!(answer.status, StatusCode::OK, "{way} {q} as {role}: {answer}");
                    without_cursor(answer.json())
                };
                let wild = ask(told[2]).await;
                for q in &told[..2] {
                    assert_eq!(ask(q).await, wild, "{way} {q} as {role}");
                }
            }
        }
        let count = async |q: &str| {
            rig.get(role, &format!("/v1/count?q={q}")).await.json()["count"].as_u64()
        };
        assert_eq!(count("operation:user.login_unknown").await, Some(1));
        assert_eq!(count("outcome:denied%20-operator:wildguess").await, Some(0));
        assert_eq!(count("outcome:denied%20OR%20operator:wildguess").await, Some(1));
        let told = async |name: &str| {
            let profile = rig.get(role, &format!("/v1/users/{name}/profile")).await.json();
            ["events", "first_seen", "addresses", "operations"].map(|key| profile[key].clone())
        };
        assert_eq!(told("hunter2").await, told("wildguess").await, "{role}");
        for path in [
            "/v1/events",
            "/v1/facets?fields=operator,username,object.id,operation",
            "/v1/groups?fields=operator,operation",
            "/v1/histogram?by=operator",
            "/v1/complete?field=operator",
            "/v1/complete?field=object.id&prefix=hunt",
            "/v1/history?type=account&id=hunter2&q=-x",
            "/v1/causes/e1",
            "/v1/sessions",
        ] {
            let answer = rig.get(role, path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(!answer.to_string().contains("hunter2"), "{path} as {role}: {answer}");
        }
        let fields = disclosed(&rig.get(role, "/v1/events/index/1/proof").await);
        assert!(fields.contains(&("source_ip".to_owned(), Verdict::Disclosed)), "{fields:?}");
        assert!(fields.contains(&("operator".to_owned(), Verdict::Withheld)), "{fields:?}");
        let history = rig.get(role, "/v1/history?type=account&id=hunter2").await.json();
        assert_eq!(history["events"], json!([]));
        let facets = rig
            .get(role, "/v1/facets?fields=operation,operator&q=service:(users%20OR%20auth)")
            .await
            .json();
        let of = |field: &str| facets["facets"][field]["distinct"].clone();
        assert_eq!((of("operation"), of("operator")), (json!(2), json!(1)), "{facets}");
    }
}

// Whoever may make tokens for pages chooses their scopes: a scope that guesses says no more than
// a filter does.
#[tokio::test(flavor = "multi_thread")]
async fn scopes_tell_nothing_of_what_is_masked() {
    let rig = filled(|_| {}).await;
    let seen = async |scope: &str| {
        let draft = json!({ "scope": scope }).to_string();
        let made = rig.call("POST", routes::EMBED_TOKENS, Some(rig.token(Role::Viewer)), draft);
        let token = made.await.json()["token"].as_str().expect("a token").to_owned();
        let path = "/v1/count?q=operation:user.login_unknown";
        let count = rig.call("GET", path, Some(&token), "").await.json()["count"].clone();
        let event = rig.call("GET", "/v1/events/e1", Some(&token), "").await.status;
        (count, event.as_u16())
    };
    for guess in ["hunter2", "hunter*", "wildguess"] {
        for field in ["operator", "username", "object.id"] {
            for scope in [format!("{field}:{guess}"), format!("-{field}:{guess}")] {
                assert_eq!(seen(&scope).await, (json!(0), 404), "{scope}");
            }
        }
    }
    assert_eq!(seen("service:auth").await, (json!(1), 200));
    assert_eq!(seen("service:auth OR operator:hunter2").await, (json!(1), 200));
}

// The raw line may say more than the event; viewers see neither it nor what a search in it finds.
#[tokio::test(flavor = "multi_thread")]
async fn raw_lines_are_not_for_viewers() {
    let rig = filled(|_| {}).await;
    let seen = rig.get(Role::Auditor, "/v1/events/e0").await.json();
    assert_eq!(seen["origin"]["line"], "sshd: zhang3 rawline");
    let seen = rig.get(Role::Viewer, "/v1/events/e0").await.json();
    assert_eq!((&seen["origin"], &seen["masked"]), (&json!("***"), &json!(["origin"])));
    for (role, verdict) in [(Role::Viewer, Verdict::Withheld), (Role::Auditor, Verdict::Disclosed)]
    {
        let fields = disclosed(&rig.get(role, "/v1/events/e0/proof").await);
        assert!(fields.contains(&("origin".to_owned(), verdict)), "{fields:?}");
    }
    for path in ["/v1/count?q=origin:rawline", "/v1/events?q=-origin.line:x"] {
        assert_eq!(rig.get(Role::Viewer, path).await.problem(), (403, "masked_field".to_owned()));
    }
    let found = rig.get(Role::Auditor, "/v1/count?q=origin:rawline").await.json();
    assert_eq!(found["count"], 1);
}

// Seeing what is masked takes the right and a reason, and the record comes first.
#[tokio::test(flavor = "multi_thread")]
async fn unmasking_takes_a_reason_and_is_recorded() {
    let rig = filled(|_| {}).await;
    let reason = json!({ "reason": "incident 42" });
    assert_eq!(unmask(&rig, Role::Viewer, 1, &reason).await.problem().0, 403);
    for (body, code) in [
        (json!({ "reason": " ?! " }), "bad_field"),
        (json!({}), "bad_body"),
        (json!({ "reason": "incident 42", "fields": ["source_ip"] }), "bad_field"),
    ] {
        let answer = unmask(&rig, Role::Auditor, 1, &body).await;
        assert_eq!(answer.problem(), (400, code.to_owned()), "{body}");
    }
    assert_eq!(rig.house.app.head().size.0, 2, "what is refused opens nothing");
    let body = json!({ "reason": "incident 42", "fields": ["operator"] });
    let shown = unmask(&rig, Role::Auditor, 1, &body).await;
    assert_eq!(shown.json()["values"], json!({ "operator": "hunter2" }));
    let record = rig.get(Role::Auditor, "/v1/events/index/2").await.json();
    assert_eq!(
        (&record["operation"], &record["reason"]),
        (&json!("event.unmask"), &json!("incident 42"))
    );
    assert_eq!(record["request_data"]["fields"], json!(["operator"]));
    assert_eq!(record["object"], json!({ "type": "event", "id": "1" }));
    let all = unmask(&rig, Role::SecurityAdmin, 1, &reason).await.json();
    assert_eq!(all["values"]["origin"]["line"], "sshd: hunter2");
    assert_eq!(unmask(&rig, Role::Auditor, 99, &reason).await.problem().0, 404);
}

// Behaviour is shown as the house decided: for a reason, under another name, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_shown_as_decided() {
    let rig = filled(|config| config.access.profile_reason = true).await;
    let path = "/v1/users/zhang3/profile";
    let refused = rig.get(Role::Viewer, path).await.problem();
    assert_eq!(refused, (403, "profile_reason_required".to_owned()));
    let told = rig.get(Role::Viewer, &format!("{path}?reason=yearly%20review")).await.json();
    assert_eq!((&told["user"], &told["events"]), (&json!("zhang3"), &json!(1)));
    let record = rig.get(Role::Auditor, "/v1/events/index/2").await.json();
    assert_eq!(
        (&record["operation"], &record["reason"]),
        (&json!("profile.view"), &json!("yearly review"))
    );

    let rig = filled(|config| config.access.behaviour = Behaviour::Off).await;
    assert_eq!(rig.get(Role::Auditor, path).await.problem(), (403, "behaviour_off".to_owned()));

    let rig = filled(|config| config.access.behaviour = Behaviour::Pseudonymised).await;
    let told = rig.get(Role::Auditor, path).await;
    assert!(!String::from_utf8_lossy(&told.body).contains("zhang3"), "{}", told.json());
    let pseudonym = told.json()["user"].as_str().expect("a name").to_owned();
    assert!(pseudonym.starts_with("p-") && pseudonym.len() == 10, "{pseudonym}");
    let again = rig.get(Role::Viewer, &format!("/v1/users/{pseudonym}/profile")).await.json();
    assert_eq!((&again["user"], &again["events"]), (&json!(pseudonym), &json!(1)));
    let missing = rig.get(Role::Viewer, "/v1/users/p-00000000/profile").await;
    assert_eq!(missing.problem().0, 404);
    // Whoever may unmask sees the name, for a reason.
    let named = rig.get(Role::Auditor, &format!("{path}?reason=incident%2042")).await.json();
    assert_eq!(named["user"], "zhang3");
    let unnamed = rig.get(Role::Viewer, &format!("{path}?reason=incident%2042")).await.json();
    assert_eq!(unnamed["user"], json!(pseudonym));
}
