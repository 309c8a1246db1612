//! Tests of captures: every kind of body, in every split.

use super::*;
use proptest::prelude::*;

const PARTS: &str = "multipart/form-data; boundary=XX";
const FORM: &str = "application/x-www-form-urlencoded";

fn capture(content_type: &str, chunks: &[&[u8]], bytes_max: usize) -> Option<Data> {
    let content_type = (!content_type.is_empty()).then_some(content_type);
    let mut capture = Capture::new(content_type, bytes_max);
    for chunk in chunks {
        capture.push(&Bytes::copy_from_slice(chunk));
    }
    capture.finish()
}

fn check(content_type: &str, body: &str, expected: Option<Value>) {
    let data = capture(content_type, &[body.as_bytes()], 1000);
    assert_eq!(data.map(|data| data.value), expected, "{content_type}: {body}");
}

fn sha256(text: &str) -> String {
    hex(Sha256::new().chain_update(text))
}

fn form_of(file: &str) -> String {
    format!(
        "--XX\r\ncontent-disposition: form-data; name=\"folder\"\r\n\r\n/home\r\n\
         --XX\r\ncontent-disposition: form-data; name=\"data\"; filename=\"a.sh\"\r\n\
         content-type: text/plain\r\n\r\n{file}\r\n--XX--\r\n"
    )
}

fn expected_of(file: &str) -> Value {
    json!({"folder": "/home", "data": {
        "name": "a.sh", "type": "text/plain", "size": file.len(), "sha256": sha256(file)}})
}

/// Every kind of body is read, and what can't be is told by its hash instead of being left out.
#[test]
fn kinds() {
    let opaque = |kind: &str, body: &str| {
        Some(json!({"type": kind, "size": body.len(), "sha256": sha256(body)}))
    };
    check("application/json; charset=utf-8", r#"{"a":1}"#, Some(json!({"a": 1})));
    check("application/problem+json", "[]", Some(json!([])));
    check("application/json", r#"{"a":"#, opaque("application/json", r#"{"a":"#));
    check("application/json", r#""\ud800""#, opaque("application/json", r#""\ud800""#));
    check("application/json", "", None);
    check(FORM, "a=1&b=x+y&a=2&a=3", Some(json!({"a": ["1", "2", "3"], "b": "x y"})));
    check("text/plain", "a=1", opaque("text/plain", "a=1"));
    check("", "x", Some(json!({"size": 1, "sha256": sha256("x")})));
    check("multipart/form-data", "x", opaque("multipart/form-data", "x"));
    check(PARTS, "no form", Some(json!({})));
    check(PARTS, &form_of("secret contents"), Some(expected_of("secret contents")));
    let cut = form_of("secret").split("cret").next().unwrap_or_default().to_owned();
    let data = capture(PARTS, &[cut.as_bytes()], 1000).expect("a body");
    assert_eq!(data.value["data"]["cut"], true, "{:?}", data.value);
}

/// What is too large to hold is hashed from its first byte on.
#[test]
fn large() {
    let body = r#"{"a":"0123456789"}"#;
    let chunks = [&body.as_bytes()[..5], &body.as_bytes()[5..]];
    let data = capture("application/json", &chunks, 10).expect("a body");
    assert_eq!(data.value["sha256"], sha256(body));
    let data = capture(PARTS, &[form_of("x").as_bytes()], 3).expect("a body");
    assert_eq!(data.value["folder"], "/ho");
}

proptest! {
    /// However a form is cut into chunks, the same is seen of it.
    #[test]
    fn splits(file in "[a-zX\\-\r\n]{0,80}", cuts in proptest::collection::vec(0..300_usize, 0..6)) {
        // A file that holds the boundary is not what a browser sends.
        prop_assume!(!file.contains("\r\n--XX"));
        let form = form_of(&file);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(form.len())).collect();
        cuts.extend([0, form.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> =
            cuts.windows(2).map(|pair| &form.as_bytes()[pair[0]..pair[1]]).collect();
        let data = capture(PARTS, &chunks, 1000).expect("a body");
        prop_assert_eq!(data.value, expected_of(&file));
    }
}
