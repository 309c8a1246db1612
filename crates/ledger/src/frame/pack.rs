//! Hexadecimal text as the bytes it stands for, before compression.
//!
//! Identifiers made by chance (UUIDs, request and session ids) cannot be compressed, and written
//! as text they cost zstd more than half as much again and spoil its statistics for everything
//! else. Each is taken out of the columns as raw bytes and leaves a token of two bytes; what
//! stays is text with likes beside likes. Exactly reversible for any bytes; it knows neither
//! leaves nor columns. Bytes: docs/formats/ledger.md.

use memchr::memchr;

/// Begins a token; no byte of UTF-8 text.
const TOKEN: u8 = 0xFF;
/// After `TOKEN`: the byte 0xFF itself.
const TOKEN_LITERAL: u8 = 0;
/// After `TOKEN`: 16 bytes as the 36 characters of a UUID. 1 to 127: so many bytes as digits.
const TOKEN_UUID: u8 = 0x80;

/// Fewer digits are left as they are: they are often numbers or repeat.
const RUN_DIGITS_MIN: usize = 12;
/// Digits of one token.
const RUN_DIGITS_MAX: usize = 2 * 127;
const UUID_CHARS: usize = 36;
const UUID_DIGITS: usize = 32;
const UUID_HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Appends `columns` with tokens to `text`, and the bytes the tokens stand for to `runs`.
pub(super) fn pack(columns: &[u8], text: &mut Vec<u8>, runs: &mut Vec<u8>) {
    let (mut at, mut copied) = (0, 0);
    while at < columns.len() {
        let rest = &columns[at..];
        let (chars, token) = match rest[0] {
            TOKEN => (1, TOKEN_LITERAL),
            byte if digit(byte).is_some() => {
                let digits = rest.iter().take_while(|byte| digit(**byte).is_some()).count();
                if digits == UUID_HYPHENS[0] && is_uuid(rest) {
                    (UUID_CHARS, TOKEN_UUID)
                } else if digits >= RUN_DIGITS_MIN && !is_number(&rest[..digits]) {
                    let chars = digits.min(RUN_DIGITS_MAX) & !1;
                    (chars, (chars / 2) as u8)
                } else {
                    at += digits;
                    continue;
                }
            }
            _ => {
                at += 1;
                continue;
            }
        };
        text.extend_from_slice(&columns[copied..at]);
        text.extend_from_slice(&[TOKEN, token]);
        if token != TOKEN_LITERAL {
            push_digits(&rest[..chars], runs);
        }
        at += chars;
        copied = at;
    }
    text.extend_from_slice(&columns[copied..]);
}

/// The inverse of `pack`. `None` if the parts do not fit together or give more than `len_max`.
pub(super) fn unpack(text: &[u8], runs: &[u8], len_max: usize) -> Option<Vec<u8>> {
    let mut columns = Vec::with_capacity(len_max);
    let (mut text, mut runs) = (text, runs);
    while let Some(place) = memchr(TOKEN, text) {
        let (before, token) = text.split_at(place);
        columns.extend_from_slice(before);
        let &[_, token, ref after @ ..] = token else { return None };
        text = after;
        if columns.len() > len_max {
            return None;
        }
        let bytes = match token {
            TOKEN_LITERAL => {
                columns.push(TOKEN);
                continue;
            }
            TOKEN_UUID => UUID_DIGITS / 2,
            bytes if bytes < TOKEN_UUID => usize::from(bytes),
            _ => return None,
        };
        let (run, rest) = runs.split_at_checked(bytes)?;
        runs = rest;
        put_digits(run, token == TOKEN_UUID, &mut columns);
    }
    columns.extend_from_slice(text);
    (runs.is_empty() && columns.len() <= len_max).then_some(columns)
}

/// Value of a digit; capitals are not packed, they would come back small.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Decimal digits only: often a time or a count, which compresses better as text.
fn is_number(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_digit)
}

fn is_uuid(text: &[u8]) -> bool {
    text.get(..UUID_CHARS).is_some_and(|text| {
        text.iter().enumerate().all(|(place, byte)| {
            if UUID_HYPHENS.contains(&place) { *byte == b'-' } else { digit(*byte).is_some() }
        })
    })
}

/// Two digits a byte; hyphens are no digits.
fn push_digits(text: &[u8], runs: &mut Vec<u8>) {
    let mut digits = text.iter().filter_map(|byte| digit(*byte));
    while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
        runs.push(high << 4 | low);
    }
}

fn put_digits(run: &[u8], uuid: bool, columns: &mut Vec<u8>) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    for (place, byte) in run.iter().enumerate() {
        if uuid && matches!(place, 4 | 6 | 8 | 10) {
            columns.push(b'-');
        }
        columns
            .extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(columns: &[u8], text: &[u8], runs: &[u8]) {
        let (mut packed, mut taken) = (Vec::new(), Vec::new());
        pack(columns, &mut packed, &mut taken);
        assert_eq!((&*packed, &*taken), (text, runs));
        assert_eq!(unpack(text, runs, columns.len()).as_deref(), Some(columns));
    }

    /// What is taken out, and what is better left.
    #[test]
    fn forms() {
        check(b"", b"", b"");
        check(b"a name, 12:30", b"a name, 12:30", b"");
        check(b"123456789012345678", b"123456789012345678", b"");
        check(b"\xffx", b"\xff\x00x", b"");
        check(b"req-00ff00ff00ff1;", b"req-\xff\x061;", b"\0\xff\0\xff\0\xff");
        check(b"00FF00FF00FF00FF", b"00FF00FF00FF00FF", b"");
        check(
            b"<00010203-0405-0607-0809-0a0b0c0d0e0f>",
            b"<\xff\x80>",
            b"\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f",
        );
        check(b"00010203-0405-0607-0809", b"00010203-0405-0607-0809", b"");
    }

    proptest! {
        /// Any bytes come back, also where runs touch and are longer than one token.
        #[test]
        fn pack_has_an_inverse(parts in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..20),
                "[0-9a-f]{0,600}".prop_map(String::into_bytes),
                "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}".prop_map(String::into_bytes),
            ],
            0..12,
        )) {
            let columns = parts.concat();
            let (mut text, mut runs) = (Vec::new(), Vec::new());
            pack(&columns, &mut text, &mut runs);
            prop_assert_eq!(unpack(&text, &runs, columns.len()), Some(columns));
        }

        /// Foreign bytes give something short enough or nothing.
        #[test]
        fn foreign_bytes_never_panic(
            text in prop::collection::vec(prop_oneof![Just(TOKEN), any::<u8>()], 0..60),
            runs: Vec<u8>,
            len_max in 0usize..200,
        ) {
            let columns = unpack(&text, &runs, len_max);
            prop_assert!(columns.is_none_or(|columns| columns.len() <= len_max));
        }
    }
}
