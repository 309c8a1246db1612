//! Whole events, and the two leaves of a two-phase operation.

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
