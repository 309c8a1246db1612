//! Seals events into batches, hands batches to the ledger and waits for their receipts.
//!
//! A batch takes its ticket before its first event is sealed, because the ticket holds the
//! `received_time` that is sealed in. A held ticket holds up everybody behind it, so a thread
//! that has one never waits for anything but its own processor time.

use std::time::Duration;

use annals_api::wire::event::parse_event;
use annals_ledger::limits::BATCH_EVENTS_MAX;
use annals_ledger::{LedgerError, OnConflict, Place, Receipt, Ticket};
use annals_record::{Fault, Leaf, Record, Sealed, Sender, codes};
use annals_views::Row;
use uuid::Uuid;

use crate::control::Fingerprint;

use super::limits::LINE_BYTES_MAX;
use super::lines::Item;
use super::outcome::Source;
use super::{Ingest, IngestError, Outcome, Quarantined, Request, Salts};

/// Bytes of text in a batch that is not strict; half of what the ledger takes, because cores and
/// escapes add to the text.
const BATCH_TEXT_BYTES_MAX: usize = annals_ledger::limits::BATCH_BYTES_MAX / 2;
/// About the text of one event, for the number of salts to draw.
const EVENT_TEXT_BYTES: usize = 512;
/// Code of a line whose id is taken by other content.
const ID_CONFLICT: &str = "id_conflict";
/// Code of a line longer than a line may be.
const LINE_TOO_LONG: &str = "line_too_long";
/// Pauses between two asks for a ticket once a part of the request is on its way.
const BUSY_PAUSE: Duration = Duration::from_millis(2);
/// How often to ask again before the rest of the request is given up.
const BUSY_RETRIES_MAX: u32 = 15_000;

/// The batches of one request.
pub(super) struct Batches<'a> {
    ingest: &'a Ingest,
    request: &'a Request<'a>,
    strict: bool,
    /// Send a batch as soon as it is full; otherwise only on `send_all`.
    eager: bool,
    on_conflict: OnConflict,
    /// Text of the request that is in no batch yet, for the size of tickets.
    text_bytes_left: usize,
    /// The batch being filled; takes its ticket with its first line.
    open: Option<Batch>,
    full: Vec<Batch>,
    sent: Vec<Sent>,
    salts: Salts,
}

/// One batch being filled.
struct Batch {
    ticket: Ticket,
    leaves: Vec<Sealed>,
    sources: Vec<Source>,
    fingerprints: Masked,
    text_bytes: usize,
}

/// What was masked in which leaf of a batch: its place, and the fingerprints.
type Masked = Vec<(usize, Vec<Fingerprint>)>;

/// A leaf ready for a batch.
struct Ready {
    sealed: Sealed,
    fingerprints: Vec<Fingerprint>,
}

/// One batch on its way.
struct Sent {
    receipt: Receipt,
    sources: Vec<Source>,
    fingerprints: Masked,
    on_conflict: OnConflict,
}

/// A line whose id is taken by other content.
pub(super) struct Conflict {
    pub(super) line: u64,
    /// Position of the event that has the id.
    pub(super) index: u64,
    pub(super) fault: Fault,
}

impl<'a> Batches<'a> {
    /// One batch, all or nothing.
    pub(super) fn strict(ingest: &'a Ingest, request: &'a Request<'a>, text_bytes: usize) -> Self {
        let each = Self::each(ingest, request, text_bytes, false);
        Self { strict: true, on_conflict: OnConflict::Refuse, ..each }
    }

    /// As many batches as it takes.
    pub(super) fn each(
        ingest: &'a Ingest,
        request: &'a Request<'a>,
        text_bytes: usize,
        eager: bool,
    ) -> Self {
        Self {
            ingest,
            request,
            strict: false,
            eager,
            on_conflict: OnConflict::Skip,
            text_bytes_left: text_bytes,
            open: None,
            full: Vec::new(),
            sent: Vec::new(),
            salts: Salts::new(text_bytes / EVENT_TEXT_BYTES + 1),
        }
    }

    /// From now on a conflict refuses its batch; for batches not sent yet.
    pub(super) fn refuse_conflicts(&mut self) {
        self.on_conflict = OnConflict::Refuse;
    }

    /// Seals one line into a batch; the inner error are its faults.
    pub(super) fn push(
        &mut self,
        item: &Item<'_>,
        broken: Option<&Fault>,
    ) -> Result<Result<(), Vec<Fault>>, IngestError> {
        let text_bytes = item.text.len();
        let sealed = match parse(item, broken) {
            Ok((record, faults)) => {
                self.seal(&record, faults, self.request.sender, text_bytes)?.and_then(|ready| {
                    in_scope(ready, |leaf| {
                        let scope = self.request.scope;
                        scope.is_none_or(|scope| scope.sees(&Row::new(leaf, 0)))
                    })
                })
            }
            Err(fault) => Err(vec![fault]),
        };
        self.text_bytes_left = self.text_bytes_left.saturating_sub(text_bytes);
        Ok(sealed.map(|ready| self.add(ready, Source::Line(item.line), text_bytes)))
    }

