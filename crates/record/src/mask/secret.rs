//! The secrets themselves, for whoever makes fingerprints of them: the same walks that mask.
//!
//! Passwords, PINs and one-time codes are left out, wherever they stand, and so is a Basic header,
//! which holds a password. The word before a token is none of it, so that one token looks the same
//! as `Authorization: Bearer x` and as `token=x`.

use super::json::Walk;
use super::{Keys, Kind, text, words};
use crate::canonical::unescape;

/// Words before the secret itself.
const SCHEMES: [&str; 4] = ["bearer", "token", "negotiate", "digest"];
/// The word before name and password.
const BASIC: &str = "basic";
/// Shorter values are flags and counters rather than secrets, characters.
const CHARS_MIN: usize = 4;

/// Tells the secrets of a text, in order.
pub(crate) fn secrets_of_text(text: &str, keys: &Keys, tell: &mut dyn FnMut(&str)) {
    if !keys.may_match(text) {
        return;
    }
    for secret in text::secrets(text, keys) {
        if secret.kind == Kind::Random {
            one(&text[secret.range], tell);
        }
    }
}

/// Tells the secrets of a JSON text, in order; of a text that is none, those before the fault.
pub(crate) fn secrets_of_json(json: &str, keys: &Keys, tell: &mut dyn FnMut(&str)) {
    if !keys.may_match(json) {
        return;
    }
    let mut hear = |kind: Kind, raw: &str| {
        if kind == Kind::Guessable {
            return;
        }
        match serde_json::from_str(raw) {
            Ok(value) => below(&value, tell),
            // A part of a string.
            Err(_) => {
                if let Some(plain) = unescape(raw) {
                    one(&plain, tell);
                }
            }
        }
    };
    // A fault in it is somebody else's to report.
    let _ = Walk::new(json, keys, Some(&mut hear)).run();
}

/// The values at and below a secret key. Depth is that of JSON that was taken in.
fn below(value: &serde_json::Value, tell: &mut dyn FnMut(&str)) {
    use serde_json::Value;
    match value {
        Value::String(text) => one(text, tell),
        Value::Number(number) => one(&number.to_string(), tell),
        Value::Array(values) => values.iter().for_each(|value| below(value, tell)),
        Value::Object(pairs) => {
            let pairs = pairs.iter().filter(|(key, _)| !words::are_guessable(key));
            pairs.for_each(|(_, value)| below(value, tell));
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn one(text: &str, tell: &mut dyn FnMut(&str)) {
    let text = text.trim();
    let (first, rest) = text.split_once(' ').unwrap_or(("", text));
    if first.eq_ignore_ascii_case(BASIC) {
        return;
    }
    let is_scheme = SCHEMES.iter().any(|scheme| first.eq_ignore_ascii_case(scheme));
    let secret = if is_scheme { rest.trim_start() } else { text };
    if secret.chars().nth(CHARS_MIN - 1).is_some() {
        tell(secret);
    }
}

#[cfg(test)]
mod tests {
    use super::super::ALWAYS;
    use super::*;

    // Protects: one token is one secret however it is written, and of what people choose or type
    // nothing is told.
    #[test]
    fn which_secrets_are_told() {
        let check = |json: &str, expected: &[&str]| {
            let mut told = Vec::new();
            secrets_of_json(json, &ALWAYS, &mut |secret| told.push(secret.to_owned()));
            assert_eq!(told, expected, "{json}");
        };
        check(r#"{"token":"abcd-1"}"#, &["abcd-1"]);
        check(r#"{"token":"abc\u0064-1"}"#, &["abcd-1"]);
        check(r#"{"Authorization":"Bearer abcd-1"}"#, &["abcd-1"]);
        check(r#"{"url":"https:\/\/h\/?token=abcd-1&x=2"}"#, &["abcd-1"]);
        check(r#"{"argv":["x","--api-key","abcd-1"]}"#, &["abcd-1"]);
        check(r#"{"cmd":"x --token abcd-1 --password hunter2"}"#, &["abcd-1"]);
        check(r#"{"id_card":110101199003078888}"#, &["110101199003078888"]);
        check(r#"{"tokens":["abcd-1",{"a":"efgh-2","pin":"123456"}]}"#, &["abcd-1", "efgh-2"]);
        check(r#"{"credentials":{"password":"hunter2","key":"abcd-1"}}"#, &["abcd-1"]);
        for nothing in [
            r#"{"password":"hunter2","pin":1234567,"otp":"123456","x":"y"}"#,
            r#"{"password":{"token":"abcd-1"}}"#,
            r#"{"Authorization":"Basic dTpodW50ZXIy"}"#,
            r#"{"url":"https://u:hunter2@h/"}"#,
            r#"{"argv":["mysql","--password","hunter2"]}"#,
            r#"{"token":"***","secret":true,"token_count":3}"#,
        ] {
            check(nothing, &[]);
        }
        let mut told = Vec::new();
        let text = "GET /?access_token=abcd-1 password=hunter2\nAuthorization: Bearer efgh-2";
        secrets_of_text(text, &ALWAYS, &mut |secret| told.push(secret.to_owned()));
        assert_eq!(told, ["abcd-1", "efgh-2"]);
    }
}
