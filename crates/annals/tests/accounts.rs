//! The first account and the ways back in, with the real binary; and what it must never write
//! down: passwords, codes, cookies and tokens.

mod house;

use house::{Answer, House, annals, annals_with, files_below};
use serde_json::{Value, json};

const PASSWORD: &str = "four-pandas-eat-quietly";
const NEW_PASSWORD: &str = "seven-cranes-fold-paper";

/// A request as a page of the server's own sends it.
fn browse(house: &House, method: &str, path: &str, cookie: &str, body: &Value) -> Answer {
    let origin = format!("http://{}", house.address);
    let headers = [("origin", origin.as_str()), ("cookie", cookie)];
    house.send("", method, path, &headers, body.to_string().as_bytes())
}

fn sign_in(house: &House, name: &str, password: &str) -> Answer {
    browse(house, "POST", "/v1/sign-in", "", &json!({"username": name, "password": password}))
}

/// The one-time password that the log tells.
fn told(house: &House) -> String {
    let log = house.log();
    let line = log.lines().find(|line| line.contains("one-time password"));
    let password = line.and_then(|line| line.rsplit(' ').next());
    password.expect("the log tells it").to_owned()
}

// The contract of a first start: one account, with the password that was given or one that is
// told once and has to be changed; and never a second time.
#[test]
fn the_first_account() {
    let mut house = House::closed();
    house.serve();
    let one_time = told(&house);
    let answer = sign_in(&house, "admin", &one_time);
    assert_eq!((answer.status, &answer.json()["must_change_password"]), (200, &json!(true)));
    let roles = answer.json()["roles"].clone();
    assert_eq!(roles, json!(["security-admin", "system-admin", "audit-admin"]));
    house.stop();
    house.serve_with(&[("ANNALS_ADMIN_PASSWORD", PASSWORD)]);
    assert_eq!(sign_in(&house, "admin", PASSWORD).status, 401, "used only while there is none");
    assert_eq!(house.log().matches("one-time password").count(), 1);

    let mut given = House::closed();
    given.serve_with(&[("ANNALS_ADMIN_PASSWORD", PASSWORD)]);
    let answer = sign_in(&given, "admin", PASSWORD);
    assert_eq!((answer.status, &answer.json()["must_change_password"]), (200, &json!(false)));
    assert!(!given.log().contains("one-time"));
    given.stop();
}

// Whoever has lost every password, and has the folder, gets in again; beside a running server.
#[test]
fn a_password_is_reset_offline() {
    let mut house = House::closed();
    house.serve_with(&[("ANNALS_ADMIN_PASSWORD", PASSWORD)]);
    let cookie = sign_in(&house, "admin", PASSWORD).cookie();
    let data = house.data();
    let data = data.to_str().unwrap();
    let reset = annals(&["account", "reset", "admin", "--data", data]);
    assert_eq!(reset.status.code(), Some(0), "{}", String::from_utf8_lossy(&reset.stderr));
    let one_time = String::from_utf8(reset.stderr).unwrap();
    let one_time = one_time.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(reset.stdout.is_empty(), "one-time passwords go to stderr");
    assert_eq!(sign_in(&house, "admin", PASSWORD).status, 401);
    assert_eq!(sign_in(&house, "admin", &one_time).status, 200);
    assert_eq!(browse(&house, "GET", "/v1/account", &cookie, &Value::Null).status, 401);
    let unknown = annals(&["account", "reset", "nobody", "--data", data]);
    assert_eq!(unknown.status.code(), Some(1));
    let list = annals_with(&["account", "list", "--data", data, "--json"], &[], b"");
    let row: Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!((&row["name"], &row["source"]), (&json!("admin"), &json!("local")));
    house.stop();
}

// Whoever reads the folder or the log learns no password, no cookie and no token.
#[test]
fn no_secret_is_written_down() {
    let mut house = House::closed();
    let env = [("ANNALS_ADMIN_PASSWORD", PASSWORD), ("ANNALS_LOG_FILTER", "trace")];
    house.serve_with(&env);
    let admin = sign_in(&house, "admin", PASSWORD).cookie();
    sign_in(&house, "wrong-password-typed-as-a-name", "wrong-password-typed");
    sign_in(&house, "admin", "wrong-password-typed");
    let draft = json!({"name": "li.si", "roles": ["auditor"]});
    let made = browse(&house, "POST", "/v1/accounts", &admin, &draft).json();
    let one_time = made["password"].as_str().unwrap();
    let theirs = sign_in(&house, "li.si", one_time).cookie();
    let change = json!({"current": one_time, "new": NEW_PASSWORD});
    let changed = browse(&house, "POST", "/v1/account/password", &theirs, &change);
    assert_eq!(changed.status, 204, "{}", changed.text());
    let proposal = browse(&house, "POST", "/v1/account/totp", &theirs, &Value::Null).json();
    let draft = json!({"name": "portal", "role": "auditor"});
    let made = browse(&house, "POST", "/v1/tokens", &admin, &draft).json();
    let token = made["token"].as_str().unwrap();
    assert_eq!(house.get(token, "/v1/events").0, 200);
    assert_eq!(house.get("annals_00000000_not-a-token", "/v1/events").0, 401);
    house.stop();
    let cookie = |pair: &str| pair.split_once('=').unwrap().1.to_owned();
    let secrets = [
        PASSWORD.to_owned(),
        NEW_PASSWORD.to_owned(),
        "wrong-password-typed".to_owned(),
        one_time.to_owned(),
        proposal["secret"].as_str().unwrap().to_owned(),
        token.rsplit('_').next().unwrap().to_owned(),
        "not-a-token".to_owned(),
        cookie(&admin),
        cookie(&theirs),
    ];
    let mut files = files_below(&house.data());
    files.push(house.path("server.log"));
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", file.display());
        }
    }
}

// Log injection: what is typed stays one value of one event and begins no line of its own.
#[test]
fn typed_text_stays_text() {
    let mut house = House::closed();
    house.serve_with(&[("ANNALS_ADMIN_PASSWORD", PASSWORD), ("ANNALS_LOG_FILTER", "trace")]);
    let forged = "x\nERROR forged line";
    sign_in(&house, forged, forged);
    let agent = [("user-agent", "curl\tERROR forged agent")];
    let body = json!({"username": "admin", "password": "wrong"}).to_string();
    house.send("", "POST", "/v1/sign-in", &agent, body.as_bytes());
    let path = "/v1/events/x%0aERROR%20forged%20path";
    let auditor = house.token("auditor");
    assert_eq!(house.get(&auditor, path).0, 404);
    house.stop();
    assert!(!house.log().lines().any(|line| line.starts_with("ERROR forged")));
}
