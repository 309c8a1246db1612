//! The hash of a leaf whose fields are all whole: the hot path of taking in and of checking.
//!
//! Buffers belong to the thread and are kept from leaf to leaf, so nothing is allocated. Leaves
//! of which something was erased are hashed field by field (`leaf.rs`).

use crate::digest::Messages;
use crate::entry::begin_entry;
use crate::sealed::{RecordSalt, Tag, commitment_head, leaf_hash};
use smallvec::SmallVec;
use std::cell::RefCell;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

#[derive(Default)]
struct Scratch {
    entry: Vec<u8>,
    messages: Messages,
}

/// The leaf hash of a core and its fields, which stand in tag order.
pub(crate) fn hash_whole<'a>(
    core: &[u8],
    salt: RecordSalt,
    fields: impl ExactSizeIterator<Item = (Tag, &'a [u8])> + Clone,
) -> [u8; 32] {
    SCRATCH.with_borrow_mut(|scratch| {
        let Scratch { entry, messages } = scratch;
        entry.clear();
        begin_entry(entry, core, fields.len());
        commit(salt, fields, messages, entry);
        leaf_hash(entry)
    })
}

/// Appends tag and commitment of each field to an entry.
pub(crate) fn write_commitments<'a>(
    salt: RecordSalt,
    fields: impl Iterator<Item = (Tag, &'a [u8])> + Clone,
    entry: &mut Vec<u8>,
) {
    SCRATCH.with_borrow_mut(|scratch| commit(salt, fields, &mut scratch.messages, entry));
}

fn commit<'a>(
    salt: RecordSalt,
    fields: impl Iterator<Item = (Tag, &'a [u8])> + Clone,
    messages: &mut Messages,
    entry: &mut Vec<u8>,
) {
    // All salts first: hashes that do not wait for each other overlap in the processor.
    let salts: SmallVec<[_; 16]> = fields.clone().map(|(tag, _)| salt.of_field(tag)).collect();
    messages.clear();
    for ((tag, value), salt) in fields.clone().zip(&salts) {
        messages.push(&commitment_head(salt, tag, value), value);
    }
    for ((tag, _), commitment) in fields.zip(messages.digests()) {
        entry.extend_from_slice(&tag.0.to_be_bytes());
        entry.extend_from_slice(&commitment);
    }
}