    /// Seals a record of the sender into a batch, if `sees` lets it write the leaf; the inner
    /// error are its faults.
    pub(super) fn push_record(
        &mut self,
        record: &Record<'_>,
        faults: Vec<Fault>,
        sees: impl Fn(&Leaf) -> bool,
    ) -> Result<Result<(), Vec<Fault>>, IngestError> {
        let text_bytes = self.text_bytes_left;
        let sealed = self.seal(record, faults, self.request.sender, text_bytes)?;
        let sealed = sealed.and_then(|ready| in_scope(ready, sees));
        Ok(sealed.map(|ready| self.add(ready, Source::Line(1), text_bytes)))
    }

    /// Seals a rejected line into a batch. One that was kept before is not kept again; what that
    /// saves of the quota stands in the outcome.
    pub(super) fn push_kept(&mut self, kept: &Quarantined) -> Result<(), IngestError> {
        self.push_server(kept.record(), kept.cost())
    }

    /// Seals an event of the server itself into a batch; its time, if absent, is now.
    pub(super) fn push_own(&mut self, record: Record<'_>) -> Result<(), IngestError> {
        self.push_server(record, 0)
    }

    fn push_server(&mut self, mut record: Record<'_>, quota_bytes: u64) -> Result<(), IngestError> {
        let text_bytes = record.origin.as_ref().map_or(0, |origin| origin.len());
        let received = self.room(text_bytes)?.ticket.received_time;
        record.time.get_or_insert_with(|| received.to_string().into());
        let sealed = self
            .seal(&record, Vec::new(), &self.ingest.server, text_bytes)?
            .map_err(|faults| IngestError::Own(describe(&faults)))?;
        self.add(sealed, Source::Own { quota_bytes }, text_bytes);
        Ok(())
    }

    fn seal(
        &mut self,
        record: &Record<'_>,
        mut faults: Vec<Fault>,
        sender: &Sender,
        text_bytes: usize,
    ) -> Result<Result<Ready, Vec<Fault>>, IngestError> {
        let catalogue = &self.ingest.catalogue;
        let salt = self.salts.next()?;
        let received = self.room(text_bytes)?.ticket.received_time;
        Ok(match record.seal(catalogue, sender, received, salt, new_id) {
            Ok(sealed) if faults.is_empty() => {
                let fingerprints = self.fingerprints(record, &sealed, sender);
                Ok(Ready { sealed, fingerprints })
            }
            Ok(_) => Err(faults),
            Err(others) => {
                // A field that was at fault already is not reported as missing too.
                let known: Vec<_> = faults.iter().map(|fault| fault.field.clone()).collect();
                faults.extend(others.into_iter().filter(|other| !known.contains(&other.field)));
                Err(faults)
            }
        })
    }

    /// Those of what was masked in what somebody else sent.
    fn fingerprints(
        &self,
        record: &Record<'_>,
        sealed: &Sealed,
        sender: &Sender,
    ) -> Vec<Fingerprint> {
        match &self.ingest.fingerprints {
            Some(fingerprints) if sealed.is_masked && !sender.is_server => {
                let operation = sealed.leaf.core().operation();
                fingerprints.of(record, &self.ingest.catalogue, operation, &sender.emitter)
            }
            _ => Vec::new(),
        }
    }

    fn add(&mut self, ready: Ready, source: Source, text_bytes: usize) {
        let Ready { sealed, fingerprints } = ready;
        if let Some(batch) = &mut self.open {
            if !fingerprints.is_empty() {
                batch.fingerprints.push((batch.leaves.len(), fingerprints));
            }
            batch.leaves.push(sealed);
            batch.sources.push(source);
            batch.text_bytes += text_bytes;
        }
    }

    /// The open batch, a new one if it cannot hold `text_bytes` more.
    fn room(&mut self, text_bytes: usize) -> Result<&mut Batch, IngestError> {
        let fits = |batch: &Batch| {
            self.strict
                || batch.leaves.is_empty()
                || (batch.leaves.len() < BATCH_EVENTS_MAX
                    && batch.text_bytes + text_bytes <= BATCH_TEXT_BYTES_MAX)
        };
        let batch = match self.open.take() {
            Some(batch) if fits(&batch) => batch,
            Some(batch) if self.eager => {
                // The full batch goes first: waiting for a ticket while holding another would
                // hold up the very commits that make room.
                self.send(batch);
                self.patient_ticket().map(Batch::new)?
            }
            full => {
                self.full.extend(full);
                Batch::new(self.ticket()?)
            }
        };
        Ok(self.open.insert(batch))
    }

    fn ticket(&self) -> Result<Ticket, LedgerError> {
        let ledger_max = annals_ledger::limits::BATCH_BYTES_MAX;
        let batch_max = if self.strict { ledger_max } else { BATCH_TEXT_BYTES_MAX };
        self.ingest.appender.ticket(self.text_bytes_left.clamp(1, batch_max))
    }

