//! From the bytes of a request to events that are durable and proved: the hot path.
//!
//! body -> lines -> parsed, checked, masked, sealed -> batches -> ledger -> receipts. One call
//! works on one thread and blocks until every receipt is there; calls run side by side. What is
//! kept and what is refused is decided here; that it happens over HTTP is not known here, so a
//! benchmark drives the same code in process.
//!
//! Nothing of a request is kept before all of it was split, and a request of one batch is kept
//! whole or not at all. A larger one is cut into batches: should the disk fill up between them,
//! the error tells how much was kept (`IngestError::Cut`).

mod batch;
pub mod limits;
mod lines;
mod one;
mod outcome;
mod quarantined;
mod quota;
mod salts;

use std::sync::Arc;

use annals_api::wire::append::Rejected;
use annals_ledger::{Appender, LedgerError};
use annals_record::{Catalogue, Fault, Record, Sender};
use annals_views::Scope;

use crate::auth::token::SERVER_EMITTER;
use crate::control::SECRET_BYTES;
use crate::fingerprints::Fingerprints;

pub use lines::Form;
pub(crate) use one::One;
pub use outcome::{IngestError, Outcome};
pub use quarantined::Quarantined;
pub use quota::Quota;

use batch::{Batches, Conflict};
use limits::{STRICT_BYTES_MAX, STRICT_EVENTS_MAX};
use lines::{Item, Split};
use quarantined::QuarantineIds;
use salts::Salts;

/// Region of the server's own events where the configuration names none.
const OWN_REGION: &str = "local";
/// Stack of the server's own events where the configuration names none.
const OWN_STACK: &str = "annals";

/// Takes events in. Cheap to clone; the clones share quota and ledger.
#[derive(Clone)]
pub struct Ingest {
    appender: Appender,
    catalogue: Arc<Catalogue>,
    quota: Arc<Quota>,
    server: Arc<Sender>,
    quarantine_key: Option<[u8; SECRET_BYTES]>,
    fingerprints: Option<Arc<Fingerprints>>,
}

/// How one request is to be taken.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who sent it.
    pub sender: &'a Sender,
    /// The events the sender may write; none: all.
    pub scope: Option<&'a Scope>,
    /// Its name in the server's log.
    pub request_id: Option<&'a str>,
    /// Whether it is lines, or one document.
    pub form: Form,
    /// All or nothing.
    pub strict: bool,
}

impl Ingest {
    /// Takes events into the ledger behind `appender`.
    #[must_use]
    pub fn new(appender: Appender, catalogue: Arc<Catalogue>, quota: Arc<Quota>) -> Self {
        let server = Sender {
            emitter: SERVER_EMITTER.to_owned(),
            region: Some(OWN_REGION.to_owned()),
            stack_id: Some(OWN_STACK.to_owned()),
            may_be_system: true,
            is_server: true,
        };
        let server = Arc::new(server);
        Self { appender, catalogue, quota, server, quarantine_key: None, fingerprints: None }
    }

    /// The same, where what is masked leaves fingerprints.
    pub(crate) fn with_fingerprints(self, fingerprints: Arc<Fingerprints>) -> Self {
        Self { fingerprints: Some(fingerprints), ..self }
    }

    /// The same, with the key of the ids of rejected lines: one sent again is kept once.
    #[must_use]
    pub fn with_quarantine_key(self, key: [u8; SECRET_BYTES]) -> Self {
        Self { quarantine_key: Some(key), ..self }
    }

    /// The same, with events of the server itself marked with its region and stack; empty ones
    /// keep the defaults.
    #[must_use]
    pub fn at(self, region: &str, stack_id: &str) -> Self {
        let mut server = Sender::clone(&self.server);
        for (own, given) in [(&mut server.region, region), (&mut server.stack_id, stack_id)] {
            if !given.is_empty() {
                *own = Some(given.to_owned());
            }
        }
        Self { server: Arc::new(server), ..self }
    }

    /// The server itself as a sender.
    #[must_use]
    pub fn server(&self) -> &Sender {
        &self.server
    }

    /// Takes NDJSON; blocks until all of it is durable and proved.
    ///
    /// # Errors
    /// As `take`.
    pub fn ndjson(
        &self,
        sender: &Sender,
        body: &[u8],
        strict: bool,
    ) -> Result<Outcome, IngestError> {
        self.take(
            &Request { sender, scope: None, request_id: None, form: Form::Lines, strict },
            body,
        )
    }

    /// Takes the events of one request; blocks until all of them are durable and proved.
    ///
    /// # Errors
    /// When nothing can be made of the body as a whole, or the ledger or the quota refuses; then
    /// nothing was kept, except with `Cut`.
    pub fn take(&self, request: &Request<'_>, body: &[u8]) -> Result<Outcome, IngestError> {
        let split = lines::split(body, request.form)?;
        if request.strict {
            self.take_strict(request, body, &split)
        } else {
            self.take_each(request, body, &split)
        }
    }

    /// All or nothing: one batch, refused by the first fault or conflict; nothing quarantined.
    fn take_strict(
        &self,
        request: &Request<'_>,
        body: &[u8],
        split: &Split<'_>,
    ) -> Result<Outcome, IngestError> {
        if split.items.len() > STRICT_EVENTS_MAX || body.len() > STRICT_BYTES_MAX {
            return Err(IngestError::StrictTooLarge);
        }
        let mut batches = Batches::strict(self, request, body.len());
        let mut rejected = Vec::new();
        for item in &split.items {
            if let Err(faults) = batches.push(item, split.broken.as_ref())? {
                rejected.extend(faults.iter().map(|fault| rejection(item.line, fault)));
            }
        }
        if !rejected.is_empty() {
            return Ok(Outcome::refused(rejected));
        }
        let (outcome, conflicts) = batches.finish()?;
        if conflicts.is_empty() {
            return Ok(outcome);
        }
        let faults = conflicts.iter().map(|conflict| rejection(conflict.line, &conflict.fault));
        Ok(Outcome { duplicates: outcome.duplicates, ..Outcome::refused(faults.collect()) })
    }

