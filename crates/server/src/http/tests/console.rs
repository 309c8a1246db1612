//! The console's page and files: every address of it, and what its headers let a browser do.

use std::borrow::Cow;

use axum::http::header::HeaderMap;
use rust_embed::{EmbeddedFile, Metadata};

use super::*;

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().expect("text"))
}

/// The directive of a policy without its name.
fn directive<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let policy = header(headers, "content-security-policy").expect("a policy");
    let found = policy.split("; ").find_map(|part| part.strip_prefix(name));
    found.unwrap_or_else(|| panic!("no {name} in {policy}")).trim()
}

// Each address of the console is the page; the browser may run this server's scripts alone, and
// nobody may put it into a frame.
#[tokio::test(flavor = "multi_thread")]
async fn every_address_of_the_console_is_its_page() {
    let rig = Rig::new(|config| config.console.frame_ancestors = vec!["https://p.example".into()]);
    for path in ["/", "/ui", "/ui/log?q=a", "/ui/user/li4", "/ui/does-not-exist"] {
        let answer = rig.call("GET", path, None, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let headers = &answer.headers;
        assert_eq!(header(headers, "content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(header(headers, "cache-control"), Some("no-store"));
        assert_eq!(header(headers, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(headers, "x-frame-options"), Some("DENY"));
        assert_eq!(header(headers, "referrer-policy"), Some("no-referrer"));
        assert_eq!(header(headers, "cross-origin-opener-policy"), Some("same-origin"));
        assert!(header(headers, "permissions-policy").is_some_and(|text| text.contains("usb=()")));
        assert_eq!(directive(headers, "default-src"), "'none'");
        assert_eq!(directive(headers, "script-src"), "'self'");
        assert_eq!(directive(headers, "connect-src"), "'self'");
        assert_eq!(directive(headers, "frame-ancestors"), "'none'");
        let page = String::from_utf8(answer.body).expect("UTF-8");
        assert!(page.starts_with("<!doctype html>"), "{page}");
        assert!(!page.contains("https://p.example"), "only /embed has to know its parents");
    }
}

// A nonce that comes twice is none.
#[tokio::test(flavor = "multi_thread")]
async fn styles_are_let_in_by_a_fresh_nonce() {
    let rig = Rig::new(|_| {});
    let mut nonces = BTreeSet::new();
    for _ in 0..3 {
        let answer = rig.call("GET", "/", None, Body::empty()).await;
        let styles = directive(&answer.headers, "style-src");
        let nonce = styles.strip_prefix("'self' 'nonce-").and_then(|rest| rest.strip_suffix('\''));
        let nonce = nonce.expect("a nonce and nothing else").to_owned();
        assert!(String::from_utf8_lossy(&answer.body).contains(&nonce), "the page knows it");
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), 3);
}

// The page for frames names who may frame it, to the browser and to itself; nobody by default.
#[tokio::test(flavor = "multi_thread")]
async fn only_allowed_origins_may_embed() {
    let origins = ["https://portal.example.org", "http://127.0.0.1:8080"].map(str::to_owned);
    let rig = Rig::new(|config| config.console.frame_ancestors = origins.to_vec());
    rig.house.app.config.check().expect("origins");
    let answer = rig.call("GET", routes::EMBED, None, Body::empty()).await;
    assert_eq!(directive(&answer.headers, "frame-ancestors"), origins.join(" "));
    assert_eq!(header(&answer.headers, "x-frame-options"), None);
    let rig = Rig::new(|_| {});
    let answer = rig.call("GET", routes::EMBED, None, Body::empty()).await;
    assert_eq!(directive(&answer.headers, "frame-ancestors"), "'none'");
    assert_eq!(header(&answer.headers, "x-frame-options"), Some("DENY"));
}

// Behind a proxy both forms of each address reach the same route, and the doors stay shut.
#[tokio::test(flavor = "multi_thread")]
async fn a_base_path_may_be_stripped_or_kept() {
    let rig = Rig::new(|config| config.console.base_path = "/audit".to_owned());
    for prefix in ["", "/audit"] {
        let page = rig.call("GET", &format!("{prefix}/ui/log"), None, Body::empty()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(String::from_utf8_lossy(&page.body).contains("/audit/"), "links lead there");
        let events = rig.call("GET", &format!("{prefix}/v1/events"), None, Body::empty()).await;
        assert_eq!(events.problem(), (401, "missing_token".to_owned()));
        let events = rig.get(Role::Viewer, &format!("{prefix}/v1/events")).await;
        assert_eq!(events.status, StatusCode::OK);
    }
    let other = rig.call("GET", "/auditors/ui/log", None, Body::empty()).await;
    assert_eq!(other.problem().0, 401);
}

fn files(path: &str) -> Option<EmbeddedFile> {
    let data: &'static [u8] = match path {
        "assets/app-1.js" => b"export{}",
        "assets/app-1.js.br" => b"packed",
        _ => return None,
    };
    let mut hash = [7; 32];
    hash[0] = data[0];
    let metadata = Metadata::__rust_embed_new(hash, None, None, "text/javascript");
    Some(EmbeddedFile { data: Cow::Borrowed(data), metadata })
}

// A file's name holds its hash: kept for ever, asked again with its tag, packed where wanted.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_by_browsers() {
    let rig = Rig::with_console(crate::console::Console::of(files));
    let ask = |path: &str, name: &'static str, value: String| {
        let request = Request::builder().uri(path).header(name, value);
        rig.send(request.body(Body::empty()).expect("a request"))
    };
    let plain = ask("/assets/app-1.js", "accept-encoding", "identity".to_owned()).await;
    assert_eq!((plain.status, plain.body.as_slice()), (StatusCode::OK, &b"export{}"[..]));
    assert_eq!(header(&plain.headers, "content-type"), Some("text/javascript"));
    assert_eq!(header(&plain.headers, "content-encoding"), None);
    assert_eq!(header(&plain.headers, "vary"), Some("accept-encoding"));
    let kept = header(&plain.headers, "cache-control").expect("kept");
    assert!(kept.contains("immutable"), "{kept}");
    let packed = ask("/assets/app-1.js", "accept-encoding", "gzip, br".to_owned()).await;
    assert_eq!(packed.body, b"packed");
    assert_eq!(header(&packed.headers, "content-encoding"), Some("br"));
    assert_ne!(packed.headers["etag"], plain.headers["etag"]);
    let tag = header(&plain.headers, "etag").expect("a tag").to_owned();
    let again = ask("/assets/app-1.js", "if-none-match", format!("\"other\", {tag}")).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    for path in ["/assets/app-2.js", "/assets/../index.html", "/assets/%2e%2e/index.html"] {
        let missing = ask(path, "accept", "*/*".to_owned()).await;
        assert!(matches!(missing.problem().0, 401 | 404), "{path}");
    }
}
