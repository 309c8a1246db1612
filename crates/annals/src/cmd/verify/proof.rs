//! A portable proof: is this event in the log that this key signs, and what does it disclose.

use std::path::Path;

use annals_proof::{Hash, ProofBundle};
use annals_record::{Disclosure, Verdict};
use serde_json::{Value, json};

use super::trust::Trust;
use crate::exit::{Exit, chain};
use crate::output;

/// Checks the file and prints what it proves; exit 1 if it proves nothing.
pub(crate) fn verify(file: &Path, trust: &Trust, as_json: bool) -> Result<(), Exit> {
    let text = std::fs::read(file)
        .map_err(|error| Exit::fault(&format!("cannot read {}", file.display()), &error))?;
    if trust.keys.is_empty() {
        return Err(Exit::Usage(
            "a proof is checked against a key you trust: give it with --key (annals key show, or \
             GET /log/vkey, long before), or with --policy and a file that names the log"
                .to_owned(),
        ));
    }
    let no = |why: String| Exit::No(format!("{}: not proved: {why}", file.display()));
    let text = String::from_utf8(text).map_err(|_| no("not UTF-8".to_owned()))?;
    let bundles = ProofBundle::parse_all(&text).map_err(|error| no(chain(&error)))?;
    let leaves = bundles.iter().map(|bundle| leaf(bundle, trust)).collect::<Result<Vec<_>, _>>();
    let mut leaves = leaves.map_err(no)?.into_iter();
    let mut answer = leaves.next().unwrap_or_default();
    answer["verdict"] = "PROVED".into();
    if let Some(outcome) = leaves.next() {
        if !closes(&outcome["core"], &answer["core"]) {
            return Err(no("the second leaf is not the outcome of the first".to_owned()));
        }
        answer["outcome"] = outcome;
    }
    if leaves.next().is_some() {
        return Err(no("it holds more than an intent and its outcome".to_owned()));
    }
    if as_json { output::json(&answer) } else { print(&answer) }
}

/// What one proof says of its leaf; the error is why it proves nothing.
fn leaf(bundle: &ProofBundle, trust: &Trust) -> Result<Value, String> {
    let extra = bundle.extra.as_deref();
    let extra = extra.ok_or("it carries no event (the extra line is missing)")?;
    let disclosure = Disclosure::parse(extra).map_err(|error| chain(&error))?;
    let leaf = Hash(disclosure.leaf_hash());
    let signed = bundle.verify(&leaf, &trust.keys).map_err(|error| chain(&error))?;
    let cosigned = trust.quorum(&bundle.note, &[]).map_err(|error| chain(&error))?;
    let fields = disclosure.fields();
    if let Some(field) = fields.iter().find(|field| field.verdict == Verdict::Mismatch) {
        return Err(format!("the disclosed {} is not what was recorded", field.name));
    }
    Ok(json!({
        "index": bundle.index.0,
        "origin": signed.checkpoint.origin,
        "size": signed.checkpoint.size.0,
        "root": signed.checkpoint.root.to_string(),
        "cosigned_by": cosigned.map(|cosigned| cosigned.by),
        "core": serde_json::from_str::<Value>(disclosure.core()).unwrap_or_default(),
        "fields": fields
            .iter()
            .map(|field| json!({
                "tag": field.tag.0,
                "name": field.name,
                "verdict": field.verdict.to_string(),
                "value": field.value,
            }))
            .collect::<Vec<_>>(),
    }))
}

/// True if the first core is the outcome of the intent that the other is.
fn closes(outcome: &Value, intent: &Value) -> bool {
    intent["phase"] == "intent"
        && outcome["phase"] == "outcome"
        && outcome["of"] == intent["id"]
        && outcome["emitter"] == intent["emitter"]
}

fn print(answer: &Value) -> Result<(), Exit> {
    output::line(&format!(
        "PROVED: event {} of {}, under a checkpoint of {} events",
        answer["index"],
        answer["origin"].as_str().unwrap_or_default(),
        answer["size"]
    ))?;
    if let Some(by) = answer["cosigned_by"].as_array() {
        let by: Vec<&str> = by.iter().filter_map(Value::as_str).collect();
        output::line(&format!("  cosigned by: {}", by.join(", ")))?;
    }
    print_leaf(answer)?;
    let outcome = &answer["outcome"];
    if outcome.is_object() {
        output::line(&format!("and its outcome, at index {}", outcome["index"]))?;
        print_leaf(outcome)?;
    }
    Ok(())
}

fn print_leaf(leaf: &Value) -> Result<(), Exit> {
    if let Some(core) = leaf["core"].as_object() {
        for (name, value) in core {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            output::line(&format!("  {name}: {text}"))?;
        }
    }
    for field in leaf["fields"].as_array().into_iter().flatten() {
        let name = field["name"].as_str().unwrap_or_default();
        match field["value"].as_str() {
            Some(value) => output::line(&format!("  {name}: {value}"))?,
            None => {
                output::line(&format!("  {name}: ({})", field["verdict"].as_str().unwrap_or("-")))?
            }
        }
    }
    Ok(())
}
