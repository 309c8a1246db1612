//! Record salts from the system's random source, many at a time.

use annals_record::RecordSalt;

const SALT_BYTES: usize = 16;
/// Salts drawn with one system call.
const SALTS_DRAWN: usize = 256;

/// A supply of fresh salts; each is given out once.
pub(super) struct Salts {
    bytes: Box<[u8; SALTS_DRAWN * SALT_BYTES]>,
    used: usize,
}

impl Salts {
    pub(super) fn new() -> Self {
        Self { bytes: Box::new([0; SALTS_DRAWN * SALT_BYTES]), used: SALTS_DRAWN * SALT_BYTES }
    }

    /// The next salt.
    pub(super) fn next(&mut self) -> Result<RecordSalt, getrandom::Error> {
        if self.used == self.bytes.len() {
            getrandom::fill(&mut self.bytes[..])?;
            self.used = 0;
        }
        let mut salt = [0; SALT_BYTES];
        salt.copy_from_slice(&self.bytes[self.used..self.used + SALT_BYTES]);
        self.used += SALT_BYTES;
        Ok(RecordSalt(salt))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    // A salt used twice would let equal values of two events be seen as equal.
    #[test]
    fn no_salt_is_given_twice() {
        let mut salts = Salts::new();
        let drawn: HashSet<[u8; 16]> =
            (0..3 * SALTS_DRAWN).map(|_| salts.next().expect("random bytes").0).collect();
        assert_eq!(drawn.len(), 3 * SALTS_DRAWN);
    }
}
