//! `annals proof ID`: the portable proof of one event, from a data folder or from a server.

use std::path::Path;

use annals_ledger::{Head, LeafIndex, LedgerReader};
use annals_proof::{ProofBundle, SignedCheckpoint};

use crate::args::ProofArgs;
use crate::exit::Exit;
use crate::{output, reach};

/// Writes the proof.
pub(crate) fn run(args: &ProofArgs) -> Result<(), Exit> {
    let text = match &args.data {
        Some(data) => from_folder(data, &args.id)?,
        None => {
            let client = reach::client(&args.server)?;
            client.proof(&args.id).map_err(|error| reach::failed(&error))?
        }
    };
    if args.out == Path::new("-") {
        return output::line(text.trim_end_matches('\n'));
    }
    std::fs::write(&args.out, text)
        .map_err(|error| Exit::fault(&format!("cannot write {}", args.out.display()), &error))
}

/// Reads the folder itself, beside a running server too.
fn from_folder(data: &Path, id: &str) -> Result<String, Exit> {
    let fault = |error| Exit::fault(&format!("cannot read {}", data.display()), &error);
    let reader = LedgerReader::open(data).map_err(fault)?;
    let found = reader.find(id).map_err(fault)?;
    match found.as_slice() {
        [] => Err(Exit::No(format!("no event has the id {id}"))),
        [index] => {
            let head_with = |index: LeafIndex| {
                let head = cosigned(data, &reader).filter(|head| index.0 < head.size.0);
                head.unwrap_or_else(|| reader.head())
            };
            let proofs = annals_server::prove(&reader, *index, head_with).map_err(fault)?;
            Ok(proofs.iter().map(ProofBundle::text).collect())
        }
        many => {
            let places: Vec<String> = many.iter().map(|index| index.0.to_string()).collect();
            Err(Exit::No(format!(
                "{} senders used the id {id} (indexes {}); ask the server by index",
                many.len(),
                places.join(", ")
            )))
        }
    }
}

/// The newest head that witnesses cosigned, if the folder knows one.
fn cosigned(data: &Path, reader: &LedgerReader) -> Option<Head> {
    let note = annals_server::cosigned_note(data).ok().flatten()?;
    let signed = SignedCheckpoint::verify(&note, &reader.verifiers()).ok()?.checkpoint;
    let head = Head { size: signed.size, root: signed.root, note: note.into() };
    (head.size <= reader.head().size).then_some(head)
}
