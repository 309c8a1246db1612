//! Events of an answer as the API prints them: the two leaves of an operation as one event, and
//! what is masked for the reader as `***`.

use annals_api::wire::event::{Ending, Print};
use annals_views::Found;

use crate::masks::Masks;

/// Appends an event as one JSON object without a line break.
pub(crate) fn print(found: &Found, masks: Masks, out: &mut Vec<u8>) {
    let ending = match &found.outcome {
        Some(outcome) => Ending::Leaf(outcome),
        None if found.is_given_up => Ending::Unknown,
        None => Ending::Own,
    };
    let (index, updates) = (found.position.index, found.updates);
    let masked = masks.tags(found);
    Print { leaf: &found.leaf, ending, index, updates, names: None, masked }.write(out);
}
