//! Secrets inside JSON text, masked in place; all other bytes stay as sent.
//!
//! The text must be valid JSON. The same walk finds what RFC 8259 allows and we do not: too deep
//! nesting, halves of surrogate pairs, U+0000.

use super::{Keys, Kind, MASK, ROUNDS_MAX, text};
use crate::canonical::unescape;
use crate::limits::JSON_DEPTH_MAX;
use memchr::memchr2;
use std::borrow::Cow;
use std::ops::Range;

/// Why a JSON text is refused although it is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonFault {
    /// Nested deeper than [`JSON_DEPTH_MAX`].
    TooDeep,
    /// Half of a surrogate pair.
    LoneSurrogate,
    /// The character U+0000.
    Nul,
    /// Not JSON after all.
    NotJson,
}

/// Masks the values at secret keys and the secrets inside strings.
pub(crate) fn mask_json<'a>(json: &'a str, keys: &Keys) -> Result<Cow<'a, str>, JsonFault> {
    let opening = json.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
    if opening <= JSON_DEPTH_MAX && !keys.may_match(json) {
        return Ok(Cow::Borrowed(json));
    }
    let mut masked = Cow::Borrowed(json);
    for _ in 0..ROUNDS_MAX {
        let mut walk = Walk::new(&masked, keys, None);
        walk.run()?;
        let Walk { mut out, done, is_inside, .. } = walk;
        if done > 0 {
            out.push_str(&masked[done..]);
            masked = Cow::Owned(out);
        }
        // A mask inside a string may make what stands around it look like a secret.
        if !is_inside {
            break;
        }
    }
    Ok(masked)
}

/// Learns of each secret: what it is, and its text, escaped as in the JSON.
pub(super) type Hear<'h> = &'h mut dyn FnMut(Kind, &str);

pub(super) struct Walk<'a, 'h> {
    json: &'a str,
    keys: &'a Keys,
    at: usize,
    out: String,
    /// Bytes of `json` that are already in `out`.
    done: usize,
    /// True if a part of a string was masked.
    is_inside: bool,
    /// None where nobody wants to know.
    hear: Option<Hear<'h>>,
}

impl<'a, 'h> Walk<'a, 'h> {
    pub(super) fn new(json: &'a str, keys: &'a Keys, hear: Option<Hear<'h>>) -> Self {
        Self { json, keys, at: 0, out: String::new(), done: 0, is_inside: false, hear }
    }

