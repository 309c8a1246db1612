//! `Pseudonyms`: other names for people, always the same for the same person.
//!
//! Keyed, so that whoever has a list of names cannot find out whose they are. Two names that a
//! filter takes for one have one pseudonym.

use annals_views::fold;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::control::SECRET_BYTES;

const PREFIX: &str = "p-";
/// Bytes of a pseudonym; it has two digits for each.
const BYTES: usize = 4;

/// Gives pseudonyms.
#[derive(Clone)]
pub(crate) struct Pseudonyms(Hmac<Sha256>);

impl Pseudonyms {
    /// With the key of this house.
    pub(crate) fn new(key: &[u8; SECRET_BYTES]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// The pseudonym of a name.
    pub(crate) fn of(&self, name: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(fold(name).as_bytes());
        let digest = mac.finalize().into_bytes();
        digest[..BYTES].iter().fold(PREFIX.to_owned(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// True if a text has the form of one.
    pub(crate) fn is_one(text: &str) -> bool {
        text.strip_prefix(PREFIX).is_some_and(|digits| {
            let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            digits.len() == 2 * BYTES && digits.bytes().all(is_digit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The same person is the same on every page and in every spelling that filters take for one;
    // with another house's key nobody can tell who it is.
    #[test]
    fn one_person_has_one_pseudonym() {
        let here = Pseudonyms::new(&[1; SECRET_BYTES]);
        let there = Pseudonyms::new(&[2; SECRET_BYTES]);
        assert_eq!(here.of("zhang3"), here.of("Zhang3"));
        assert_ne!(here.of("zhang3"), here.of("zhang4"));
        assert_ne!(here.of("zhang3"), there.of("zhang3"));
        assert!(Pseudonyms::is_one(&here.of("张三")));
        for text in ["zhang3", "p-", "p-0123456", "p-0123456g", "p-012345678"] {
            assert!(!Pseudonyms::is_one(text), "{text}");
        }
    }
}