    /// A ticket for the rest of a request that is partly on its way: worth waiting for.
    fn patient_ticket(&mut self) -> Result<Ticket, IngestError> {
        for _ in 0..BUSY_RETRIES_MAX {
            match self.ticket() {
                Err(LedgerError::Busy) => std::thread::sleep(BUSY_PAUSE),
                Ok(ticket) => return Ok(ticket),
                Err(error) => return Err(self.give_up(error)),
            }
        }
        Err(self.give_up(LedgerError::Busy))
    }

    fn send(&mut self, batch: Batch) {
        let Batch { ticket, leaves, sources, fingerprints, .. } = batch;
        let on_conflict = self.on_conflict;
        let receipt = self.ingest.appender.append(ticket, leaves, on_conflict);
        self.sent.push(Sent { receipt, sources, fingerprints, on_conflict });
    }

    /// Hands everything to the ledger and waits until all of it is durable and proved.
    pub(super) fn finish(mut self) -> Result<(Outcome, Vec<Conflict>), IngestError> {
        for batch in std::mem::take(&mut self.full).into_iter().chain(self.open.take()) {
            if !batch.leaves.is_empty() {
                self.send(batch);
            }
        }
        let (outcome, conflicts, failure) = self.wait();
        match failure {
            None => Ok((outcome, conflicts)),
            Some(error) => Err(failed(outcome, error)),
        }
    }

    /// Every batch is waited for, also behind a failed one: what was kept must be known.
    fn wait(&mut self) -> (Outcome, Vec<Conflict>, Option<LedgerError>) {
        let (mut outcome, mut conflicts) = (Outcome::default(), Vec::new());
        let mut failure = None;
        for Sent { receipt, sources, fingerprints, on_conflict } in self.sent.drain(..) {
            let appended = match receipt.wait() {
                Ok(appended) => appended,
                Err(error) => {
                    failure.get_or_insert(error);
                    continue;
                }
            };
            outcome.add(&appended, &sources);
            self.ingest.note(&fingerprints, &appended.places, &self.request.sender.emitter);
            for (place, source) in appended.places.iter().zip(&sources) {
                let Place::Conflict(index) = place else { continue };
                outcome.refused |= on_conflict == OnConflict::Refuse;
                if let Source::Line(line) = source {
                    conflicts.push(Conflict::new(*line, index.0));
                }
            }
        }
        (outcome, conflicts, failure)
    }

    fn give_up(&mut self, error: LedgerError) -> IngestError {
        let (outcome, _, failure) = self.wait();
        failed(outcome, failure.unwrap_or(error))
    }
}

impl Batch {
    fn new(ticket: Ticket) -> Self {
        let (leaves, sources, fingerprints) = (Vec::new(), Vec::new(), Vec::new());
        Self { ticket, leaves, sources, fingerprints, text_bytes: 0 }
    }
}

impl Ingest {
    /// Notes the fingerprints of the leaves that were kept now.
    fn note(&self, fingerprints: &Masked, places: &[Place], emitter: &str) {
        let Some(noted) = &self.fingerprints else { return };
        for (place, found) in fingerprints {
            if let Some(Place::Accepted(index)) = places.get(*place) {
                noted.note(index.0, emitter, found);
            }
        }
    }
}

impl Conflict {
    fn new(line: u64, index: u64) -> Self {
        let message = format!(
            "the event at index {index} has this id and other content; give each event its own id"
        );
        Self { line, index, fault: Fault::new(ID_CONFLICT, "id", message) }
    }
}

/// What is not known to be in the sender's scope is not the sender's to write.
fn in_scope(ready: Ready, sees: impl Fn(&Leaf) -> bool) -> Result<Ready, Vec<Fault>> {
    if sees(&ready.sealed.leaf) {
        return Ok(ready);
    }
    let message = "the token is limited to other events; use one whose scope covers this";
    Err(vec![Fault::new(codes::OUT_OF_SCOPE, "", message.to_owned())])
}

fn parse<'a>(item: &Item<'a>, broken: Option<&Fault>) -> Result<(Record<'a>, Vec<Fault>), Fault> {
    if let Some(fault) = broken {
        return Err(fault.clone());
    }
    if item.text.len() > LINE_BYTES_MAX {
        let bytes = item.text.len();
        let message = format!("the line has {bytes} bytes; at most {LINE_BYTES_MAX} are allowed");
        return Err(Fault::new(LINE_TOO_LONG, "", message));
    }
    parse_event(item.text)
}

fn failed(kept: Outcome, source: LedgerError) -> IngestError {
    match source {
        LedgerError::BatchTooLarge { .. } => IngestError::StrictTooLarge,
        source if kept.checkpoint.is_none() => IngestError::Ledger(source),
        source => IngestError::Cut { kept: Box::new(kept), source },
    }
}

fn new_id() -> String {
    Uuid::now_v7().to_string()
}

fn describe(faults: &[Fault]) -> String {
    let each: Vec<String> = faults
        .iter()
        .map(|fault| format!("{} {}: {}", fault.field, fault.code, fault.message))
        .collect();
    each.join("; ")
}
