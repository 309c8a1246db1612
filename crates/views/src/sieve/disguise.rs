//! `Disguises`: what may stand in a value for a part of the text that is looked for.
//!
//! JSON hides characters behind escapes, and folding turns some characters into others. For an
//! ASCII text only few can: NFKC and case folding make an ASCII character of single ones only
//! (`Ａ`, `ﬁ`, `K`, `，`), never of several, since what is composed is never ASCII (Unicode Standard
//! Annex #15). Of other texts nothing is ruled out.

use std::collections::HashMap;

use crate::fold::fold;

const ASCII: usize = 128;

/// What may hide a part of one text.
pub(super) struct Disguises {
    /// Which ASCII characters the text has; none if it has others.
    ascii: Option<[bool; ASCII]>,
    /// Of characters met before: whether they fold to a part of the text.
    known: HashMap<char, bool>,
}

impl Disguises {
    /// Of this folded text.
    pub(super) fn new(text: &[u8]) -> Self {
        let mut has = [false; ASCII];
        text.iter().filter(|byte| byte.is_ascii()).for_each(|byte| has[usize::from(*byte)] = true);
        Self { ascii: text.is_ascii().then_some(has), known: HashMap::new() }
    }

    /// False only if the escape that begins before this byte is no part of the text.
    pub(super) fn may_be_escape(&self, behind: Option<&u8>) -> bool {
        let Some(has) = &self.ascii else { return true };
        match behind {
            Some(mark @ (b'"' | b'\\' | b'/')) => has[usize::from(*mark)],
            Some(b'b' | b'f' | b'n' | b'r' | b't') => has[..usize::from(b' ')].contains(&true),
            _ => true,
        }
    }

    /// False only if the character at the start of `bytes` folds to no part of the text.
    pub(super) fn may_be_character(&mut self, bytes: &[u8]) -> bool {
        let Some(has) = &self.ascii else { return true };
        // Inside a character, which was asked about at its start.
        if let Some(0x80..=0xbf) = bytes.first() {
            return false;
        }
        let Some(mark) = first_character(bytes) else { return true };
        let folds = |mark: &char| {
            fold(mark.encode_utf8(&mut [0; 4]))
                .bytes()
                .any(|byte| byte.is_ascii() && has[usize::from(byte)])
        };
        *self.known.entry(mark).or_insert_with_key(folds)
    }
}

fn first_character(bytes: &[u8]) -> Option<char> {
    let chunk = bytes.utf8_chunks().next()?;
    chunk.valid().chars().next()
}
