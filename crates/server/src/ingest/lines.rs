//! Splits a body into its events: one object, an array, or NDJSON; numbered from 1.
//!
//! Only the outline is read here: where a line or an element begins and ends. Blank lines count
//! as lines but are no events. What an event says is parsed later, line by line, so that one bad
//! line spoils no other.

use annals_record::{Fault, codes};
use serde_json::value::RawValue;

use super::limits::EVENTS_MAX;
use super::outcome::IngestError;

/// How a body is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// One event a line, whatever it begins with.
    Lines,
    /// One object or array; lines all the same if the first line is complete in itself.
    Document,
    /// Whatever it looks like.
    #[default]
    ByContent,
}

/// One line or element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) line: u64,
    pub(super) text: &'a [u8],
}

/// The events of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split<'a> {
    pub(super) items: Vec<Item<'a>>,
    /// Set if the body is an array that breaks off: then it is one item, with this fault.
    pub(super) broken: Option<Fault>,
}

/// Splits `body`.
pub(super) fn split(body: &[u8], form: Form) -> Result<Split<'_>, IngestError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let body = body.trim_ascii_end();
    let start = body.len() - body.trim_ascii_start().len();
    if start == body.len() {
        return Err(IngestError::NoEvents);
    }
    let split = match (form, body[start]) {
        (Form::Lines, _) => lines(body)?,
        (_, b'[') => elements(&body[start..])?,
        (form, _) if is_one_document(&body[start..], form) => one(&body[start..], None),
        _ => lines(body)?,
    };
    if split.items.is_empty() { Err(IngestError::NoEvents) } else { Ok(split) }
}

fn one(text: &[u8], broken: Option<Fault>) -> Split<'_> {
    Split { items: vec![Item { line: 1, text }], broken }
}

/// True for an object that goes over several lines. NDJSON is told from it by its first line,
/// which is complete in itself; where neither is, a declared document is believed.
fn is_one_document(text: &[u8], form: Form) -> bool {
    let first = memchr::memchr(b'\n', text).map_or(text, |end| &text[..end]);
    if first.len() == text.len() || is_complete(first) {
        return false;
    }
    form == Form::Document || is_complete(text)
}

fn is_complete(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

fn lines(body: &[u8]) -> Result<Split<'_>, IngestError> {
    let mut items = Vec::with_capacity((body.len() / 512).min(EVENTS_MAX) + 1);
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', body).chain(std::iter::once(body.len()));
    for (end, line) in ends.zip(1..) {
        let text = body[start..end].trim_ascii();
        start = end + 1;
        if text.is_empty() {
            continue;
        }
        if items.len() == EVENTS_MAX {
            return Err(IngestError::TooManyEvents);
        }
        items.push(Item { line, text });
    }
    Ok(Split { items, broken: None })
}

/// An array must be whole: of one that breaks off nobody can say what its sender meant to send.
fn elements(body: &[u8]) -> Result<Split<'_>, IngestError> {
    match serde_json::from_slice::<Vec<&RawValue>>(body) {
        Ok(elements) if elements.len() > EVENTS_MAX => Err(IngestError::TooManyEvents),
        Ok(elements) => {
            let items = elements.iter().zip(1..);
            let items = items.map(|(element, line)| Item { line, text: element.get().as_bytes() });
            Ok(Split { items: items.collect(), broken: None })
        }
        Err(error) => {
            let message = format!(
                "the array is not valid JSON (line {}, column {}); send it again whole",
                error.line(),
                error.column()
            );
            Ok(one(body, Some(Fault::new(codes::BAD_JSON, "", message))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, form: Form, expected: &[(u64, &str)]) {
        let split = split(body.as_bytes(), form).expect("splits");
        let found: Vec<(u64, &str)> = split
            .items
            .iter()
            .map(|item| (item.line, std::str::from_utf8(item.text).expect("UTF-8")))
            .collect();
        assert_eq!(found, expected, "{body:?} as {form:?}");
        assert_eq!(split.broken, None);
    }

    // The same events must be found whatever the sender's tool calls its body.
    #[test]
    fn forms_are_told_apart_by_content() {
        use Form::{ByContent, Document, Lines};
        for form in [Lines, Document, ByContent] {
            check("{\"a\":1}\n{\"b\":2}", form, &[(1, "{\"a\":1}"), (2, "{\"b\":2}")]);
            check("{\"a\":1}", form, &[(1, "{\"a\":1}")]);
        }
        for form in [Document, ByContent] {
            check(" [ {\"a\":1} ,\n {\"b\":2} ]\n", form, &[(1, "{\"a\":1}"), (2, "{\"b\":2}")]);
            check("\n{\n\"a\":1\n}\n", form, &[(1, "{\n\"a\":1\n}")]);
        }
        check("[1]", Lines, &[(1, "[1]")]);
        check("{\n\"a\":1\n}", Lines, &[(1, "{"), (2, "\"a\":1"), (3, "}")]);
        check("{bad\n{\"b\":2}", ByContent, &[(1, "{bad"), (2, "{\"b\":2}")]);
        check("{bad\n}", Document, &[(1, "{bad\n}")]);
    }

    // Line numbers are those of the sender's file.
    #[test]
    fn blank_lines_count_but_are_no_events() {
        check("\u{feff}\r\n\n{}\r\n  \n{}\n\n", Form::Lines, &[(3, "{}"), (5, "{}")]);
    }

    #[test]
    fn no_events_is_an_error() {
        for body in ["", " \n\r\n", "\u{feff}", "[]", " [ ] "] {
            let found = split(body.as_bytes(), Form::ByContent);
            assert!(matches!(found, Err(IngestError::NoEvents)), "{body:?}");
        }
    }

    #[test]
    fn too_many_events_are_refused_before_any_is_read() {
        let most = "x\n".repeat(EVENTS_MAX);
        assert!(split(most.as_bytes(), Form::Lines).is_ok());
        let more = "x\n".repeat(EVENTS_MAX + 1);
        assert!(matches!(split(more.as_bytes(), Form::Lines), Err(IngestError::TooManyEvents)));
        let array = format!("[{}1]", "1,".repeat(EVENTS_MAX));
        let found = split(array.as_bytes(), Form::ByContent);
        assert!(matches!(found, Err(IngestError::TooManyEvents)));
    }

    // A cut upload must not be taken for a shorter one.
    #[test]
    fn a_broken_array_is_one_bad_item() {
        let found = split(b"[{\"a\":1},{\"b\"", Form::ByContent).expect("splits");
        assert_eq!(found.items.len(), 1);
        assert_eq!(found.broken.map(|fault| fault.code), Some("bad_json"));
    }
}
