//! Secrets inside plain text: command lines, URLs, LDIF, headers, JSON that is not whole.
//!
//! One walk from left to right over the text; each secret found is jumped over, so the work is
//! linear in the length of the text. When in doubt too much is masked, not too little.

use super::{Keys, Kind, MASK};
use std::ops::Range;

/// A secret in a text.
pub(super) struct Secret {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// What it is.
    pub(super) kind: Kind,
}

/// The secrets of `text`, in order and apart from each other.
pub(super) fn secrets(text: &str, keys: &Keys) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let mut walk = Walk { text, bytes: text.as_bytes(), at: 0 };
    while walk.at < walk.bytes.len() {
        let secret = if walk.rest().starts_with(b"://") {
            walk.at += 3;
            let password = walk.password_of_url();
            password.map(|range| Secret { range, kind: Kind::Guessable })
        } else if is_key_start(walk.bytes, walk.at) {
            walk.value_of_key(keys)
        } else {
            // A percent-encoded character is no part of the key behind it.
            walk.at += if is_percent(walk.rest()) { 3 } else { 1 };
            None
        };
        if let Some(secret) = secret {
            walk.at = secret.range.end;
            if !secret.range.is_empty() && text[secret.range.clone()] != *MASK {
                found.push(secret);
            }
        }
    }
    found
}

struct Walk<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// `user:secret@` after `://`. A password with an unescaped `/` is found too, unless what
    /// stands before the `/` is a port.
    fn password_of_url(&self) -> Option<Range<usize>> {
        let rest = self.rest();
        let ends = |at: &usize| is_blank_or_quote(rest[*at]) || rest[*at..].starts_with(b"://");
        let end = (0..rest.len()).find(ends).unwrap_or(rest.len());
        let authority = rest[..end].iter().position(|byte| b"/?#".contains(byte)).unwrap_or(end);
        let colon = rest[..authority].iter().position(|byte| *byte == b':')?;
        let at_sign = |range: &[u8]| range.iter().rposition(|byte| *byte == b'@');
        let close = match at_sign(&rest[..authority]) {
            Some(close) => close,
            None if rest[colon + 1..authority].iter().all(u8::is_ascii_digit) => return None,
            None => at_sign(&rest[..end])?,
        };
        (colon < close).then(|| self.at + colon + 1..self.at + close)
    }

    /// Reads a key; if it is secret and a value follows, the value. Moves behind the key.
    fn value_of_key(&mut self, keys: &Keys) -> Option<Secret> {
        let start = self.at;
        while is_key_start(self.bytes, self.at) {
            self.at += if self.bytes[self.at] == b'\\' { 6 } else { 1 };
        }
        let key = self.text[start..self.at].trim_end_matches('.');
        let kind = match key.contains('\\') {
            true => crate::canonical::unescape(key).and_then(|key| keys.kind(&key)),
            false => keys.kind(key),
        };
        let kind = kind?;
        self.value_behind(start, key).map(|range| Secret { range, kind })
    }

    /// The value behind the secret key that was just read and began at `start`.
    fn value_behind(&self, start: usize, key: &str) -> Option<Range<usize>> {
        let option = key.starts_with('-');
        let mut at = self.at + quote_bytes(&self.bytes[self.at..]);
        let quoted = at > self.at;
        at = self.skip_blanks(at);
        let separator = separator_bytes(&self.bytes[at..]);
        if separator == 0 && !option {
            return None;
        }
        let line_start = start == 0 || self.bytes[start - 1] == b'\n';
        let mut value = self.skip_blanks(at + separator);
        while quoted && self.bytes.get(value).is_some_and(u8::is_ascii_whitespace) {
            value += 1;
        }
        match (separator, self.bytes.get(value)?) {
            (0, b'-') if !quoted => None,
            (0, b',') if quoted => self.one_value(self.skip_blanks(value + 1), b""),
            (0, _) if at == self.at && !quoted => None,
            (0, _) => self.one_value(value, b""),
            (_, b'\n') => None,
            (1.., _) if self.bytes[at] == b':' && !quoted && (line_start || is_header(key)) => {
                Some(value..self.line_end(value, line_start))
            }
            _ if start > 0 && matches!(self.bytes[start - 1], b'?' | b'&') => {
                self.one_value(value, b"&#")
            }
            _ => self.one_value(value, b"&;)]}"),
        }
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while matches!(self.bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        at
    }

    /// The rest of the line, and the lines that LDIF folds onto it. Not at the start of a line
    /// a closing quote ends it too.
    fn line_end(&self, from: usize, line_start: bool) -> usize {
        let mut at = from;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'\n' if line_start && self.bytes.get(at + 1) == Some(&b' ') => {}
                b'\n' | b'\r' => break,
                b'"' | b'\'' if !line_start => break,
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// The value at `from`: what stands in quotes, else a word, perhaps with brackets before it,
    /// that ends at a blank, a quote, a comma before one, or one of `ends`.
    fn one_value(&self, from: usize, ends: &[u8]) -> Option<Range<usize>> {
        let rest = &self.bytes[from..];
        let quote = &rest[..quote_bytes(rest)];
        if !quote.is_empty() {
            return Some(from + quote.len()..self.closing_quote(from + quote.len(), quote));
        }
        let word = |from: usize| {
            let rest = &self.bytes[from..];
            let is_end = |at: &usize| {
                let ends_there = |next: &u8| is_blank_or_quote(*next);
                let comma = rest[*at] == b',' && rest.get(at + 1).is_none_or(ends_there);
                is_blank_or_quote(rest[*at]) || comma || ends.contains(&rest[*at])
            };
            from + (0..rest.len()).find(is_end).unwrap_or(rest.len())
        };
        if let Some(b'{' | b'[') = rest.first() {
            // What abuts on the bracket belongs to it, or the next walk would find another value.
            return Some(from..word(from + bracket_bytes(rest)));
        }
        let mut end = word(from);
        if PAM_TYPES.iter().any(|known| self.bytes[from..end] == **known) {
            return None;
        }
        let scheme = &self.bytes[from..end];
        if SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes())) {
            end = word(self.skip_blanks(end));
        }
        Some(from..end)
    }

    /// Where the value in quotes ends; without a closing quote, at the end of the line.
    fn closing_quote(&self, from: usize, quote: &[u8]) -> usize {
        let mut at = from;
        while at < self.bytes.len() {
            let rest = &self.bytes[at..];
            if rest.starts_with(quote) {
                return at;
            }
            match rest[0] {
                b'\n' => return at,
                b'\\' if quote.len() == 1 && rest.len() > 1 => {
                    at += 1 + char_bytes(rest[1]);
                }
                _ => at += 1,
            }
        }
        self.bytes.len()
    }
}

