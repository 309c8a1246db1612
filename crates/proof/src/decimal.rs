//! Numbers as the formats of C2SP write them: decimal, no sign, no leading zeros.

/// Reads such a number; `None` for any other text or one beyond 2^64-1.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = digits && (text == "0" || !text.starts_with('0'));
    canonical.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two texts for one number would be two texts for one checkpoint.
    #[test]
    fn one_text_a_number() {
        for (text, expected) in [
            ("0", Some(0)),
            ("7", Some(7)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("", None),
            ("00", None),
            ("07", None),
            ("+7", None),
            ("-0", None),
            ("7 ", None),
            ("٧", None),
        ] {
            assert_eq!(parse_decimal(text), expected, "{text:?}");
        }
    }
}