    pub(super) fn run(&mut self) -> Result<(), JsonFault> {
        let bytes = self.json.as_bytes();
        // One bit a level, the lowest for the innermost: 1 for an object. Depth is at most 64.
        let (mut objects, mut depth) = (0u64, 0);
        let mut at_key = false;
        let mut after_option = None;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' if at_key => {
                    let key = self.string()?;
                    at_key = false;
                    let key = unescape(&self.json[key]).ok_or(JsonFault::NotJson)?;
                    if let Some(kind) = self.keys.kind(&key) {
                        self.mask_value(kind)?;
                    }
                }
                b'"' => {
                    let inside = self.string()?;
                    after_option = self.mask_string(inside, after_option)?;
                }
                b'{' | b'[' => {
                    if depth == JSON_DEPTH_MAX {
                        return Err(JsonFault::TooDeep);
                    }
                    depth += 1;
                    at_key = *byte == b'{';
                    objects = objects << 1 | u64::from(at_key);
                    after_option = None;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(JsonFault::NotJson)?;
                    objects >>= 1;
                    at_key = false;
                    after_option = None;
                    self.at += 1;
                }
                b',' => {
                    at_key = objects & 1 == 1;
                    after_option = after_option.filter(|_| !at_key);
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// Replaces the value behind a key that was just read.
    fn mask_value(&mut self, kind: Kind) -> Result<(), JsonFault> {
        let bytes = self.json.as_bytes();
        while matches!(bytes.get(self.at), Some(b':' | b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        let start = self.at;
        let mut depth = 0usize;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => _ = self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    if depth > JSON_DEPTH_MAX {
                        return Err(JsonFault::TooDeep);
                    }
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => break,
                b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => break,
                _ => self.at += 1,
            }
            let ended = matches!(byte, b'"' | b'}' | b']');
            if depth == 0 && ended {
                break;
            }
        }
        self.replace(start..self.at, "\"***\"", kind);
        Ok(())
    }

    /// Masks the secrets of a string. If it is an option like `--password`, whose value is the
    /// next string of the array, the answer is what that value is.
    fn mask_string(
        &mut self,
        inside: Range<usize>,
        secret: Option<Kind>,
    ) -> Result<Option<Kind>, JsonFault> {
        let raw = &self.json[inside.clone()];
        if let Some(kind) = secret {
            self.replace(inside, MASK, kind);
            return Ok(None);
        }
        if !self.keys.may_match(raw) {
            return Ok(None);
        }
        let plain = unescape(raw).ok_or(JsonFault::NotJson)?;
        let secrets = text::secrets(&plain, self.keys);
        self.is_inside |= !secrets.is_empty();
        let mut spot = Spot { raw, at: 0, plain: 0 };
        for secret in secrets {
            let start = spot.of(secret.range.start);
            let end = spot.of(secret.range.end);
            self.replace(inside.start + start..inside.start + end, MASK, secret.kind);
        }
        let is_option = plain.starts_with('-') && !plain.contains([' ', '=']);
        Ok(self.keys.kind(&plain).filter(|_| is_option))
    }

    fn replace(&mut self, range: Range<usize>, mask: &str, kind: Kind) {
        if self.json[range.clone()] == *mask {
            return;
        }
        if let Some(hear) = &mut self.hear {
            hear(kind, &self.json[range.clone()]);
        }
        self.out.push_str(&self.json[self.done..range.start]);
        self.out.push_str(mask);
        self.done = range.end;
    }

    /// Moves over the string that begins here and gives what is inside the quotes.
    fn string(&mut self) -> Result<Range<usize>, JsonFault> {
        let bytes = self.json.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        loop {
            let rest = bytes.get(at..).ok_or(JsonFault::NotJson)?;
            at += memchr2(b'"', b'\\', rest).ok_or(JsonFault::NotJson)?;
            if bytes[at] == b'"' {
                self.at = at + 1;
                return Ok(start..at);
            }
            at += match bytes.get(at + 1) {
                Some(b'u') => escape_bytes(&bytes[at..])?,
                _ => 2,
            };
        }
    }
}

/// Length of the `\uXXXX`, or of the pair of them, that `bytes` begin with.
fn escape_bytes(bytes: &[u8]) -> Result<usize, JsonFault> {
    match unit(bytes).ok_or(JsonFault::NotJson)? {
        0 => Err(JsonFault::Nul),
        0xd800..=0xdbff => match bytes.get(6..).and_then(unit) {
            Some(0xdc00..=0xdfff) => Ok(12),
            _ => Err(JsonFault::LoneSurrogate),
        },
        0xdc00..=0xdfff => Err(JsonFault::LoneSurrogate),
        _ => Ok(6),
    }
}

/// The UTF-16 unit of a `\uXXXX`.
fn unit(bytes: &[u8]) -> Option<u16> {
    let hex = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let hex = hex.iter().all(u8::is_ascii_hexdigit).then_some(hex)?;
    u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}

/// Walks a raw string beside its plain text, to find raw places of plain ones.
struct Spot<'a> {
    raw: &'a str,
    at: usize,
    plain: usize,
}

impl Spot<'_> {
    /// Where the plain byte `target` stands in the raw text; targets must ascend.
    fn of(&mut self, target: usize) -> usize {
        let bytes = self.raw.as_bytes();
        while self.plain < target && self.at < bytes.len() {
            let (raw, plain) = match bytes[self.at..] {
                [b'\\', b'u', ..] => match unit(&bytes[self.at..]).unwrap_or_default() {
                    0..=0x7f => (6, 1),
                    0x80..=0x7ff => (6, 2),
                    0xd800..=0xdbff => (12, 4),
                    _ => (6, 3),
                },
                [b'\\', ..] => (2, 1),
                _ => (1, 1),
            };
            self.at += raw;
            self.plain += plain;
        }
        self.at
    }
}
