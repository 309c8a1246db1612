//! The guide's three people with three powers, walked line by line: what they can do, and that none
//! can do another's work.
#![allow(clippy::unwrap_used)]

mod running;

use std::collections::HashMap;
use std::path::Path;

use annals_server::config::Switch;
use annals_server::first_account;
use running::{Browser, Running};
use serde_json::{Value, json};

const GUIDE: &str = include_str!("../../../docs/guide/operate.md");
const PASSWORD: &str = "correct horse battery staple 7!";

/// One line of the guide.
struct Step {
    who: &'static str,
    method: &'static str,
    path: &'static str,
    body: Value,
    status: u16,
}

/// The blocks of the guide that are walked.
fn blocks() -> Vec<Vec<Step>> {
    let blocks = GUIDE.split("```three-hands\n").skip(1);
    blocks
        .map(|block| block.lines().take_while(|line| *line != "```").map(step).collect())
        .collect()
}

fn step(line: &'static str) -> Step {
    let (rest, status) = line.trim_end().rsplit_once(' ').expect("a status");
    let (rest, body) = match rest.find('{') {
        Some(at) => (&rest[..at], serde_json::from_str(&rest[at..]).expect("JSON")),
        None => (rest, Value::Null),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [who, method, path] = words[..] else { panic!("{line}") };
    Step { who, method, path, body, status: status.parse().expect("a status") }
}

/// People, each with a browser and a password once they have one.
struct People<'s> {
    server: &'s Running,
    passwords: &'s mut HashMap<String, String>,
    browsers: HashMap<String, Browser>,
}

impl People<'_> {
    /// Signs in whoever asks for the first time, and changes a one-time password.
    fn browser(&mut self, who: &str) -> &mut Browser {
        if !self.browsers.contains_key(who) {
            let password = self.passwords.get(who).expect("was given an account");
            let mut browser = Browser::new(self.server);
            let (status, session) = browser.sign_in(who, password);
            assert_eq!(status, 200, "{session}");
            if session["must_change_password"] == true {
                let change = json!({ "current": password, "new": format!("{PASSWORD}{who}") });
                let (status, answer) = browser.call("POST", "/v1/account/password", &change);
                assert_eq!(status, 204, "{answer}");
                self.passwords.insert(who.to_owned(), format!("{PASSWORD}{who}"));
            }
            self.browsers.insert(who.to_owned(), browser);
        }
        self.browsers.get_mut(who).expect("inserted")
    }

    fn walk(&mut self, steps: &[Step]) {
        for Step { who, method, path, body, status } in steps {
            let (found, answer) = self.browser(who).call(method, path, body);
            assert_eq!(found, *status, "{who} {method} {path}: {answer}");
            if let (Some(name), Some(password)) =
                (answer["name"].as_str(), answer["password"].as_str())
            {
                self.passwords.insert(name.to_owned(), password.to_owned());
            }
        }
    }
}

fn start(data: &Path, separation: Switch) -> Running {
    Running::start(data, |config| config.access.separation = separation)
}

fn powers(server: &Running, passwords: &mut HashMap<String, String>) -> Value {
    let mut people = People { server, passwords, browsers: HashMap::new() };
    people.browser("admin").call("GET", "/v1/status", &Value::Null).1["access"].clone()
}

// Protects the promise of the guide, in its own words: three people do their work, none the
// other's, and each line of it is as it says.
#[test]
fn three_people_have_three_powers() {
    let dir = tempfile::tempdir().unwrap();
    let config = annals_server::Config { data: dir.path().to_owned(), ..Default::default() };
    let first = first_account(&config, Some(PASSWORD.to_owned())).unwrap().expect("made");
    let mut passwords = HashMap::from([(first.name.to_owned(), PASSWORD.to_owned())]);
    let blocks = blocks();
    let [share, work] = &blocks[..] else { panic!("the guide has two blocks") };

    let server = start(dir.path(), Switch::Off);
    let access = powers(&server, &mut passwords);
    assert_eq!((&access["all_in_one"], &access["joined"]), (&json!(true), &json!(["admin"])));
    People { server: &server, passwords: &mut passwords, browsers: HashMap::new() }.walk(share);
    server.stop().unwrap();

    let server = start(dir.path(), Switch::On);
    let access = powers(&server, &mut passwords);
    assert_eq!((&access["separation"], &access["joined"]), (&json!(true), &json!([])));
    let mut people =
        People { server: &server, passwords: &mut passwords, browsers: HashMap::new() };
    people.walk(work);
    // The viewer whom they made sees nothing of what they did.
    let (status, seen) = people.browser("li4").call("GET", "/v1/count", &Value::Null);
    assert_eq!(status, 200);
    let (_, own) = people.browser("li4").call("GET", "/v1/session", &Value::Null);
    assert_eq!((&own["own_only"], &own["roles"]), (&json!(true), &json!(["viewer"])));
    let (_, all) = people.browser("chen").call("GET", "/v1/count", &Value::Null);
    assert!(seen["count"].as_u64() < all["count"].as_u64(), "{seen} of {all}");
    let (_, foreign) = people.browser("li4").call("GET", "/v1/count?q=-user:li4", &Value::Null);
    assert_eq!(foreign["count"], 0);
    server.stop().unwrap();
}

// Whoever joined two powers before they were separated can do nothing, by name; a new house with
// separated powers begins with one who hands out access.
#[test]
fn joined_powers_are_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = annals_server::Config { data: dir.path().to_owned(), ..Default::default() };
    first_account(&config, Some(PASSWORD.to_owned())).unwrap().expect("made");
    let server = start(dir.path(), Switch::On);
    let mut browser = Browser::new(&server);
    let (status, session) = browser.sign_in("admin", PASSWORD);
    assert_eq!((status, &session["rights"]), (200, &json!([])));
    for path in ["/v1/status", "/v1/events", "/v1/accounts"] {
        assert_eq!(browser.call("GET", path, &Value::Null).0, 403, "{path}");
    }
    server.stop().unwrap();

    let dir = tempfile::tempdir().unwrap();
    config.data = dir.path().to_owned();
    config.access.separation = Switch::On;
    first_account(&config, Some(PASSWORD.to_owned())).unwrap().expect("made");
    let server = start(dir.path(), Switch::On);
    let mut browser = Browser::new(&server);
    let (_, session) = browser.sign_in("admin", PASSWORD);
    assert_eq!(session["roles"], json!(["security-admin"]));
    server.stop().unwrap();
}
