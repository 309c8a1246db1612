//! `annals compact`: the sealed segments of a stopped ledger in the form that takes least room.
//!
//! A server does this by itself, behind its work. Stopped half-way, what was finished stays and the
//! rest is as it was.

use std::ops::ControlFlow;

use annals_ledger::{Ledger, LedgerError, LedgerReader, Options, Rewritten, Watch};
use indicatif::ProgressBar;
use serde_json::json;

use crate::args::CompactArgs;
use crate::exit::{Exit, chain};
use crate::output;

/// Compacts what is sealed and not compacted yet.
pub(crate) fn run(args: &CompactArgs) -> Result<(), Exit> {
    let fault = |error: LedgerError| {
        Exit::fault(&format!("cannot compact {}", args.data.display()), &error)
    };
    // An open would make a ledger where there is none.
    LedgerReader::open(&args.data).map_err(fault)?;
    let ledger = Ledger::open(&args.data, Options::default()).map_err(|error| match error {
        LedgerError::Locked { .. } => Exit::No(chain(&error)),
        error => fault(error),
    })?;
    let mut waiting = ledger.sealed_segments();
    waiting.retain(|segment| !segment.compacted);
    let leaves: u64 = waiting.iter().map(|segment| segment.leaves).sum();
    let bar = ProgressBar::new(2 * leaves);
    let (mut before, mut after) = (0, 0);
    for segment in &waiting {
        let Rewritten { bytes_before, bytes_after } =
            ledger.compact(segment.first, &mut Bar(&bar)).map_err(fault)?;
        before += bytes_before;
        after += bytes_after;
    }
    bar.finish_and_clear();
    ledger.close().map_err(fault)?;
    if args.json {
        return output::json(&json!({
            "segments": waiting.len(),
            "events": leaves,
            "bytes_before": before,
            "bytes_after": after,
        }));
    }
    output::line(&format!(
        "{} segments of {leaves} events compacted: {before} bytes before, {after} after",
        waiting.len()
    ))?;
    if waiting.is_empty() {
        output::hint("a segment is sealed at 256 MiB, or by the first event a day after its own");
    }
    Ok(())
}

/// Progress on a terminal.
struct Bar<'a>(&'a ProgressBar);

impl Watch for Bar<'_> {
    fn leaves(&mut self, count: u64) -> ControlFlow<()> {
        self.0.inc(count);
        ControlFlow::Continue(())
    }
}
