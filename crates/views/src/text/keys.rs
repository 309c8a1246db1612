//! Keys of texts, and which of them a text that is looked for must have.
//!
//! Keys are the runs of three bytes (a bit each) and of five (two bits) of the folded text: the
//! short ones for short words, the long ones because numbered names share all short ones. Tokens
//! (longest runs of ASCII letters and digits) are keys where runs say too little: short ones,
//! which have few runs, and numbers together with the token before them (`mesh_1658`), whose runs
//! stand in other names, too. A token of eight or more hexadecimal digits is opaque: identifiers
//! are random and would fill every filter. Runs that lie in one wholly are left out; it is a key
//! itself.

use std::ops::RangeInclusive;

use crate::fold::Needle;

/// Digits from which a hexadecimal token is opaque.
const OPAQUE_BYTES_MIN: usize = 8;
/// Short tokens, which are keys.
const TOKEN_BYTES: RangeInclusive<usize> = 2..=5;
/// Bits of a token that is a key.
const TOKEN_BITS: usize = 4;
/// Bits of a number of a bit: a filter has `1 << NUMBER_BITS` of them.
const NUMBER_BITS: u32 = (super::GROUP_BYTES * 8).ilog2();

/// Bytes of the two kinds of runs.
const SHORT: usize = 3;
const LONG: usize = 5;

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

/// Which kind of key a bit is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Short,
    Long,
    Token,
}

/// Calls with the bit of each key of a folded value.
pub(super) fn each(value: &[u8], mut set: impl FnMut(u32)) {
    let hides = |token: &[u8], is_hex: bool| is_hex && token.len() >= OPAQUE_BYTES_MIN;
    walk(value, hides, &mut |_, bit| set(bit), |_| true);
}

/// The keys that a group must have to hold what is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Probe {
    /// Those first that few groups have.
    bits: Vec<u32>,
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
        let (mut bits, mut short) = (Vec::new(), Vec::new());
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
            let mut add = |kind, bit| match kind {
                Kind::Short => short.push(bit),
                Kind::Long | Kind::Token => bits.push(bit),
            };
            walk(piece, hides, &mut add, is_whole);
        }
        bits.extend(short);
        Self { bits }
    }

    /// True if nothing is known that a group must have.
    pub(crate) fn passes_all(&self) -> bool {
        self.bits.is_empty()
    }

    /// The bits of the keys.
    pub(super) fn bits(&self) -> &[u32] {
        &self.bits
    }

    /// True if a filter has every key.
    pub(super) fn passes(&self, filter: &[u8]) -> bool {
        self.bits.iter().all(|bit| filter[(bit / 8) as usize] >> (bit % 8) & 1 == 1)
    }
}

/// Walks over runs and tokens. Runs that lie wholly in a token that `hides` them are left out. A
/// token gives bits only if it `is_whole`.
fn walk(
    text: &[u8],
    hides: impl Fn(&[u8], bool) -> bool,
    set: &mut impl FnMut(Kind, u32),
    is_whole: impl Fn(&[u8]) -> bool,
) {
    // Where the next run of each kind begins.
    let (mut short, mut long) = (0, 0);
    // The whole token before, unless it hides its runs.
    let mut before = 0..0;
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
            // A run may reach into the token and out of it, but for one byte outside.
            short_runs(&text[short..at.min(start + SHORT - 1)], set);
            long_runs(&text[long..at.min(start + LONG - 1)], set);
            if is_whole(token) {
                set_token(token, set);
            }
            short = start.max(at.saturating_sub(SHORT - 1));
            long = start.max(at.saturating_sub(LONG - 1));
        } else if !token.is_empty() && is_whole(token) {
            if TOKEN_BYTES.contains(&token.len()) {
                set_token(token, set);
            }
            // One mark stands between them.
            if !before.is_empty() && before.end + 1 == start && token.iter().any(u8::is_ascii_digit)
            {
                set_token(&text[before.start..at], set);
            }
            before = start..at;
        }
        at += 1;
    }
    short_runs(&text[short..], set);
    long_runs(&text[long..], set);
}

fn short_runs(text: &[u8], set: &mut impl FnMut(Kind, u32)) {
    for run in text.array_windows::<SHORT>() {
        let [a, b, c] = run.map(u32::from);
        let hash = (a << 16 | b << 8 | c).wrapping_mul(0x9e37_79b1);
        set(Kind::Short, hash >> (u32::BITS - NUMBER_BITS));
    }
}

fn long_runs(text: &[u8], set: &mut impl FnMut(Kind, u32)) {
    for run in text.array_windows::<LONG>() {
        let [a, b, c, d, e] = run.map(u64::from);
        let number_of_run = a << 32 | b << 24 | c << 16 | d << 8 | e;
        let hash = number_of_run.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        set(Kind::Long, number(hash >> (u64::BITS - NUMBER_BITS)));
        set(Kind::Long, number(hash >> (u64::BITS - 2 * NUMBER_BITS)));
    }
}

fn set_token(token: &[u8], set: &mut impl FnMut(Kind, u32)) {
    token_bits(token).into_iter().for_each(|bit| set(Kind::Token, bit));
}

/// FNV-1a of 64 bits, in pieces.
fn token_bits(token: &[u8]) -> [u32; TOKEN_BITS] {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = token.iter().fold(0xcbf2_9ce4_8422_2325, step);
    std::array::from_fn(|place| number(hash >> (15 * place)))
}

fn number(hash: u64) -> u32 {
    hash as u32 & ((1 << NUMBER_BITS) - 1)
}
