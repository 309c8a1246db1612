//! A data folder: every byte of `DIR/ledger`, against a key and a kept checkpoint.

use std::path::Path;

use annals_ledger::{Finding, FsckOptions, FsckReport, Verdict};
use annals_proof::Verifier;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::output;

/// Findings printed as text; `--json` has them all.
const FINDINGS_SHOWN_MAX: usize = 20;
/// What an answer without a key of the caller's is worth.
const SELF_CONSISTENT: &str = "self-consistent only: the key came from the folder";

/// Walks the folder and prints the verdict; exit 1 unless it is OK.
pub(crate) fn verify(
    data: &Path,
    keys: Vec<Verifier>,
    checkpoint: Option<&Path>,
    as_json: bool,
) -> Result<(), Exit> {
    let kept = checkpoint
        .map(|path| {
            std::fs::read_to_string(path)
                .map_err(|error| Exit::usage(&format!("cannot read {}", path.display()), &error))
        })
        .transpose()?;
    let own_key = !keys.is_empty();
    let bar = ProgressBar::new(0);
    let report = annals_ledger::fsck(data, &FsckOptions { keys, kept }, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let report = report
        .map_err(|error| Exit::fault(&format!("cannot verify {}", data.display()), &error))?;
    if as_json {
        output::json(&as_value(&report, own_key))?;
    } else {
        print(&report, own_key)?;
    }
    match report.verdict {
        Verdict::Ok => Ok(()),
        verdict => Err(Exit::No(format!("{}: {verdict}", data.display()))),
    }
}

fn print(report: &FsckReport, own_key: bool) -> Result<(), Exit> {
    output::line(&format!(
        "{}: {} events of {}, root {}",
        report.verdict, report.size.0, report.origin, report.root
    ))?;
    for finding in report.findings.iter().take(FINDINGS_SHOWN_MAX) {
        output::line(&format!("damage: {}", place(finding)))?;
    }
    if report.findings.len() > FINDINGS_SHOWN_MAX {
        let more = report.findings.len() - FINDINGS_SHOWN_MAX;
        output::line(&format!("{more} more findings; --json prints all"))?;
    }
    for finding in report.unfinished.iter().take(FINDINGS_SHOWN_MAX) {
        output::line(&format!("unfinished (no damage): {}", place(finding)))?;
    }
    if !own_key {
        output::line(SELF_CONSISTENT)?;
    }
    Ok(())
}

fn place(finding: &Finding) -> String {
    let mut text = finding.file.display().to_string();
    if let Some(offset) = finding.offset {
        text += &format!(", offset {offset}");
    }
    if let Some(index) = finding.index {
        text += &format!(", index {index}");
    }
    format!("{text}: {}", finding.message)
}

fn as_value(report: &FsckReport, own_key: bool) -> Value {
    let list = |findings: &[Finding]| -> Vec<Value> {
        findings
            .iter()
            .map(|finding| {
                json!({
                    "kind": finding.kind.to_string(),
                    "file": finding.file.display().to_string(),
                    "offset": finding.offset,
                    "index": finding.index,
                    "message": finding.message,
                })
            })
            .collect()
    };
    json!({
        "verdict": report.verdict.to_string(),
        "origin": report.origin,
        "size": report.size.0,
        "root": report.root.to_string(),
        "trust": if own_key { "the key you gave" } else { SELF_CONSISTENT },
        "events_checked": report.events_checked,
        "checkpoints_verified": report.checkpoints_verified,
        "findings": list(&report.findings),
        "unfinished": list(&report.unfinished),
    })
}
