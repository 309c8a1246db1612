//! The two leaves of a two-phase operation, found in the ledger alone.
//!
//! An outcome's id follows from its intent's, and both have one emitter: so either leads to the
//! other by the ledger's table of ids, and no view is needed. Blocks: not for async threads.

use annals_ledger::{Head, LeafIndex, LedgerError, LedgerReader};
use annals_proof::ProofBundle;
use annals_record::{Core, Leaf, outcome_id};

/// The intent with this id that the emitter sent.
pub(crate) fn intent(
    reader: &LedgerReader,
    id: &str,
    emitter: &str,
) -> Result<Option<(LeafIndex, Leaf)>, LedgerError> {
    find(reader, id, |core| core.phase() == Some("intent") && core.emitter() == emitter)
}

/// The outcome of an intent, if it has come.
pub(crate) fn outcome(
    reader: &LedgerReader,
    intent: &Leaf,
) -> Result<Option<(LeafIndex, Leaf)>, LedgerError> {
    let (id, emitter) = (intent.core().id(), intent.core().emitter());
    find(reader, &outcome_id(&id), |core| {
        core.of().as_deref() == Some(&*id) && core.emitter() == emitter
    })
}

fn find(
    reader: &LedgerReader,
    id: &str,
    is_it: impl Fn(Core<'_>) -> bool,
) -> Result<Option<(LeafIndex, Leaf)>, LedgerError> {
    for index in reader.find(id)? {
        match reader.leaf(index) {
            Ok(leaf) if is_it(leaf.core()) => return Ok(Some((index, leaf))),
            Ok(_) | Err(LedgerError::Pruned { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The proofs of the event that the leaf at a position belongs to: one, and of an operation that
/// has ended those of both leaves, under one head. Their texts, one after the other, are a
/// `.tlog-proof` file. `head_with` gives a head that covers a position.
///
/// # Errors
/// When the ledger cannot be read, or the leaf is not there.
pub fn prove(
    reader: &LedgerReader,
    index: LeafIndex,
    head_with: impl FnOnce(LeafIndex) -> Head,
) -> Result<Vec<ProofBundle>, LedgerError> {
    let leaf = reader.leaf(index)?;
    let core = leaf.core();
    let (first, last) = match (core.phase(), core.of()) {
        (Some("intent"), _) => {
            (index, outcome(reader, &leaf)?.map(|(outcome, _)| outcome).unwrap_or(index))
        }
        (_, Some(of)) => {
            let intent = intent(reader, &of, core.emitter())?;
            (intent.map_or(index, |(intent, _)| intent), index)
        }
        _ => (index, index),
    };
    let head = head_with(last);
    let mut proofs = vec![reader.prove_at(first, &head)?];
    if last != first {
        proofs.push(reader.prove_at(last, &head)?);
    }
    Ok(proofs)
}
