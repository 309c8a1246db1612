//! A data folder: every byte of `DIR/ledger`, against keys, a policy and kept checkpoints.

use std::path::Path;

use annals_ledger::{Finding, FsckOptions, FsckReport, LedgerReader, Verdict};
use annals_proof::Verifier;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::published::{self, Kept};
use super::trust::{Cosigned, Trust};
use crate::args::VerifyArgs;
use crate::exit::{Exit, chain};
use crate::output;

/// Findings printed as text; `--json` has them all.
const FINDINGS_SHOWN_MAX: usize = 20;
/// What an answer without a key of the caller's is worth.
const SELF_CONSISTENT: &str = "self-consistent only: the key came from the folder";
/// The verdict where the folder is good and too few witnesses say so.
const NOT_COSIGNED: &str = "NOT_COSIGNED";

/// What was found.
struct Answer {
    report: FsckReport,
    kept: Vec<Kept>,
    own_key: bool,
    /// The newest checkpoint that meets the policy, or why none does; none without a policy.
    cosigned: Option<Result<Cosigned, String>>,
}

/// Walks the folder and prints the verdict; exit 1 unless it is OK.
pub(crate) fn verify(data: &Path, trust: &Trust, args: &VerifyArgs) -> Result<(), Exit> {
    // Of a damaged folder the walk will tell; here it is only asked for its name and keys.
    let folder_keys = LedgerReader::open(data).map(|it| it.verifiers()).unwrap_or_default();
    let kept = kept(data, trust, &folder_keys, args)?;
    let options = FsckOptions {
        keys: trust.keys.clone(),
        kept: kept.iter().map(|kept| kept.note.clone()).collect(),
        ..FsckOptions::default()
    };
    let bar = ProgressBar::new(0);
    let report = annals_ledger::fsck(data, &options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let report = report
        .map_err(|error| Exit::fault(&format!("cannot verify {}", data.display()), &error))?;
    let cosigned = trust.policy.as_ref().map(|_| newest(&report, &kept, trust, &folder_keys));
    let answer = Answer { report, kept, own_key: !trust.keys.is_empty(), cosigned };
    if args.json {
        output::json(&answer.as_value())?;
    } else {
        answer.print()?;
    }
    match answer.verdict().as_str() {
        "OK" => Ok(()),
        verdict => Err(Exit::No(format!("{}: {verdict}", data.display()))),
    }
}

/// All checkpoints to hold the folder against.
fn kept(
    data: &Path,
    trust: &Trust,
    folder_keys: &[Verifier],
    args: &VerifyArgs,
) -> Result<Vec<Kept>, Exit> {
    let read = |path: &Path, error: std::io::Error| {
        Exit::usage(&format!("cannot read {}", path.display()), &error)
    };
    let mut all = Vec::new();
    if let Some(path) = &args.checkpoint {
        let note = std::fs::read_to_string(path).map_err(|error| read(path, error))?;
        all.push(Kept { source: path.display().to_string(), note });
    }
    let origin = trust.keys.iter().chain(folder_keys).next().map(Verifier::name);
    for place in &args.published {
        all.extend(published::read(place, args.ca.as_deref(), origin)?);
    }
    if trust.policy.is_some() {
        let note = annals_server::cosigned_note(data).map_err(|error| read(data, error))?;
        let source = "the witnesses' lines in the folder".to_owned();
        all.extend(note.map(|note| Kept { source, note }));
    }
    Ok(all)
}

/// The newest kept checkpoint of this ledger that meets the policy.
fn newest(
    report: &FsckReport,
    kept: &[Kept],
    trust: &Trust,
    folder_keys: &[Verifier],
) -> Result<Cosigned, String> {
    let good = kept.iter().zip(&report.kept).filter(|(_, verdict)| **verdict == Verdict::Ok);
    let mut good: Vec<&Kept> = good.map(|(kept, _)| kept).collect();
    good.sort_by_key(|kept| std::cmp::Reverse(kept.size()));
    let mut why = "no checkpoint of this log with cosignatures is known; name one with \
                   --checkpoint or --published"
        .to_owned();
    for (place, kept) in good.into_iter().enumerate() {
        match trust.quorum(&kept.note, folder_keys) {
            Ok(Some(cosigned)) => return Ok(cosigned),
            Ok(None) => {}
            Err(error) if place == 0 => why = chain(&error),
            Err(_) => {}
        }
    }
    Err(why)
}

impl Answer {
    /// In one word; that of the ledger comes first.
    fn verdict(&self) -> String {
        match (self.report.verdict, &self.cosigned) {
            (Verdict::Ok, Some(Err(_))) => NOT_COSIGNED.to_owned(),
            (verdict, _) => verdict.to_string(),
        }
    }

    fn print(&self) -> Result<(), Exit> {
        let report = &self.report;
        output::line(&format!(
            "{}: {} events of {}, root {}",
            self.verdict(),
            report.size.0,
            report.origin,
            report.root
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
        self.print_kept()?;
        match &self.cosigned {
            Some(Ok(Cosigned { signed, by })) => {
                let (size, by) = (signed.checkpoint.size, by.join(", "));
                output::line(&format!("cosigned: the first {size} events, by {by}"))?;
            }
            Some(Err(why)) => output::line(&format!("not cosigned: {why}"))?,
            None => {}
        }
        if !self.own_key {
            output::line(SELF_CONSISTENT)?;
        }
        Ok(())
    }

    fn print_kept(&self) -> Result<(), Exit> {
        let all = self.kept.iter().zip(&self.report.kept);
        let (good, bad): (Vec<_>, Vec<_>) = all.partition(|(_, verdict)| **verdict == Verdict::Ok);
        for (kept, verdict) in bad.iter().take(FINDINGS_SHOWN_MAX) {
            let size = kept.size().map_or("?".to_owned(), |size| size.to_string());
            output::line(&format!("{verdict}: {}: a checkpoint of {size} events", kept.source))?;
        }
        if bad.len() > FINDINGS_SHOWN_MAX {
            let more = bad.len() - FINDINGS_SHOWN_MAX;
            output::line(&format!("{more} more such checkpoints; --json prints all"))?;
        }
        match good.iter().filter_map(|(kept, _)| kept.size()).max() {
            Some(size) => output::line(&format!(
                "kept outside: {} checkpoints of this ledger, the largest of {size} events",
                good.len()
            )),
            None => Ok(()),
        }
    }

    fn as_value(&self) -> Value {
        let report = &self.report;
        let kept: Vec<Value> = self
            .kept
            .iter()
            .zip(&report.kept)
            .map(|(kept, verdict)| {
                json!({
                    "source": kept.source,
                    "size": kept.size(),
                    "verdict": verdict.to_string(),
                })
            })
            .collect();
        let cosigned = self.cosigned.as_ref().map(|cosigned| match cosigned {
            Ok(Cosigned { signed, by }) => json!({"size": signed.checkpoint.size.0, "by": by}),
            Err(why) => json!({"size": null, "by": [], "why": why}),
        });
        json!({
            "verdict": self.verdict(),
            "origin": report.origin,
            "size": report.size.0,
            "root": report.root.to_string(),
            "trust": if self.own_key { "the key you gave" } else { SELF_CONSISTENT },
            "events_checked": report.events_checked,
            "checkpoints_verified": report.checkpoints_verified,
            "kept": kept,
            "cosigned": cosigned,
            "findings": list(&report.findings),
            "unfinished": list(&report.unfinished),
        })
    }
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

fn list(findings: &[Finding]) -> Vec<Value> {
    let value = |finding: &Finding| {
        json!({
            "kind": finding.kind.to_string(),
            "file": finding.file.display().to_string(),
            "offset": finding.offset,
            "index": finding.index,
            "message": finding.message,
        })
    };
    findings.iter().map(value).collect()
}
