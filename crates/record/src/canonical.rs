//! The one byte form of the core that is hashed: canonical JSON (RFC 8785).
//!
//! Strings, integers 0..2^53-1, booleans, arrays and objects only; no null, no fraction. The
//! core of an event is written in key order straight away; [`check`] is for foreign cores.

use crate::error::RecordError;
use crate::limits::{INTEGER_MAX, JSON_DEPTH_MAX};
use serde_json::Value;
use std::borrow::Cow;

/// Appends `text` as a JSON string, escaped as RFC 8785 section 3.2.2.2 asks.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    write_escaped(out, text);
    out.push(b'"');
}

/// Appends the inside of a JSON string.
pub(crate) fn write_escaped(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let is_plain = |byte: u8| (byte >= 0x20) & (byte != b'"') & (byte != b'\\');
    // Without an early exit the compiler checks many bytes at once.
    if bytes.iter().fold(true, |plain, byte| plain & is_plain(*byte)) {
        return out.extend_from_slice(bytes);
    }
    let mut done = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if is_plain(*byte) {
            continue;
        }
        out.extend_from_slice(&bytes[done..at]);
        done = at + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0a => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x0d => out.extend_from_slice(b"\\r"),
            _ => {
                let hex = |digit: u8| b"0123456789abcdef"[usize::from(digit)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[done..]);
}

/// Appends an integer in decimal.
pub fn write_integer(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0; 20];
    let mut rest = value;
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// The text that the inside of a JSON string stands for; none if an escape is broken.
pub(crate) fn unescape(inside: &str) -> Option<Cow<'_, str>> {
    if !inside.contains('\\') {
        return Some(Cow::Borrowed(inside));
    }
    let text = serde_json::from_str::<String>(&format!("\"{inside}\"")).ok()?;
    Some(Cow::Owned(text))
}

/// The canonical form of a JSON value of the allowed kinds.
pub fn to_canonical(value: &Value) -> Result<Vec<u8>, RecordError> {
    let mut out = Vec::new();
    write_value(&mut out, value, 0)?;
    Ok(out)
}

/// Checks that foreign bytes are a canonical core: an object in exactly the form that
/// [`to_canonical`] would write.
pub fn check(core: &[u8]) -> Result<(), RecordError> {
    let text = std::str::from_utf8(core).map_err(|_| RecordError::CoreNotText)?;
    let value: Value = serde_json::from_str(text)
        .map_err(|fault| RecordError::CoreNotCanonical(fault.to_string()))?;
    if !value.is_object() {
        return Err(RecordError::CoreNotCanonical("it is not an object".into()));
    }
    if to_canonical(&value)? != core {
        let reason = "keys are not sorted, doubled, or the spelling is not the shortest";
        return Err(RecordError::CoreNotCanonical(reason.into()));
    }
    Ok(())
}

fn write_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), RecordError> {
    let refuse = |reason: String| Err(RecordError::CoreNotCanonical(reason));
    if depth > JSON_DEPTH_MAX {
        return refuse(format!("it is nested deeper than {JSON_DEPTH_MAX}"));
    }
    match value {
        Value::Null => return refuse("null may not stand in it".into()),
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::String(text) => write_string(out, text),
        Value::Number(number) => match number.as_u64() {
            Some(value) if value <= INTEGER_MAX => write_integer(out, value),
            _ => return refuse(format!("{number} is not an integer of 0..={INTEGER_MAX}")),
        },
        Value::Array(items) => {
            out.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_value(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Object(pairs) => {
            let mut sorted: Vec<_> = pairs.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (place, (key, item)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_string(out, key);
                out.push(b':');
                write_value(out, item, depth + 1)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check_form(value: &Value, expected: Result<&str, ()>) {
        let form = to_canonical(value).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(form.as_deref().map_err(|_| ()), expected);
    }

    // Protects: the form of RFC 8785, sections 3.2.2 and 3.2.3.
    #[test]
    fn forms() {
        check_form(&json!({"b": 1, "a": [true, false, ""]}), Ok(r#"{"a":[true,false,""],"b":1}"#));
        check_form(
            &json!("€$\u{f}\nA'B\"\\\"/\u{7f}\u{2028}"),
            Ok("\"€$\\u000f\\nA'B\\\"\\\\\\\"/\u{7f}\u{2028}\""),
        );
        // UTF-16 order: U+1F600 (d83d …) stands before U+FB33.
        check_form(&json!({"\u{fb33}": 1, "\u{1f600}": 2}), Ok("{\"\u{1f600}\":2,\"\u{fb33}\":1}"));
        check_form(&json!({"a": null}), Err(()));
        check_form(&json!(1.5), Err(()));
        check_form(&json!(-1), Err(()));
        check_form(&json!(INTEGER_MAX), Ok("9007199254740991"));
        check_form(&json!(INTEGER_MAX + 1), Err(()));
    }

    // Protects: no second spelling of a core is ever taken.
    #[test]
    fn other_spellings_are_refused() {
        assert_eq!(check(br#"{"a":1,"b":"x"}"#), Ok(()));
        for wrong in [
            r#"{"b":1,"a":1}"#,
            r#"{"a": 1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1e0}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"a":"\/"}"#,
            r#"[1]"#,
            r#"{"a":1} "#,
            r#"{"a":"\ud800"}"#,
        ] {
            assert!(check(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert_eq!(check(b"{\"a\":\"\xff\"}"), Err(RecordError::CoreNotText));
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            (0..=INTEGER_MAX).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z\u{0}-\u{30}é]{0,5}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        // Protects: for keys below U+D800 the form is serde_json's with sorted keys, and it
        // reads back as the same value.
        #[test]
        fn same_as_sorted_serde_json(value in json_value()) {
            let form = to_canonical(&value).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<Value>(&form).unwrap(), &value);
            let mut sorted = value.clone();
            sorted.sort_all_objects();
            prop_assert_eq!(String::from_utf8(form).unwrap(), sorted.to_string());
        }

        // Protects: a string survives escaping and its inverse.
        #[test]
        fn escape_and_back(text in any::<String>()) {
            let mut out = Vec::new();
            write_escaped(&mut out, &text);
            let inside = String::from_utf8(out).unwrap();
            let back = unescape(&inside);
            prop_assert_eq!(back.as_deref(), Some(text.as_str()));
        }
    }
}
