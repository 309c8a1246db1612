//! Keys of texts, and which of them a text that is looked for must have.
//!
//! Keys are the trigrams of the bytes of the folded text, one bit each. A token (a longest run of
//! ASCII letters and digits) of eight or more hexadecimal digits is opaque: identifiers are random,
//! and their trigrams would fill every filter. Trigrams that lie wholly inside one are left out;
//! its hash sets four bits instead.

use crate::fold::Needle;

/// Digits from which a hexadecimal token is opaque.
const OPAQUE_BYTES_MIN: usize = 8;
const OPAQUE_BITS: usize = 4;

const OTHER: u8 = 0;
const HEX: u8 = 1;
const ALPHANUMERIC: u8 = 2;

/// Which kind of token each byte belongs to.
const KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' | b'a'..=b'f' => HEX,
            byte if byte.is_ascii_alphanumeric() => ALPHANUMERIC,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

/// Calls with the bit of each key of a folded text.
pub(super) fn each(text: &[u8], mut set: impl FnMut(u16)) {
    walk(text, |token, is_hex| is_hex && token.len() >= OPAQUE_BYTES_MIN, &mut set, |_| true);
}

/// The keys that a group must have to hold what is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Probe {
    bits: Vec<u16>,
}

impl Probe {
    /// The keys of a needle.
    pub(crate) fn of(needle: &Needle) -> Self {
        let (closed_start, closed_end) = needle.closed();
        Self::of_pieces(needle.pieces(), closed_start, closed_end)
    }

    /// The keys of folded pieces that stand in one value. A closed start or end is a border of a
    /// word or of the value; an open one may stand inside a token.
    pub(crate) fn of_pieces<P: AsRef<str>>(
        pieces: &[P],
        closed_start: bool,
        closed_end: bool,
    ) -> Self {
        let mut bits = Vec::new();
        for (place, piece) in pieces.iter().enumerate() {
            let piece = piece.as_ref().as_bytes();
            let starts = place == 0 && closed_start;
            let ends = place + 1 == pieces.len() && closed_end;
            let base = piece.as_ptr() as usize;
            let is_whole = |token: &[u8]| {
                let start = token.as_ptr() as usize - base;
                let end = start + token.len();
                (start > 0 || starts) && (end < piece.len() || ends)
            };
            // Part of a longer token, digits may be part of an opaque one.
            let hides = |token: &[u8], is_hex: bool| {
                is_hex && (token.len() >= OPAQUE_BYTES_MIN || !is_whole(token))
            };
            walk(piece, hides, &mut |bit| bits.push(bit), is_whole);
        }
        bits.sort_unstable();
        bits.dedup();
        Self { bits }
    }

    /// True if nothing is known that a group must have.
    pub(crate) fn passes_all(&self) -> bool {
        self.bits.is_empty()
    }

    /// True if a filter has every key.
    pub(super) fn passes(&self, filter: &[u8]) -> bool {
        self.bits.iter().all(|bit| filter[usize::from(bit / 8)] >> (bit % 8) & 1 == 1)
    }
}

/// Walks over trigrams and tokens. Trigrams wholly inside a token that `hides` them are left out;
/// such a token gives its own bits if it `is_whole`.
fn walk(
    text: &[u8],
    hides: impl Fn(&[u8], bool) -> bool,
    set: &mut impl FnMut(u16),
    is_whole: impl Fn(&[u8]) -> bool,
) {
    let mut done = 0;
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let mut seen = 0;
        while at < text.len() && KINDS[usize::from(text[at])] != OTHER {
            seen |= KINDS[usize::from(text[at])];
            at += 1;
        }
        let token = &text[start..at];
        if !token.is_empty() && hides(token, seen == HEX) {
            trigrams(text, done, start, set);
            if is_whole(token) {
                opaque_bits(token).into_iter().for_each(&mut *set);
            }
            // Those that reach over its end are not wholly inside.
            done = start.max(at.saturating_sub(2));
        }
        at += 1;
    }
    trigrams(text, done, text.len(), set);
}

/// The bits of the trigrams that begin in `from..to`.
fn trigrams(text: &[u8], from: usize, to: usize, set: &mut impl FnMut(u16)) {
    let end = (to + 2).min(text.len());
    for trigram in text.get(from..end).unwrap_or_default().windows(3) {
        // What parts two values is in no text.
        if !trigram.contains(&0) {
            set(trigram_bit([trigram[0], trigram[1], trigram[2]]));
        }
    }
}

fn trigram_bit([a, b, c]: [u8; 3]) -> u16 {
    let number = u32::from_be_bytes([0, a, b, c]);
    (number.wrapping_mul(0x9e37_79b1) >> 16) as u16
}

/// FNV-1a of 64 bits, in four pieces.
fn opaque_bits(token: &[u8]) -> [u16; OPAQUE_BITS] {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = token.iter().fold(0xcbf2_9ce4_8422_2325, step);
    std::array::from_fn(|place| (hash >> (16 * place)) as u16)
}
