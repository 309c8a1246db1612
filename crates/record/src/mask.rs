//! Secrets are masked before anything is hashed, stored or logged.
//!
//! What is secret is decided by the words of a key: `pinCode`, `api-key` and `userPassword` are,
//! `spin` and `tokenizer` are not. Plain data must stay cheap: one search for the few byte
//! strings without which nothing can be secret comes first, the exact walk only after a hit.

mod json;
mod secret;
mod text;
mod words;

pub(crate) use json::{JsonFault, mask_json};
pub(crate) use secret::{secrets_of_json, secrets_of_text};

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// What stands in place of a secret.
pub(crate) const MASK: &str = "***";

/// Masks the secrets of a text; a text that is one JSON document is masked as JSON.
pub fn mask_text(text: &str) -> Cow<'_, str> {
    let keys = &*ALWAYS;
    if !keys.may_match(text) {
        return Cow::Borrowed(text);
    }
    if is_json(text)
        && let Ok(masked) = mask_json(text, keys)
    {
        return masked;
    }
    mask_plain(text, keys)
}

/// How often a text is walked through at most.
const ROUNDS_MAX: usize = 8;

/// Masks the secrets of a text that is not JSON.
pub(crate) fn mask_plain<'a>(text: &'a str, keys: &Keys) -> Cow<'a, str> {
    let mut masked = Cow::Borrowed(text);
    if !keys.may_match(text) {
        return masked;
    }
    // A mask can make what stands around it look like a secret. It is masked here too, not when the
    // text comes by again: the same event would have two hashes.
    for _ in 0..ROUNDS_MAX {
        match mask_once(&masked, keys) {
            Some(further) => masked = Cow::Owned(further),
            None => break,
        }
    }
    masked
}

/// The text with its secrets masked; none if it has none.
fn mask_once(text: &str, keys: &Keys) -> Option<String> {
    let secrets = text::secrets(text, keys);
    if secrets.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for Range { start, end } in secrets.into_iter().map(|secret| secret.range) {
        out.push_str(&text[done..start]);
        out.push_str(MASK);
        done = end;
    }
    out.push_str(&text[done..]);
    Some(out)
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
        && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A password, a PIN or a one-time code: what can be guessed, or is used elsewhere.
    Guessable,
    /// A token, a key, a cookie or the like.
    Random,
}

/// The keys whose values are secret: those that always are, and those of one operation.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// Words of the operation's own keys, joined in lower case.
    own: Vec<String>,
    /// Finds out cheaply that nothing can be secret.
    hints: AhoCorasick,
    /// The same for longer texts, many bytes at a time, in lower case; not on every processor.
    packed: Option<Searcher>,
}

/// Texts from here on are worth a search of many bytes at a time.
const PACKED_BYTES_MIN: usize = 64;
/// Bytes turned to lower case and searched at a time.
const PACKED_BYTES: usize = 1024;
/// Longest hint, in bytes; a longer word of an operation's own key is cut.
const HINT_BYTES_MAX: usize = 16;

/// The keys that are secret everywhere.
pub(crate) static ALWAYS: LazyLock<Keys> = LazyLock::new(|| Keys::build(&[]));

/// Without one of these, in any case, a text holds no secret: every word of `words` contains
/// one; `://` opens an address with a password, `\u` may hide a key or a forbidden character.
const HINTS: [&str; 12] = [
    "pass",
    "secret",
    "token",
    "authori",
    "credential",
    "cookie",
    "otp",
    "pin",
    "key",
    "card",
    "://",
    "\\u",
];

impl Keys {
    /// The keys that are always secret and `own`, the catalogue's `mask` column.
    pub(crate) fn with(own: &[String]) -> Self {
        if own.is_empty() { ALWAYS.clone() } else { Self::build(own) }
    }

    fn build(own: &[String]) -> Self {
        let first_words = own.iter().filter_map(|key| words::split(key).next());
        let cut =
            |word: &str| word.as_bytes()[..word.len().min(HINT_BYTES_MAX)].to_ascii_lowercase();
        let words: Vec<_> = HINTS.into_iter().chain(first_words).map(cut).collect();
        let hints = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words)
            .expect("a few short patterns fit any automaton");
        let own = own.iter().map(|key| words::join(key)).collect();
        Self { own, hints, packed: Searcher::new(words) }
    }

    /// False if nothing in `text` can be secret or hidden by an escape.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        match &self.packed {
            Some(packed) if text.len() >= PACKED_BYTES_MIN => is_in(packed, text.as_bytes()),
            _ => self.hints.is_match(text),
        }
    }

    /// What the value of `key` is, if it is secret.
    fn kind(&self, key: &str) -> Option<Kind> {
        self.is_secret(key).then(|| match words::are_guessable(key) {
            true => Kind::Guessable,
            false => Kind::Random,
        })
    }

    /// True if the value of `key` is secret.
    pub(crate) fn is_secret(&self, key: &str) -> bool {
        words::are_secret(key) || (!self.own.is_empty() && self.own.contains(&words::join(key)))
    }
}

/// True if one of the words of `packed` stands in `text`, in any case.
fn is_in(packed: &Searcher, text: &[u8]) -> bool {
    let mut lower = [0; PACKED_BYTES];
    let mut start = 0;
    loop {
        let part = &text[start..text.len().min(start + PACKED_BYTES)];
        for (lower, byte) in lower.iter_mut().zip(part) {
            *lower = byte.to_ascii_lowercase();
        }
        if packed.find(&lower[..part.len()]).is_some() {
            return true;
        }
        if start + part.len() == text.len() {
            return false;
        }
        // A word may stand across the border of two parts.
        start += part.len() - HINT_BYTES_MAX;
    }
}

#[cfg(test)]
mod tests;
