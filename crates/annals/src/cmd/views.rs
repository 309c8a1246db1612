//! `annals views rebuild`: the index of events anew from the ledger.
//!
//! A server repairs its index by itself; this is for whoever wants it done beforehand, or seen.
//! Stopped half-way, the next start of the server finishes it.

use std::path::Path;
use std::sync::Arc;

use annals_ledger::{Ledger, LedgerError, LedgerReader, Options};
use annals_record::Catalogue;
use annals_views::{IndexOptions, SearchIndex};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::ViewsCommand;
use crate::exit::{Exit, chain};
use crate::output;

/// Where the server keeps what can be rebuilt.
const VIEWS: &str = "views";
const PROGRESS: &str = "{bar:40} {pos} of {len} events, {per_sec}, {eta} left";

/// Runs the one there is.
pub(crate) fn run(command: ViewsCommand) -> Result<(), Exit> {
    match command {
        ViewsCommand::Rebuild { data, json } => rebuild(&data, json),
    }
}

fn rebuild(data: &Path, json: bool) -> Result<(), Exit> {
    let context = format!("cannot rebuild the views of {}", data.display());
    let fault = |error: LedgerError| Exit::fault(&context, &error);
    // An open would make a ledger where there is none.
    LedgerReader::open(data).map_err(fault)?;
    let ledger = Ledger::open(data, Options::default()).map_err(|error| match error {
        LedgerError::Locked { .. } => Exit::No(chain(&error)),
        error => fault(error),
    })?;
    let folder = data.join(VIEWS);
    let failed = |error| Exit::fault(&context, &error);
    SearchIndex::delete(&folder).map_err(failed)?;
    let catalogue = Arc::new(Catalogue::built_in());
    let options = IndexOptions::default();
    let (index, mut indexer) =
        SearchIndex::open(&folder, ledger.reader(), catalogue, options).map_err(failed)?;
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(PROGRESS) {
        bar.set_style(style);
    }
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    indexer.catch_up(progress).map_err(failed)?;
    let sealed = indexer.seal();
    bar.finish_and_clear();
    if !sealed {
        return Err(Exit::Fault(format!("{context}: the rows could not be written; see the log")));
    }
    let stats = index.stats();
    drop(indexer);
    ledger.close().map_err(fault)?;
    if json {
        return output::json(&json!({
            "events": stats.end,
            "rows": stats.rows,
            "parts": stats.parts,
            "bytes": stats.disk_bytes,
        }));
    }
    output::line(&format!(
        "{} events indexed: {} rows in {} parts, {} bytes",
        stats.end, stats.rows, stats.parts, stats.disk_bytes
    ))
}
