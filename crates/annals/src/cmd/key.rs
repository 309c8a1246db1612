//! `annals key show|rotate`: the key that signs checkpoints.

use std::path::Path;

use annals_ledger::{LedgerError, LedgerReader};
use serde_json::json;

use crate::args::KeyCommand;
use crate::exit::{Exit, chain};
use crate::output;

/// Runs one of the two.
pub(crate) fn run(command: KeyCommand) -> Result<(), Exit> {
    match command {
        KeyCommand::Show { data, all, json } => show(&data, all, json),
        KeyCommand::Rotate { data, json } => rotate(&data, json),
    }
}

/// The current key first, former ones after it.
fn show(data: &Path, all: bool, json: bool) -> Result<(), Exit> {
    let reader = LedgerReader::open(data)
        .map_err(|error| Exit::fault(&format!("cannot read {}", data.display()), &error))?;
    let keys: Vec<String> = reader.verifiers().iter().map(ToString::to_string).collect();
    if json {
        return output::json(&json!({ "vkey": keys.first(), "former": keys.get(1..) }));
    }
    for key in keys.iter().take(if all { usize::MAX } else { 1 }) {
        output::line(key)?;
    }
    Ok(())
}

fn rotate(data: &Path, json: bool) -> Result<(), Exit> {
    let key = annals_ledger::rotate_key(data).map_err(|error| match error {
        LedgerError::Locked { .. } => Exit::No(chain(&error)),
        error => Exit::fault("cannot rotate the key", &error),
    })?;
    if json {
        return output::json(&json!({ "vkey": key.to_string() }));
    }
    output::line(&key.to_string())
}
