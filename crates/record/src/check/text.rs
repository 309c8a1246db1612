//! The characters and lengths of text fields.

use super::Faults;
use crate::fault::codes;
use std::borrow::Cow;

/// Checks an identifier: at most `chars_max` characters, none that controls a terminal or turns
/// the direction of writing.
pub(super) fn check_identifier(
    faults: &mut Faults,
    field: impl Into<Cow<'static, str>>,
    text: &str,
    chars_max: usize,
) {
    if text.len() <= chars_max && is_plain(text) {
        return;
    }
    let field = field.into();
    if text.len() > chars_max {
        let count = text.chars().count();
        if count > chars_max {
            let message = format!("{count} characters; at most {chars_max} are allowed");
            faults.add(codes::TOO_LONG, field.clone(), message);
        }
    }
    if text.contains('\0') {
        faults.add(codes::NUL_CHARACTER, field, "the character U+0000 is not allowed");
    } else if text.contains(char::is_control) {
        faults.add(codes::CONTROL_CHARACTER, field, "control characters are not allowed here");
    } else if text.contains(is_bidi) {
        let message = "characters that turn the direction of writing are not allowed here";
        faults.add(codes::BIDI_CHARACTER, field, message);
    }
}

/// True for printable ASCII. No early exit: many bytes are looked at at once.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte))
}

/// Checks free text: only U+0000 is refused.
pub(super) fn check_free(faults: &mut Faults, field: impl Into<Cow<'static, str>>, text: &str) {
    if memchr::memchr(0, text.as_bytes()).is_some() {
        faults.add(codes::NUL_CHARACTER, field, "the character U+0000 is not allowed");
    }
}

/// The first `chars_max` characters, and whether any were cut.
pub(super) fn cut(text: &str, chars_max: usize) -> (&str, bool) {
    if text.len() <= chars_max {
        return (text, false);
    }
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => (&text[..at], true),
        None => (text, false),
    }
}

/// Marks, embeddings, overrides and isolates of the Unicode bidirectional algorithm (UAX 9).
const BIDI: [std::ops::RangeInclusive<char>; 4] = [
    '\u{61c}'..='\u{61c}',
    '\u{200e}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2066}'..='\u{2069}',
];

fn is_bidi(letter: char) -> bool {
    BIDI.iter().any(|range| range.contains(&letter))
}
