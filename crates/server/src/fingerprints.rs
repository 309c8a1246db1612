//! `Fingerprints`: which masked secrets were the same, for role security-admin alone.
//!
//! A secret itself is kept nowhere. Of a token, key or cookie four bytes of a hash under a key of
//! this server and of the emitter are kept in the control database, so that two uses of one
//! stolen token can be told to be of the same; of passwords, PINs and one-time codes nothing
//! (`annals_record::Record::tell_secrets` leaves them out). Never in the ledger, in a proof, in a
//! log, or in any other answer.
//!
//! Written behind the events in bounded memory: a crash loses what was not written, and an event
//! whose fingerprints are lost is whole all the same.

use std::sync::{Mutex, MutexGuard, PoisonError};

use annals_record::{Catalogue, Record};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::control::{Control, ControlError, Fingerprint, SECRET_BYTES, Taken};

/// Fingerprints kept of one event; further secrets in it have none.
pub(crate) const FINGERPRINTS_OF_EVENT_MAX: usize = 32;
/// Fingerprints in memory that wait to be written.
const WAITING_MAX: usize = 100_000;
/// Fingerprints written in one transaction, so that nobody waits long for the database.
const WRITTEN_AT_ONCE_MAX: usize = 2_000;

/// Makes fingerprints, and has them until they are written.
pub(crate) struct Fingerprints {
    key: [u8; SECRET_BYTES],
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    taken: Vec<Taken>,
    /// Those for which there was no room.
    lost: u64,
}

impl Fingerprints {
    /// With the server's key.
    pub(crate) fn new(key: [u8; SECRET_BYTES]) -> Self {
        Self { key, waiting: Mutex::default() }
    }

    /// The fingerprints of what was masked in a record of `emitter`, each once.
    pub(crate) fn of(
        &self,
        record: &Record<'_>,
        catalogue: &Catalogue,
        operation: &str,
        emitter: &str,
    ) -> Vec<Fingerprint> {
        let mut found = Vec::new();
        record.tell_secrets(catalogue, operation, &mut |field, secret| {
            if found.len() < FINGERPRINTS_OF_EVENT_MAX {
                let fingerprint = Fingerprint { field, value: self.value(emitter, secret) };
                if !found.contains(&fingerprint) {
                    found.push(fingerprint);
                }
            }
        });
        found
    }

    /// Notes those of a leaf that is in the ledger now.
    pub(crate) fn note(&self, leaf: u64, emitter: &str, found: &[Fingerprint]) {
        let mut waiting = self.lock();
        for fingerprint in found {
            if waiting.taken.len() < WAITING_MAX {
                let (emitter, fingerprint) = (emitter.to_owned(), *fingerprint);
                waiting.taken.push(Taken { leaf, emitter, fingerprint });
            } else {
                waiting.lost += 1;
            }
        }
    }

    /// Writes what waits. What cannot be written now is tried again. Blocks.
    pub(crate) fn write(&self, control: &Control) -> Result<(), ControlError> {
        loop {
            let (taken, lost) = {
                let mut waiting = self.lock();
                let count = waiting.taken.len().min(WRITTEN_AT_ONCE_MAX);
                let taken: Vec<Taken> = waiting.taken.drain(..count).collect();
                (taken, std::mem::take(&mut waiting.lost))
            };
            if lost > 0 {
                tracing::warn!(lost, "there was no room for the fingerprints of masked secrets");
            }
            if taken.is_empty() {
                return Ok(());
            }
            if let Err(error) = control.keep_fingerprints(&taken) {
                let mut waiting = self.lock();
                waiting.taken.splice(..0, taken);
                return Err(error);
            }
        }
    }

    fn value(&self, emitter: &str, secret: &str) -> u32 {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("any length of a key will do");
        // No emitter holds a zero byte, so no two pairs are the same text.
        for part in [emitter.as_bytes(), b"\0", secret.as_bytes()] {
            mac.update(part);
        }
        let hash = mac.finalize().into_bytes();
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Whoever panicked while holding it left whole entries behind.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use annals_record::Tag;

    use super::*;

    // Protects: the same secret is known again, elsewhere it looks like another, and one event
    // cannot fill the database.
    #[test]
    fn one_secret_of_one_emitter_has_one_fingerprint() {
        let fingerprints = Fingerprints::new([7; SECRET_BYTES]);
        let catalogue = Catalogue::built_in();
        let of = |data: &str, emitter: &str| {
            let record = Record { request_data: Some(data.into()), ..Record::default() };
            fingerprints.of(&record, &catalogue, "cluster.create", emitter)
        };
        let once = of(r#"{"token":"abcd-1234"}"#, "00000001");
        assert_eq!(once.len(), 1);
        assert_eq!(once, of(r#"{"x":{"Authorization":"Bearer abcd-1234"}}"#, "00000001"));
        assert_eq!(once, of(r#"{"token":"abcd-1234","api_key":"abcd-1234"}"#, "00000001"));
        assert_ne!(once, of(r#"{"token":"abcd-1234"}"#, "00000002"));
        assert_ne!(once, of(r#"{"token":"abcd-1235"}"#, "00000001"));
        assert_eq!(of(r#"{"password":"abcd-1234","pin":"123456"}"#, "00000001"), []);
        let many: Vec<String> = (0..100).map(|n| format!("\"token-{n}\"")).collect();
        let many = format!("{{\"tokens\":[{}]}}", many.join(","));
        assert_eq!(of(&many, "00000001").len(), FINGERPRINTS_OF_EVENT_MAX);
        let other = Fingerprints::new([8; SECRET_BYTES]);
        assert_ne!(other.value("00000001", "abcd-1234"), once[0].value);
    }

    // What waits is bounded, and what cannot be written is not lost.
    #[test]
    fn few_wait() {
        let fingerprints = Fingerprints::new([7; SECRET_BYTES]);
        let found = [Fingerprint { field: Tag::REASON, value: 1 }; FINGERPRINTS_OF_EVENT_MAX];
        for leaf in 0..WAITING_MAX as u64 {
            fingerprints.note(leaf, "00000001", &found);
        }
        let waiting = fingerprints.lock();
        assert_eq!(waiting.taken.len(), WAITING_MAX);
        assert_eq!(waiting.lost, ((FINGERPRINTS_OF_EVENT_MAX - 1) * WAITING_MAX) as u64);
    }
}
