//! One record by itself: the leaves of a two-phase operation.
//!
//! All or nothing, like a strict request: whoever waits for the answer before acting is told of
//! every fault and acts on it, so nothing is quarantined.

use annals_record::{Fault, Leaf, Record, Sender};

use super::batch::Batches;
use super::{Form, Ingest, IngestError, Outcome, Request, rejection};

/// What became of one record.
#[derive(Debug)]
pub(crate) struct One {
    /// Accepted, kept before, or rejected.
    pub(crate) outcome: Outcome,
    /// Position of the event that has its id and another content; nothing was kept then.
    pub(crate) taken: Option<u64>,
}

impl Ingest {
    /// Keeps one record, of whose form `faults` are known, if `sees` lets the sender write the
    /// leaf; blocks until it is durable and proved. `text_bytes`: about its size.
    ///
    /// # Errors
    /// When the ledger refuses it; nothing was kept.
    pub(crate) fn one(
        &self,
        sender: &Sender,
        record: &Record<'_>,
        faults: Vec<Fault>,
        text_bytes: usize,
        sees: impl Fn(&Leaf) -> bool,
    ) -> Result<One, IngestError> {
        let form = Form::Document;
        let request = Request { sender, scope: None, request_id: None, form, strict: true };
        let mut batches = Batches::strict(self, &request, text_bytes);
        if let Err(faults) = batches.push_record(record, faults, sees)? {
            let rejected = faults.iter().map(|fault| rejection(1, fault)).collect();
            return Ok(One { outcome: Outcome::refused(rejected), taken: None });
        }
        let (outcome, conflicts) = batches.finish()?;
        let taken = conflicts.first().map(|conflict| conflict.index);
        Ok(One { outcome, taken })
    }
}
