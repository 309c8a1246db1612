//! Ids derived from where a record came from, so that a line read again is a double, not a second
//! event.
//!
//! An id is the first 16 bytes, as 32 hexadecimal digits, of
//! `HMAC-SHA-256(key, purpose 0x00 | len(source) u32 | source | fingerprint[32] | offset u64 |
//! counter u32)`, integers big-endian. Without the key it says nothing about file, host or time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::place::Place;

/// Makes the ids of one source.
#[derive(Clone)]
pub struct EventIds {
    keyed: Hmac<Sha256>,
    source: String,
}

impl EventIds {
    /// The key of `annals collect test`: the same input gives the same ids everywhere. Real
    /// collectors make a random key at first start.
    pub const TEST_KEY: [u8; 32] = *b"annals collect test, a fixed key";

    /// Ids for the source called `source`.
    pub fn new(key: &[u8; 32], source: &str) -> Self {
        let keyed = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
        Self { keyed, source: source.to_owned() }
    }

    /// The id of the `counter`-th event that the line at `place` completed.
    pub fn event(&self, place: Place, counter: u32) -> String {
        self.derive("event", place, counter)
    }

    /// The id of the session that the line at `place` opened.
    pub fn session(&self, place: Place) -> String {
        self.derive("session", place, 0)
    }

    fn derive(&self, purpose: &str, place: Place, counter: u32) -> String {
        let mut mac = self.keyed.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        let length = u32::try_from(self.source.len()).unwrap_or(u32::MAX);
        mac.update(&length.to_be_bytes());
        mac.update(self.source.as_bytes());
        mac.update(place.file.bytes());
        mac.update(&place.offset.to_be_bytes());
        mac.update(&counter.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Fingerprint;

    /// Every part of the origin must count, and an id must stay what it was: collectors that are
    /// updated would send everything again.
    #[test]
    fn ids_are_stable_and_distinct() {
        let ids = EventIds::new(&EventIds::TEST_KEY, "login");
        let place = Place { file: Fingerprint::of(b"first"), offset: 7 };
        let others = [
            ids.event(place, 1),
            ids.session(place),
            ids.event(Place { offset: 8, ..place }, 0),
            ids.event(Place { file: Fingerprint::of(b"second"), ..place }, 0),
            EventIds::new(&EventIds::TEST_KEY, "other").event(place, 0),
            EventIds::new(&[0; 32], "login").event(place, 0),
        ];
        let id = ids.event(place, 0);
        assert_eq!(id, ids.event(place, 0));
        assert_eq!(id.len(), 32);
        assert!(!others.contains(&id), "{others:?}");
    }
}
