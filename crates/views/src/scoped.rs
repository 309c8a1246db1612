//! `Scoped`: what scopes show of a part, kept for the next question under the same scope.
//!
//! A part does not change but for deleted rows, and those are no business of a scope. Few people
//! ask at a time, so a few scopes are kept, the one used last at the back. How many rows of a
//! scope have which value is kept too, as a part keeps it for all of its rows: so a page of all
//! that somebody may see costs about what a page of everything does.

use std::sync::{Arc, Mutex, PoisonError};

use crate::columns::ColumnId;
use crate::sets::Sets;

/// Scopes kept for a part; each costs two bits a row at most, and the counts of some columns.
const SCOPES_MAX: usize = 8;
/// Distinct values of a column whose counts are kept for a scope; each costs four bytes.
const COUNTS_TERMS_MAX: u32 = 1 << 14;

/// What scopes show of a part.
#[derive(Default)]
pub(crate) struct Scoped(Mutex<Vec<(Box<str>, Arc<Shown>)>>);

/// What one scope shows.
pub(crate) struct Shown {
    pub(crate) sets: Sets,
    /// How many of the rows that it shows for sure have each value.
    counts: Mutex<Vec<(ColumnId, Arc<Vec<u32>>)>>,
}

impl Scoped {
    /// What the scope with this text shows; `make` says it the first time.
    pub(crate) fn of(&self, scope: &str, make: impl FnOnce() -> Sets) -> Arc<Shown> {
        // Not under the lock: two who ask at once may both make it.
        self.known(scope).unwrap_or_else(|| {
            let shown = Arc::new(Shown { sets: make(), counts: Mutex::default() });
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= SCOPES_MAX {
                kept.remove(0);
            }
            kept.push((scope.into(), Arc::clone(&shown)));
            shown
        })
    }

    /// The same, if it is kept.
    pub(crate) fn known(&self, scope: &str) -> Option<Arc<Shown>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(text, _)| **text == *scope)?;
        let last = kept.len() - 1;
        kept[place..=last].rotate_left(1);
        Some(Arc::clone(&kept[last].1))
    }
}

impl Shown {
    /// How many of its rows have each of the `terms` values of a column; `count` says it the first
    /// time. None for a column with too many values to keep.
    pub(crate) fn counts(
        &self,
        column: ColumnId,
        terms: u32,
        count: impl FnOnce() -> Vec<u32>,
    ) -> Option<Arc<Vec<u32>>> {
        if terms > COUNTS_TERMS_MAX {
            return None;
        }
        let kept = || self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept().iter().find(|(known, _)| *known == column).map(|(_, n)| Arc::clone(n));
        Some(found.unwrap_or_else(|| {
            let counts = Arc::new(count());
            kept().push((column, Arc::clone(&counts)));
            counts
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docset::DocSet;

    // Protects: no scope is answered with the rows of another, and few are kept.
    #[test]
    fn keeps_the_last_used() {
        let scoped = Scoped::default();
        let rows = |doc: u32| {
            let mut rows = DocSet::new_empty(64);
            rows.insert(doc);
            Sets::exact(rows)
        };
        let ask = |doc: u32| {
            let mut made = false;
            let sets = scoped.of(&doc.to_string(), || {
                made = true;
                rows(doc)
            });
            assert!(sets.sets.sure.contains(doc) && sets.sets.sure.count() == 1);
            made
        };
        let kept = SCOPES_MAX as u32;
        assert!((0..kept).all(ask) && !ask(0) && ask(kept));
        assert!(!ask(0) && ask(1), "the one not used for longest is forgotten");
        assert_eq!(scoped.0.lock().unwrap().len(), SCOPES_MAX);
    }

    // Protects: counts are those of their scope and column, made once, and few are kept.
    #[test]
    fn keeps_counts() {
        let scoped = Scoped::default();
        let shown = scoped.of("a", || Sets::exact(DocSet::new_empty(1)));
        let counts = |column, made: Vec<u32>| shown.counts(column, 2, || made).map(|n| n.to_vec());
        assert_eq!(counts(ColumnId::Operation, vec![1, 2]), Some(vec![1, 2]));
        assert_eq!(counts(ColumnId::Operation, vec![3, 4]), Some(vec![1, 2]));
        assert_eq!(counts(ColumnId::Service, vec![3, 4]), Some(vec![3, 4]));
        assert!(shown.counts(ColumnId::Service, COUNTS_TERMS_MAX + 1, Vec::new).is_none());
        assert!(scoped.known("a").is_some() && scoped.known("b").is_none());
    }
}
