//! `annals verify`: a data folder or a portable proof, offline.
//!
//! Trust comes only from what the caller brings: verifier keys (`--key`), a policy of logs and
//! witnesses (`--policy`), and checkpoints that were kept outside (`--checkpoint`, `--published`).
//! With the folder's own key the answer is "self-consistent only".

mod folder;
mod proof;
mod published;
mod trust;

use crate::args::VerifyArgs;
use crate::exit::Exit;

/// Verifies what the arguments name.
pub(crate) fn run(args: &VerifyArgs) -> Result<(), Exit> {
    let trust = trust::Trust::new(&args.keys, args.policy.as_deref())?;
    match (&args.data, &args.file) {
        (Some(data), _) => folder::verify(data, &trust, args),
        (None, Some(file)) => proof::verify(file, &trust, args.json),
        (None, None) => Err(Exit::Usage("name a proof file, or a folder with --data".to_owned())),
    }
}
