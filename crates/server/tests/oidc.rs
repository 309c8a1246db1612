//! Signing in by another site: a real provider of OpenID Connect in a process of its own, a
//! browser between it and the server.

mod running;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use annals_server::Role;
use annals_server::config::{Grant, Oidc};
use running::{Browser, Running};
use serde_json::{Value, json};

/// More than enough for the server to record what it did.
const DEADLINE: Duration = Duration::from_secs(60);

/// A provider that runs as long as this lives.
struct Provider {
    process: Child,
    issuer: String,
}

impl Provider {
    fn start(callback: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        let mut process = Command::new("node")
            .args(["provider.mjs", callback])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs; `npm ci` in crates/server/tests/oidc");
        let mut issuer = String::new();
        let stdout = process.stdout.as_mut().expect("piped");
        BufReader::new(stdout).read_line(&mut issuer).expect("read");
        assert!(issuer.starts_with("http://"), "`npm ci` in crates/server/tests/oidc");
        Self { process, issuer: issuer.trim().to_owned() }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server and the provider that it trusts.
fn start(folder: &Path) -> (Running, Provider) {
    // The provider must know where the server will be, and the server where the provider is.
    let free = TcpListener::bind("127.0.0.1:0").expect("bound");
    let home = format!("http://{}", free.local_addr().expect("an address"));
    let provider = Provider::start(&format!("{home}/v1/auth/oidc/corp/callback"));
    let secret = folder.join("client-secret");
    std::fs::write(&secret, "the-client-secret\n").expect("written");
    let text = format!(
        "id = 'corp'\nname = 'Corp'\nissuer = '{}'\nclient_id = 'annals'\n",
        provider.issuer
    );
    let mut oidc: Oidc = toml::from_str(&text).expect("reads");
    oidc.client_secret_file = secret;
    let (group, scope) = ("auditors".to_owned(), String::new());
    oidc.roles = vec![Grant { group, role: Role::Auditor, scope }];
    let listen = free.local_addr().expect("an address");
    drop(free);
    let server = Running::start(&folder.join("data"), |config| {
        config.listen = listen;
        config.accounts.external_url = home;
        config.oidc = vec![oidc];
    });
    (server, provider)
}

/// Goes to the provider and back as `person`; where the server sends the browser in the end.
fn travel(browser: &mut Browser, person: &str) -> String {
    let start = browser.visit("/v1/auth/oidc/corp/start?return=/ui/log?q=x");
    assert_eq!(start.status, 302, "{start:?}");
    let asked = browser.visit(&start.location);
    let login = browser.visit(&format!("{}?as={person}", asked.location));
    let back = browser.visit(&login.location);
    let end = browser.visit(&back.location);
    assert_eq!(end.status, 302, "{end:?}");
    end.location
}

fn session(browser: &mut Browser) -> Value {
    browser.call("GET", "/v1/session", &Value::Null).1
}

// Protects the whole way: whoever the provider vouches for gets what their groups give, and
// everybody else an error and no session.
#[test]
fn a_provider_vouches_for_people() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, _provider) = start(folder.path());
    let mut browser = Browser::new(&server);
    assert_eq!(session(&mut browser)["methods"]["oidc"], json!([{"id": "corp", "name": "Corp"}]));
    assert_eq!(travel(&mut browser, "wang5"), "/ui/log?q=x");
    let info = session(&mut browser);
    assert_eq!(info["principal"]["name"], json!("wang5"));
    assert_eq!(info["principal"]["source"], json!("oidc"));
    assert_eq!(info["roles"], json!(["auditor"]));
    assert_eq!(info["principal"]["display_name"], json!("Wang Wu"));
    let path = "/v1/events?q=operation:session.create%20operator:wang5";
    let deadline = Instant::now() + DEADLINE;
    // Recorded behind the sign-in, by the server's own thread.
    let told = loop {
        let page = browser.call("GET", path, &Value::Null).1;
        if page["events"].as_array().is_some_and(|events| !events.is_empty()) {
            break page["events"][0].clone();
        }
        assert!(Instant::now() < deadline, "no session.create: {page}");
        std::thread::yield_now();
    };
    assert_eq!(told["operation"], "session.create");
    for (person, code) in [
        // No group of theirs has a role.
        ("zhao6", "no_role"),
        // The same name, another person.
        ("other", "sign_in_failed"),
        ("nameless", "sign_in_failed"),
    ] {
        let mut browser = Browser::new(&server);
        assert_eq!(travel(&mut browser, person), format!("/ui/sign-in?error={code}"));
        assert_eq!(session(&mut browser)["signed_in"], false, "{person}");
    }
    server.stop().expect("stops well");
}

// Protects against answers nobody asked for: planted in another browser, played again, or with
// a state that was made up.
#[test]
fn an_answer_counts_once_and_for_who_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, _provider) = start(folder.path());
    let mut browser = Browser::new(&server);
    let start = browser.visit("/v1/auth/oidc/corp/start?return=https://evil.example/");
    let asked = browser.visit(&start.location);
    let login = browser.visit(&format!("{}?as=wang5", asked.location));
    let back = browser.visit(&login.location).location;
    let refused = "/ui/sign-in?error=not_asked";
    assert_eq!(Browser::new(&server).visit(&back).location, refused, "another browser");
    let forged = back.replace("state=", "state=x");
    assert_eq!(browser.visit(&forged).location, refused, "another state");
    assert_eq!(browser.visit(&back).location, "/ui/log", "a return to elsewhere is none");
    assert_eq!(browser.visit(&back).location, refused, "a second time");
    assert_eq!(browser.visit("/v1/auth/oidc/corp/callback?error=access_denied").location, refused);
    assert_eq!(browser.visit("/v1/auth/oidc/none/start").status, 404);
    server.stop().expect("stops well");
}
