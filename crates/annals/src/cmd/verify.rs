//! `annals verify`: a data folder or a portable proof, offline.
//!
//! Trust comes only from what the caller brings: a verifier key (`--key`) and a checkpoint kept
//! earlier (`--checkpoint`). With the folder's own key the answer is "self-consistent only".

mod folder;
mod proof;

use annals_proof::Verifier;

use crate::args::VerifyArgs;
use crate::exit::{Exit, chain};

/// Verifies what the arguments name.
pub(crate) fn run(args: &VerifyArgs) -> Result<(), Exit> {
    let keys = keys(&args.keys)?;
    match (&args.data, &args.file) {
        (Some(data), _) => folder::verify(data, keys, args.checkpoint.as_deref(), args.json),
        (None, Some(file)) => proof::verify(file, &keys, args.json),
        (None, None) => Err(Exit::Usage("name a proof file, or a folder with --data".to_owned())),
    }
}

fn keys(texts: &[String]) -> Result<Vec<Verifier>, Exit> {
    texts
        .iter()
        .map(|text| {
            Verifier::parse(text.trim()).map_err(|error| {
                Exit::Usage(format!("--key {text} is not a vkey: {}", chain(&error)))
            })
        })
        .collect()
}
