//! `/`: a plain page that says what this server is and how to check it, until the console exists.
//!
//! Static but for size, checkpoint and keys, which are public. No scripts; the content security
//! policy allows nothing but the page's own style.

use std::sync::LazyLock;

use annals_api::routes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::app::{App, Shared};
use crate::http::status::origin;

const PAGE: &str = include_str!("home/page.html");
const STYLE: &str = include_str!("home/page.css");

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// The page.
pub(crate) async fn home(State(app): State<Shared>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
    ];
    (headers, render(&app)).into_response()
}

fn render(app: &App) -> String {
    let head = app.head();
    let keys: String = app.reader.verifiers().iter().map(|key| format!("{key}\n")).collect();
    let values = [
        ("{style}", STYLE.to_owned()),
        ("{version}", env!("CARGO_PKG_VERSION").to_owned()),
        ("{origin}", escape(&origin(&head.note))),
        ("{size}", grouped(head.size.0)),
        ("{checkpoint}", escape(&head.note)),
        ("{keys}", escape(&keys)),
        ("{checkpoint_path}", routes::CHECKPOINT.to_owned()),
        ("{vkey_path}", routes::VKEY.to_owned()),
        ("{openapi_path}", routes::OPENAPI.to_owned()),
        ("{events_path}", routes::EVENTS.to_owned()),
    ];
    let mut page = String::with_capacity(PAGE.len() + STYLE.len() + 2048);
    let mut rest = PAGE;
    // One pass, so that a value that looks like a placeholder stays what it is.
    while let Some(start) = rest.find('{') {
        page.push_str(&rest[..start]);
        rest = &rest[start..];
        match values.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                page.push_str(value);
                rest = &rest[name.len()..];
            }
            None => {
                page.push('{');
                rest = &rest[1..];
            }
        }
    }
    page.push_str(rest);
    page
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let check = |number, expected: &str| assert_eq!(grouped(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
    }

    // The origin is configuration and ends up in a page.
    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("<a b=\"&\">"), "&lt;a b=&quot;&amp;&quot;&gt;");
    }
}
