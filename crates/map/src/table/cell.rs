//! The value of one cell as text or as JSON.

use std::borrow::Cow;

use serde_json::Value;

/// Digits of a whole number that stays exact wherever JSON is read.
const INTEGER_DIGITS_MAX: usize = 15;

/// The text of a cell without blanks around it; `None` where it says nothing. JSON other than
/// text and numbers is its own text.
pub(super) fn text<'a>(value: &'a Value, empty: &[String]) -> Option<Cow<'a, str>> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => Cow::Borrowed(text.trim()),
        other => Cow::Owned(other.to_string()),
    };
    let is_empty = text.is_empty() || empty.iter().any(|word| *word == *text);
    (!is_empty).then_some(text)
}

/// The JSON a cell holds: an object or array written as text is one.
pub(super) fn json(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(text).map_or(Cow::Borrowed(value), Cow::Owned)
        }
        other => Cow::Borrowed(other),
    }
}

/// A part of request data: JSON, or a whole number, or text.
pub(super) fn part(value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = !digits.is_empty()
        && digits.len() <= INTEGER_DIGITS_MAX
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == text && digits == "0" || !digits.starts_with('0'));
    match text.parse::<i64>() {
        Ok(number) if is_integer => Value::from(number),
        _ => json(value).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What looks like a number only becomes one where nothing is lost by it: leading zeros and
    /// long ids stay text.
    #[test]
    fn parts_of_request_data() {
        let check = |text: &str, expected: Value| assert_eq!(part(&json!(text)), expected);
        check("4", json!(4));
        check("-12", json!(-12));
        check("0", json!(0));
        check("007", json!("007"));
        check("-0", json!("-0"));
        check("1234567890123456789", json!("1234567890123456789"));
        check("1.50", json!("1.50"));
        check("{\"a\":1}", json!({"a": 1}));
        check("{a}", json!("{a}"));
        check("", json!(""));
    }

    #[test]
    fn cells_that_say_nothing() {
        let empty = ["-".to_owned()];
        let check = |value: Value, expected: Option<&str>| {
            assert_eq!(text(&value, &empty).as_deref(), expected, "{value}");
        };
        check(json!(" a b "), Some("a b"));
        check(json!(" - "), None);
        check(json!(""), None);
        check(json!(null), None);
        check(json!(7), Some("7"));
        check(json!({"a": 1}), Some("{\"a\":1}"));
    }
}
