//! The change of keys, crash-safe at every step.
//!
//! 1. the new key is written beside the old one (`next.key`)
//! 2. a `key` control entry naming it is appended and acknowledged under the old key
//! 3. the files are switched, and the head is signed by the new key
//!
//! A start after a crash finds out from the last leaf whether 2 happened (`keys.rs`): then it
//! finishes 3, else it forgets 1.

use crate::batch::OnConflict;
use crate::clock::{Clock, SystemClock};
use crate::disk::{Disk, Real};
use crate::error::LedgerError;
use crate::keys::{Keys, load_verifiers};
use crate::layout::Layout;
use crate::ledger::Ledger;
use crate::options::Options;
use annals_proof::Verifier;
use annals_record::{Catalogue, Control, Record, RecordSalt, Sealed, Sender, Timestamp};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// Makes the current key give way to a new one: the old key signs a head that covers a `key`
/// control entry naming the new one. Takes the lock. Gives the new verifier key.
///
/// # Errors
/// `Locked` while a server runs, or as [`Ledger::open`].
pub fn rotate_key(dir: &Path) -> Result<Verifier, LedgerError> {
    rotate_key_on(Arc::new(Real), Arc::new(SystemClock), dir)
}

/// Like `rotate_key`, on a disk and with a clock of the caller.
///
/// # Errors
/// As [`rotate_key`].
pub fn rotate_key_on(
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    dir: &Path,
) -> Result<Verifier, LedgerError> {
    let layout = Layout::new(dir);
    if load_verifiers(&*disk, &layout)?.is_empty() {
        return Err(LedgerError::NotFound { folder: layout.keys });
    }
    let open = || Ledger::open_on(Arc::clone(&disk), Arc::clone(&clock), dir, Options::default());
    let ledger = open()?;
    let keys = Keys::load(&*disk, &layout)?;
    let keys = keys.ok_or_else(|| LedgerError::NotFound { folder: layout.keys.clone() })?;
    let next = keys.prepare_rotation(&*disk, &layout)?;
    append_key_event(&ledger, &layout, &next)?;
    ledger.close()?;
    // The open switches the files and signs the head with the new key.
    open()?.close()?;
    Ok(next)
}

fn append_key_event(ledger: &Ledger, layout: &Layout, next: &Verifier) -> Result<(), LedgerError> {
    let appender = ledger.appender();
    let ticket = appender.ticket(0)?;
    let sealed = key_event(layout, ticket.received_time, next)?;
    appender.append(ticket, vec![sealed], OnConflict::Refuse).wait().map(drop)
}

/// The control entry that names the next key.
fn key_event(layout: &Layout, received: Timestamp, next: &Verifier) -> Result<Sealed, LedgerError> {
    let fail = |what: String| LedgerError::Key { file: layout.keys.join("next.key"), what };
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| fail(error.to_string()))?;
    let (salt, id) = random.split_at(16);
    let salt = RecordSalt(salt.try_into().expect("half of 32 bytes"));
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let record = Record {
        time: Some(Cow::Owned(received.to_string())),
        service: Some(Cow::Borrowed("audit-log")),
        operation: Some(Cow::Borrowed("key.rotate")),
        operator: Some(Cow::Borrowed("system")),
        control: Some(Control::Key { vkey: next.to_string() }),
        ..Record::default()
    };
    let sender = Sender {
        emitter: "00000000".into(),
        region: Some("local".into()),
        stack_id: Some("annals".into()),
        may_be_system: true,
        is_server: true,
    };
    record
        .seal(&Catalogue::built_in(), &sender, received, salt, || id)
        .map_err(|faults| fail(format!("the key event is refused: {faults:?}")))
}