    /// Each line for itself: good ones are kept, bad ones quarantined.
    fn take_each(
        &self,
        request: &Request<'_>,
        body: &[u8],
        split: &Split<'_>,
    ) -> Result<Outcome, IngestError> {
        let emitter = &request.sender.emitter;
        // With quota for the worst case, batches go out as they fill. Otherwise all of the body
        // is read before any of it is kept, so that a spent quota can still refuse everything.
        let worst = quarantined::worst_cost(body.len(), split.items.len());
        let eager = self.quota.remaining(emitter) >= worst;
        let mut batches = Batches::each(self, request, body.len(), eager);
        let mut rejected = Vec::new();
        let mut spent = self.quota.reservation(emitter);
        let mut ids = QuarantineIds::new(self.quarantine_key.as_ref());
        for item in &split.items {
            if let Err(faults) = batches.push(item, split.broken.as_ref())? {
                rejected.extend(faults.iter().map(|fault| rejection(item.line, fault)));
                let kept = Quarantined::new(request, item.line, &faults, item.text, &mut ids);
                if !spent.add(kept.cost()) {
                    return Err(IngestError::QuarantineFull);
                }
                batches.push_kept(&kept)?;
            }
        }
        if self.quota.remaining(emitter) == 0 {
            batches.refuse_conflicts();
        }
        let (mut outcome, conflicts) = match batches.finish() {
            Ok(finished) => finished,
            Err(error) => {
                if let IngestError::Cut { kept, .. } = &error {
                    spent.keep(kept.quota_bytes_spared);
                }
                return Err(error);
            }
        };
        if outcome.refused {
            return Err(IngestError::QuarantineFull);
        }
        spent.keep(outcome.quota_bytes_spared);
        let conflicts = self.quarantine_conflicts(request, &split.items, &conflicts, ids)?;
        rejected.extend(conflicts);
        rejected.sort_by_key(|rejection| rejection.line);
        outcome.rejected = rejected;
        Ok(outcome)
    }

    /// Keeps the lines whose id turned out to be taken. The good lines are kept by now, so a
    /// quota spent by these is overdrawn once and refuses the next request.
    fn quarantine_conflicts(
        &self,
        request: &Request<'_>,
        items: &[Item<'_>],
        conflicts: &[Conflict],
        mut ids: QuarantineIds,
    ) -> Result<Vec<Rejected>, IngestError> {
        if conflicts.is_empty() {
            return Ok(Vec::new());
        }
        let mut spent = self.quota.reservation(&request.sender.emitter);
        let mut batches = Batches::each(self, request, 0, true);
        for Conflict { line, fault, .. } in conflicts {
            let text = items.iter().find(|item| item.line == *line).map_or(&[][..], |i| i.text);
            let faults = std::slice::from_ref(fault);
            let kept = Quarantined::new(request, *line, faults, text, &mut ids);
            spent.overdraw(kept.cost());
            batches.push_kept(&kept)?;
        }
        let (outcome, _) = batches.finish()?;
        spent.keep(outcome.quota_bytes_spared);
        Ok(conflicts.iter().map(|conflict| rejection(conflict.line, &conflict.fault)).collect())
    }

    /// Keeps one event of the server itself. Its position, also if it was kept before.
    ///
    /// # Errors
    /// When the ledger refuses it.
    pub fn record_own(&self, record: Record<'_>) -> Result<Outcome, IngestError> {
        let request = Request {
            sender: &self.server,
            scope: None,
            request_id: None,
            form: Form::Lines,
            strict: true,
        };
        let mut batches = Batches::strict(self, &request, 0);
        batches.push_own(record)?;
        Ok(batches.finish()?.0)
    }

    /// Keeps one line again that was rejected, together with the record that it was: both or
    /// neither. The outcome is that of the line.
    ///
    /// # Errors
    /// As `take`.
    pub fn replay(
        &self,
        sender: &Sender,
        scope: Option<&Scope>,
        line: &[u8],
        record: Record<'_>,
    ) -> Result<Outcome, IngestError> {
        let form = Form::Document;
        let request = Request { sender, scope, request_id: None, form, strict: true };
        let split = lines::split(line, request.form)?;
        let mut batches = Batches::strict(self, &request, line.len());
        for item in &split.items {
            if let Err(faults) = batches.push(item, split.broken.as_ref())? {
                let faults = faults.iter().map(|fault| rejection(item.line, fault));
                return Ok(Outcome::refused(faults.collect()));
            }
        }
        batches.push_own(record)?;
        let (outcome, conflicts) = batches.finish()?;
        let faults = conflicts.iter().map(|conflict| rejection(conflict.line, &conflict.fault));
        Ok(Outcome { rejected: faults.collect(), ..outcome })
    }
}

fn rejection(line: u64, fault: &Fault) -> Rejected {
    Rejected {
        line,
        code: fault.code.to_owned(),
        field: fault.field.clone().into_owned(),
        message: fault.message.clone(),
    }
}

impl From<LedgerError> for IngestError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

#[cfg(test)]
mod tests;
