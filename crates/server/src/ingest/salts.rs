//! Record salts from the system's random source, many at a time.

use annals_record::RecordSalt;

const SALT_BYTES: usize = 16;
/// Most salts drawn with one system call.
const SALTS_DRAWN_MAX: usize = 256;

/// A supply of fresh salts; each is given out once.
pub(super) struct Salts {
    bytes: Vec<u8>,
    used: usize,
}

impl Salts {
    /// A supply that draws about as many at a time as will be `wanted`: random bytes are dear,
    /// and a request of one event needs one salt.
    pub(super) fn new(wanted: usize) -> Self {
        let bytes = vec![0; wanted.clamp(1, SALTS_DRAWN_MAX) * SALT_BYTES];
        Self { used: bytes.len(), bytes }
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
        for wanted in [0, 1, 3, 1_000_000] {
            let mut salts = Salts::new(wanted);
            let drawn: HashSet<[u8; 16]> =
                (0..1_000).map(|_| salts.next().expect("random bytes").0).collect();
            assert_eq!(drawn.len(), 1_000);
        }
    }
}
