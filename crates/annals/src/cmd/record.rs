//! `annals record`: one event from arguments, whole or in two phases, or many from an NDJSON file.
//!
//! A file is resumable: sending it twice adds nothing. Lines without an `id` get one that is
//! derived, with a key, from the token, the line and how often that line came before, so that the
//! same file gives the same ids and an id says nothing about its event.

mod file;
mod single;

use crate::args::RecordArgs;
use crate::exit::Exit;
use crate::reach;

/// Sends what the arguments say.
pub(crate) fn run(args: &RecordArgs) -> Result<(), Exit> {
    let client = reach::client(&args.server)?;
    match (&args.ndjson, &args.finish) {
        (Some(path), _) => {
            let token = reach::token(&args.server)?;
            file::send(&client, path, &token, args.json)
        }
        (None, Some(id)) => single::finish(&client, id, args),
        (None, None) if args.begin => single::begin(&client, args),
        (None, None) => single::send(&client, args),
    }
}
