//! Fingerprints of masked secrets, the newest of them. What they are made of is not known here.

use annals_record::Tag;
use rusqlite::params;

use super::{Control, ControlError};

/// Fingerprints kept; older ones make room for new ones. About 80 bytes each, indexes included.
const FINGERPRINTS_KEPT_MAX: u64 = 1_000_000;

/// What is told of one secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    /// The field that it was masked in.
    pub(crate) field: Tag,
    /// The first bytes of its keyed hash.
    pub(crate) value: u32,
}

/// A fingerprint and where it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Position of the leaf.
    pub(crate) leaf: u64,
    pub(crate) emitter: String,
    pub(crate) fingerprint: Fingerprint,
}

impl Control {
    /// Keeps fingerprints.
    ///
    /// # Errors
    /// When the database fails; then none of them is kept.
    pub(crate) fn keep_fingerprints(&self, taken: &[Taken]) -> Result<(), ControlError> {
        self.keep_newest_fingerprints(taken, FINGERPRINTS_KEPT_MAX)
    }

    pub(super) fn keep_newest_fingerprints(
        &self,
        taken: &[Taken],
        kept_max: u64,
    ) -> Result<(), ControlError> {
        self.transact(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO fingerprints (leaf, field, emitter, value) VALUES (?, ?, ?, ?)",
            )?;
            for Taken { leaf, emitter, fingerprint: Fingerprint { field, value } } in taken {
                insert.execute(params![leaf, field.0, emitter, value])?;
            }
            transaction.execute(
                "DELETE FROM fingerprints \
                 WHERE number <= (SELECT max(number) FROM fingerprints) - ?",
                [kept_max],
            )?;
            Ok(())
        })
    }

    /// Those of a leaf, in the order of its fields.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn fingerprints(&self, leaf: u64) -> Result<Vec<Fingerprint>, ControlError> {
        let select = "SELECT field, value FROM fingerprints WHERE leaf = ? ORDER BY number";
        let list = |inner: &super::Inner| {
            let mut statement = inner.connection.prepare_cached(select)?;
            let rows = statement.query_map([leaf], |row| {
                Ok(Fingerprint { field: Tag(row.get(0)?), value: row.get(1)? })
            })?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        list(&self.lock()).map_err(|source| self.fault(source))
    }

    /// The newest other leaves of an emitter in which the same secret was masked, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn leaves_with_fingerprint(
        &self,
        emitter: &str,
        value: u32,
        other_than: u64,
        limit: usize,
    ) -> Result<Vec<u64>, ControlError> {
        let select = "SELECT DISTINCT leaf FROM fingerprints \
                      WHERE value = ? AND emitter = ? AND leaf <> ? ORDER BY leaf DESC LIMIT ?";
        let list = |inner: &super::Inner| {
            let mut statement = inner.connection.prepare_cached(select)?;
            let wanted = params![value, emitter, other_than, limit as u64];
            let rows = statement.query_map(wanted, |row| row.get(0))?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        list(&self.lock()).map_err(|source| self.fault(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: found by the leaf and by the secret, of one emitter, and never more than so many.
    #[test]
    fn the_newest_are_kept() {
        let dir = tempfile::tempdir().expect("a folder");
        let control = Control::open(dir.path()).expect("opens");
        let taken = |leaf, emitter: &str, value| Taken {
            leaf,
            emitter: emitter.to_owned(),
            fingerprint: Fingerprint { field: Tag::REQUEST_DATA, value },
        };
        let (a, b) = ("00000001", "00000002");
        let all = [taken(1, a, 7), taken(2, a, u32::MAX), taken(3, b, 7), taken(4, a, 7)];
        control.keep_newest_fingerprints(&all, 4).expect("kept");
        let of = |leaf| control.fingerprints(leaf).expect("read");
        assert_eq!(of(2), [taken(2, a, u32::MAX).fingerprint]);
        let with = |emitter, value, other| {
            control.leaves_with_fingerprint(emitter, value, other, 10).expect("read")
        };
        assert_eq!(with(a, 7, 4), [1]);
        assert_eq!(with(a, 7, 9), [4, 1]);
        assert_eq!(with(b, 7, 3), Vec::<u64>::new());
        control.keep_newest_fingerprints(&[taken(5, a, 7)], 4).expect("kept");
        assert_eq!((of(1), of(5).len()), (Vec::new(), 1));
        assert_eq!(with(a, 7, 9), [5, 4]);
    }
}
