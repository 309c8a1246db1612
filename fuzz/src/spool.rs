//! What must hold for any bytes in a spool's segment: whatever is read prints back to the very
//! bytes, and a changed byte never yields an item that was not written.
//!
//! The file is taken from the crate `api` by itself, so that a target needs no HTTP client.

#[path = "../../crates/api/src/sdk/spool/format.rs"]
#[allow(dead_code)]
mod format;

use format::{FIRST_CHAIN, Header, Item, Kind, Next, next_block, write_block};

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target.
pub const BODIES: [(&str, Body); 2] = [("spool_read", read), ("spool_change", change)];

/// Any bytes: nothing panics, and blocks print back.
pub fn read(data: &[u8]) {
    if let Some(header) = Header::parse(data) {
        assert!(data.starts_with(&header.to_bytes()));
    }
    blocks(data);
}

/// Blocks made of the bytes, one of them changed: what is read is a beginning of what was written.
pub fn change(data: &[u8]) {
    let [at, by, rest @ ..] = data else { return };
    let item = |payload: &[u8]| Item { kind: Kind::Intent, payload: payload.to_vec() };
    let written: Vec<Item> = rest.chunks(7).map(item).collect();
    let (mut bytes, mut chain) = (Vec::new(), FIRST_CHAIN);
    for items in written.chunks(2) {
        chain = write_block(&chain, items, &mut bytes);
    }
    let len = bytes.len().max(1);
    if let Some(byte) = bytes.get_mut(usize::from(*at) % len) {
        *byte ^= by;
    }
    let found = blocks(&bytes);
    assert!(written.starts_with(&found));
    assert!(*by != 0 || found == written);
}

/// The items up to the first block that is none.
fn blocks(mut rest: &[u8]) -> Vec<Item> {
    let (mut chain, mut found) = (FIRST_CHAIN, Vec::new());
    while let Next::Block { items, bytes, chain: next } = next_block(&chain, rest) {
        let mut again = Vec::new();
        assert_eq!(write_block(&chain, &items, &mut again), next);
        assert_eq!(again, rest[..bytes]);
        found.extend(items);
        (rest, chain) = (&rest[bytes..], next);
    }
    found
}
