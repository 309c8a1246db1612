//! `SearchIndex`: the parts of one snapshot, and what is needed to read events.
//!
//! Only the doors that questions go through; nothing fills it yet.

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use annals_ledger::LedgerReader;
use annals_record::Catalogue;

use crate::QueryError;
use crate::part::Part;

/// The index.
#[derive(Clone)]
pub struct SearchIndex {
    pub(crate) reader: LedgerReader,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) snapshot: Snapshot,
}

#[derive(Clone)]
pub(crate) struct Snapshot {
    pub(crate) parts: Arc<Vec<Part>>,
}

impl Snapshot {
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
    pub(crate) fn settled(&self) -> u64 {
        0
    }
}

impl SearchIndex {
    pub(crate) fn snapshot_to(
        &self,
        _: u64,
        _: Instant,
    ) -> Result<(Snapshot, Option<Range<u64>>), QueryError> {
        Ok((self.snapshot.clone(), None))
    }
    pub(crate) fn reader(&self) -> &LedgerReader {
        &self.reader
    }
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }
}
