//! Names as OpenSSH writes them: it passes every log message through `strnvis(3)`, which writes
//! bytes outside printable ASCII as `\ooo` and a backslash as `\\`.
//!
//! A decoded name is used only if it is UTF-8 without control and bidirectional characters, which
//! no identifier of an event may hold; otherwise the name stays as it was written.

use std::borrow::Cow;

/// A name made readable, or as it was written where that can't be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) text: Cow<'a, str>,
    /// It holds bytes that can't be shown, and so stays escaped.
    pub(crate) kept_escaped: bool,
}

/// Undoes `strnvis(VIS_SAFE | VIS_OCTAL)`.
pub(crate) fn name(text: &str) -> Name<'_> {
    if !text.contains('\\') {
        if text.chars().any(is_unfit) {
            return Name { text: Cow::Owned(escaped(text)), kept_escaped: true };
        }
        return Name { text: Cow::Borrowed(text), kept_escaped: false };
    }
    match String::from_utf8(unvis(text.as_bytes())) {
        Ok(decoded) if !decoded.chars().any(is_unfit) => {
            Name { text: Cow::Owned(decoded), kept_escaped: false }
        }
        _ => Name { text: Cow::Owned(escaped(text)), kept_escaped: true },
    }
}

/// Control and bidirectional formatting characters.
pub(crate) fn is_unfit(c: char) -> bool {
    let is_bidi = matches!(c,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || is_bidi
}

/// Writes unfit characters as octal bytes and leaves the rest.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unfit(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                out.push_str(&format!("\\{byte:03o}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn unvis(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, used) = match (first, tail) {
            (b'\\', [b'\\', ..]) => (b'\\', 2),
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..]) => {
                ((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'), 4)
            }
            _ => (first, 1),
        };
        out.push(byte);
        rest = &rest[used..];
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(written: &str, expected: &str, kept_escaped: bool) {
        let got = name(written);
        assert_eq!((&*got.text, got.kept_escaped), (expected, kept_escaped), "{written}");
    }

    /// Names must read as they are on the host, and hostile ones must not become identifiers that
    /// the server refuses or that read backwards.
    #[test]
    fn names() {
        check("plain name", "plain name", false);
        check(r"\347\273\223\346\236\234.dat", "结果.dat", false);
        check(r"back\\slash", r"back\slash", false);
        check(r"not utf-8 \377", r"not utf-8 \377", true);
        check(r"line\012end", r"line\012end", true);
        check(r"\342\200\256txt.exe", r"\342\200\256txt.exe", true);
        check("\u{202e}txt.exe", r"\342\200\256txt.exe", true);
        check(r"\9 \", r"\9 \", false);
        check(r"\400", r"\400", false);
    }

    proptest! {
        /// What `strnvis` wrote is undone.
        #[test]
        fn unvis_undoes_vis(text in "\\PC*") {
            let mut written = String::new();
            for byte in text.bytes() {
                match byte {
                    b'\\' => written.push_str("\\\\"),
                    0x20..=0x7e => written.push(char::from(byte)),
                    _ => written.push_str(&format!("\\{byte:03o}")),
                }
            }
            prop_assert_eq!(String::from_utf8(unvis(written.as_bytes())).unwrap(), text);
        }
    }
}
