//! Whole events, and the two leaves of a two-phase operation.

use crate::digest::sha256;
use std::borrow::Cow;

/// Which part of an operation a leaf records. An intent and its outcome are two leaves and one
/// event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase<'a> {
    /// All of it.
    #[default]
    Whole,
    /// It is about to begin; the outcome is `pending` until the other leaf arrives.
    Intent,
    /// It ended.
    Outcome {
        /// The id of the intent.
        of: Cow<'a, str>,
    },
}

/// Hex digits of the digest in an outcome's id.
const DIGEST_DIGITS: usize = 40;

/// The id of the leaf that closes an intent. It follows from the intent's, so the guard against
/// doubles lets an intent be closed once, and the closing leaf is found without a view.
pub fn outcome_id(of: &str) -> String {
    let digest = sha256(b"outcome ", of.as_bytes());
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    "outcome-".chars().chain(digits.take(DIGEST_DIGITS)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: ids on disk. An outcome is looked up by the id that this gives for ever; computed
    // with `printf 'outcome e-1' | sha256sum`.
    #[test]
    fn id_of_an_outcome() {
        assert_eq!(outcome_id("e-1"), "outcome-634ccc67ce5a0049e1732fe29ad0e29dc2584f7e");
        assert_ne!(outcome_id("e-1"), outcome_id("e-2"));
    }
}
