//! `Scoped`: what scopes show of a part, kept for the next question under the same scope.
//!
//! A part does not change but for deleted rows, and those are no business of a scope. Few people
//! ask at a time, so a few scopes are kept, the one used last at the back.

use std::sync::{Arc, Mutex, PoisonError};

use crate::sets::Sets;

/// Scopes kept for a part; each costs two bits a row at most.
const SCOPES_MAX: usize = 8;

/// What scopes show of a part.
#[derive(Default)]
pub(crate) struct Scoped(Mutex<Vec<(Box<str>, Arc<Sets>)>>);

impl Scoped {
    /// What the scope with this text shows; `make` says it the first time.
    pub(crate) fn of(&self, scope: &str, make: impl FnOnce() -> Sets) -> Arc<Sets> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = {
            let mut kept = kept();
            let place = kept.iter().position(|(text, _)| **text == *scope);
            place.map(|place| {
                let last = kept.len() - 1;
                kept[place..=last].rotate_left(1);
                Arc::clone(&kept[last].1)
            })
        };
        // Not under the lock: two who ask at once may both make it.
        found.unwrap_or_else(|| {
            let sets = Arc::new(make());
            let mut kept = kept();
            if kept.len() >= SCOPES_MAX {
                kept.remove(0);
            }
            kept.push((scope.into(), Arc::clone(&sets)));
            sets
        })
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
            assert!(sets.sure.contains(doc) && sets.sure.count() == 1);
            made
        };
        let kept = SCOPES_MAX as u32;
        assert!((0..kept).all(ask) && !ask(0) && ask(kept));
        assert!(!ask(0) && ask(1), "the one not used for longest is forgotten");
        assert_eq!(scoped.0.lock().unwrap().len(), SCOPES_MAX);
    }
}