/// What stands behind the service in `pam_unix(passwd:chauthtok)`: no secrets, but telling.
const PAM_TYPES: [&[u8]; 5] = [b"auth", b"account", b"session", b"setcred", b"chauthtok"];

/// Words before the secret itself.
const SCHEMES: [&str; 5] = ["Bearer", "Basic", "Digest", "Negotiate", "Token"];

/// Headers whose value has blanks.
fn is_header(key: &str) -> bool {
    let ends = |name: &str| {
        let start = key.len().checked_sub(name.len());
        start.is_some_and(|start| key.as_bytes()[start..].eq_ignore_ascii_case(name.as_bytes()))
    };
    ends("authorization") || ends("cookie")
}

/// A key's letter, or a letter hidden by `\uXXXX`.
fn is_key_start(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(byte) if byte.is_ascii_alphanumeric() || b"_-.".contains(byte) => true,
        Some(b'\\') => {
            let hex = bytes.get(at + 2..at + 6);
            bytes.get(at + 1) == Some(&b'u')
                && hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
        }
        _ => false,
    }
}

/// `%XX`.
fn is_percent(rest: &[u8]) -> bool {
    matches!(rest, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// `=`, `:`, `::`, `=>`, `:=` or a percent-encoded `=`.
fn separator_bytes(rest: &[u8]) -> usize {
    match rest {
        [b':', b':' | b'=', ..] | [b'=', b'>', ..] => 2,
        [b'%', b'3', b'D' | b'd', ..] => 3,
        [b'=' | b':', ..] => 1,
        _ => 0,
    }
}

/// Length of the quote that `rest` begins with: `"`, `'`, escaped any number of times, or as
/// logs of web servers write it: `\x22`, `%22`.
fn quote_bytes(rest: &[u8]) -> usize {
    let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
    match &rest[slashes..] {
        [b'"' | b'\'', ..] => slashes + 1,
        [b'x', b'2', b'2' | b'7', ..] if slashes > 0 => slashes + 3,
        [b'%', b'2', b'2' | b'7', ..] => slashes + 3,
        _ => 0,
    }
}

/// Length of a bracketed value; all of it if a bracket is not closed.
fn bracket_bytes(rest: &[u8]) -> usize {
    let mut depth = 0usize;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    rest.len()
}

fn is_blank_or_quote(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\')
}

/// Length of the UTF-8 character that begins with `first`.
fn char_bytes(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
        _ => 1,
    }
}
