//! Values from foreign requests made fit for an event, so that no request goes unrecorded because
//! of an odd character in it.

use std::borrow::Cow;

use serde_json::Value;

use crate::decode::escape;

/// Levels of JSON that are kept as JSON; an event holds 64, and these values stand inside others.
const LEVELS_MAX: usize = 56;
/// What a character that no event may hold is shown as.
const REPLACEMENT: char = '\u{fffd}';

/// An identifier: visible characters, at most `chars_max`. None if nothing is left.
pub(super) fn identifier(text: &str, chars_max: usize) -> Option<String> {
    let text = match text.chars().any(escape::is_unfit) {
        true => Cow::Owned(escape::escaped(text)),
        false => Cow::Borrowed(text),
    };
    let end = text.char_indices().nth(chars_max).map_or(text.len(), |(end, _)| end);
    Some(text[..end].to_owned()).filter(|text| !text.trim().is_empty())
}

/// Free text: anything but U+0000. None if it is empty.
pub(super) fn free(text: &str) -> Option<String> {
    Some(text.replace('\0', "\u{fffd}")).filter(|text| !text.is_empty())
}

/// May the value stand in an event as it is?
pub(super) fn fits(value: &Value) -> bool {
    fn walk(value: &Value, levels_left: usize) -> bool {
        match value {
            Value::String(text) => !text.contains('\0'),
            Value::Array(_) | Value::Object(_) if levels_left == 0 => false,
            Value::Array(items) => items.iter().all(|item| walk(item, levels_left - 1)),
            Value::Object(members) => members
                .iter()
                .all(|(key, value)| !key.contains('\0') && walk(value, levels_left - 1)),
            _ => true,
        }
    }
    walk(value, LEVELS_MAX)
}

/// The value as it may stand in an event: what is nested too deep becomes a text of its JSON.
pub(super) fn json(value: Value) -> Value {
    fn walk(value: Value, levels_left: usize) -> Value {
        match value {
            Value::String(text) if text.contains('\0') => {
                Value::String(text.replace('\0', &REPLACEMENT.to_string()))
            }
            Value::Array(_) | Value::Object(_) if levels_left == 0 => {
                // Escapes of U+0000 inside become harmless text.
                Value::String(value.to_string())
            }
            Value::Array(items) => {
                items.into_iter().map(|item| walk(item, levels_left - 1)).collect()
            }
            Value::Object(members) => {
                let members = members.into_iter();
                let clean = |key: String| key.replace('\0', &REPLACEMENT.to_string());
                members.map(|(key, value)| (clean(key), walk(value, levels_left - 1))).collect()
            }
            other => other,
        }
    }
    if fits(&value) { value } else { walk(value, LEVELS_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An act must not be able to hide behind a character.
    #[test]
    fn identifiers() {
        let check = |text, expected: Option<&str>| {
            assert_eq!(identifier(text, 6).as_deref(), expected, "{text:?}");
        };
        check("c-1", Some("c-1"));
        check("a\nb", Some("a\\012b"));
        check("\u{202e}a", Some("\\342\\2"));
        check("结果目录很长的名字", Some("结果目录很长"));
        check("  ", None);
        check("", None);
    }

    /// The same for JSON, whose values are kept whole wherever they can be.
    #[test]
    fn values() {
        let whole = json!({"a": [1, "b", null], "c": {"d": 1.5}});
        assert_eq!(json(whole.clone()), whole);
        assert_eq!(json(json!({"a\0": ["\0"]})), json!({"a\u{fffd}": ["\u{fffd}"]}));
        let mut deep = json!("x");
        (0..100).for_each(|_| deep = json!([deep.take()]));
        assert!(!fits(&deep));
        let kept = json(deep);
        assert!(fits(&kept));
        assert!(kept.to_string().contains('x'));
    }
}
