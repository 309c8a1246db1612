//! The recorder: who read what, and who was refused, as events of service `audit-log`.
//!
//! Reading floods nothing: reads are told once for a caller, an operation and a filter in ten
//! seconds, refusals once for an address and a code in a minute, each with counts. Both are
//! gathered here, in bounded memory, and written behind by `flush`. What must be in the ledger
//! before it is answered does not wait here: the one who does it keeps it (`Ingest::record_own`,
//! or the outbox in the transaction of the act), and `by` says who that is. Nothing here is on
//! the way of events that are taken in.

mod reading;
mod refusal;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use annals_record::{Object, Record, Related, Timestamp};

use crate::auth::caller::Caller;
use crate::ingest::{Ingest, IngestError};

pub(crate) use reading::{Read, Shown};

use reading::{ReadKey, Reading};
use refusal::{Refusal, RefusalKey};

/// Service of the server's own events.
pub(crate) const SERVICE: &str = "audit-log";
/// Reads gathered at once. Beyond it they are counted and told with the next.
const READS_MAX: usize = 4_096;
/// Refusals gathered at once. Beyond it the address is no longer told apart.
const REFUSALS_MAX: usize = 4_096;
const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// How long reads are gathered.
const READS_NANOS: i64 = 10 * NANOS_PER_SECOND;
/// How long refusals are gathered.
const REFUSALS_NANOS: i64 = 60 * NANOS_PER_SECOND;

/// Gathers what is written behind.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<Gathered>);

#[derive(Default)]
struct Gathered {
    reads: HashMap<ReadKey, Reading>,
    refusals: HashMap<RefusalKey, Refusal>,
    /// What could not be kept when it was due.
    late: Vec<Due>,
    /// Reads for which there was no room.
    untold: u64,
}

/// One gathered entry on its way to the ledger.
enum Due {
    Read(ReadKey, Reading),
    Refusal(RefusalKey, Refusal),
}

impl Recorder {
    /// Notes that somebody read.
    pub(crate) fn read(&self, read: &Read<'_>, now: Timestamp) {
        let mut gathered = self.lock();
        let key = read.key();
        if let Some(known) = gathered.reads.get_mut(&key) {
            known.add(read, now);
        } else if gathered.reads.len() < READS_MAX {
            let untold = std::mem::take(&mut gathered.untold);
            gathered.reads.insert(key, Reading::new(read, now, untold));
        } else {
            gathered.untold += 1;
        }
    }

    /// Notes that a request was refused with `code`.
    pub(crate) fn refused(
        &self,
        by: Option<&Caller>,
        address: Option<IpAddr>,
        code: &'static str,
        route: &'static str,
        now: Timestamp,
    ) {
        let mut gathered = self.lock();
        let minute = now.nanos().div_euclid(REFUSALS_NANOS);
        let key = RefusalKey { address, code, minute };
        let is_known = gathered.refusals.contains_key(&key);
        let key = if is_known || gathered.refusals.len() < REFUSALS_MAX {
            key
        } else {
            RefusalKey { address: None, ..key }
        };
        gathered.refusals.entry(key).or_insert_with(|| Refusal::new(now)).add(by, route, now);
    }

    /// Keeps what was gathered for long enough, or all of it. What cannot be kept now is tried
    /// again. Blocks.
    pub(crate) fn flush(
        &self,
        ingest: &Ingest,
        now: Timestamp,
        everything: bool,
    ) -> Result<(), IngestError> {
        let mut due = self.take_due(now, everything);
        while let Some(entry) = due.pop() {
            match ingest.record_own(entry.record()) {
                Ok(_) => {}
                // Only a fault of ours makes such an event; it must not hold up the others.
                Err(IngestError::Own(faults)) => {
                    tracing::error!(faults, "what was read cannot be told as an event");
                }
                Err(error) => {
                    due.push(entry);
                    self.put_back(due);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn take_due(&self, now: Timestamp, everything: bool) -> Vec<Due> {
        let mut gathered = self.lock();
        let Gathered { reads, refusals, late, .. } = &mut *gathered;
        let is_old = |of: &Reading| now.nanos() - of.begun().nanos() >= READS_NANOS;
        let reads = reads.extract_if(|_, of| everything || is_old(of));
        let mut due = std::mem::take(late);
        due.extend(reads.map(|(key, of)| Due::Read(key, of)));
        let minute = now.nanos().div_euclid(REFUSALS_NANOS);
        let refusals = refusals.extract_if(|key, _| everything || key.minute < minute);
        due.extend(refusals.map(|(key, of)| Due::Refusal(key, of)));
        due
    }

    /// Beyond the bound, what is left over is counted and told with the next read.
    fn put_back(&self, mut due: Vec<Due>) {
        let mut gathered = self.lock();
        let left_over = due.split_off(due.len().min(READS_MAX + REFUSALS_MAX));
        gathered.untold += left_over.len() as u64;
        gathered.late = due;
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        // Whoever panicked while holding it left whole entries behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Due {
    fn record(&self) -> Record<'_> {
        match self {
            Self::Read(key, reading) => reading.record(key),
            Self::Refusal(key, refusal) => refusal.record(key),
        }
    }
}

/// The beginning of every event about what a caller did: who, as what, from where, with what.
pub(crate) fn by<'a>(caller: &'a Caller, operation: &'a str) -> Record<'a> {
    let identity = &caller.identity;
    let held = |role: crate::Role| Related {
        kind: Some("role".into()),
        id: Some(role.as_str().into()),
        role: Some("held".into()),
        ..Related::default()
    };
    Record {
        service: Some(SERVICE.into()),
        operation: Some(operation.into()),
        operator: Some(identity.operator().into()),
        operator_name: Some(identity.display_name.as_str().into()),
        user_type: Some(identity.user_type().into()),
        auth_method: Some(identity.auth_method().into()),
        source_ip: caller.visitor.source_ip.map(|address| address.to_string().into()),
        user_agent: caller.visitor.user_agent.as_deref().map(Into::into),
        request_id: Some(caller.visitor.request_id.as_str().into()),
        related: identity.roles.iter().map(held).collect(),
        ..Record::default()
    }
}

/// The beginning of an event about what a caller did to one thing.
pub(crate) fn about<'a>(
    caller: &'a Caller,
    operation: &'a str,
    kind: &'a str,
    id: &'a str,
) -> Record<'a> {
    let object = Object { kind: Some(kind.into()), id: Some(id.into()), ..Object::default() };
    Record { object: Some(object), ..by(caller, operation) }
}

#[cfg(test)]
mod tests;
