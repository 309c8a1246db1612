//! What the questions look for, taken from the events themselves: a user, an object, a rare
//! address, a rare word. The choice depends only on the seed and the number of events.

use annals_sample::{Generator, Options};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::HashMap;

/// Events looked at from the start: enough to know what is rare and what is common.
const LOOKED_AT: u64 = 200_000;
/// A user of this rank works every day and is not one of the busiest.
const USER_RANK: usize = 100;

/// The values that fill the questions.
#[derive(Clone, Debug)]
pub(crate) struct Sought {
    pub(crate) user: String,
    pub(crate) object_type: String,
    pub(crate) object_id: String,
    pub(crate) rare_address: String,
    /// The name of a file without its ending: one of some hundred thousand.
    pub(crate) rare_word: String,
}

impl Sought {
    /// Looks at the first events.
    pub(crate) fn find(options: &Options) -> Result<Self> {
        let mut generator = Generator::new(options);
        let mut users: HashMap<String, u64> = HashMap::new();
        let mut addresses: HashMap<String, u64> = HashMap::new();
        let mut clusters: HashMap<String, u64> = HashMap::new();
        let mut rare_word = String::new();
        for number in 0..LOOKED_AT.min(options.events) {
            let Some(line) = generator.next_line() else { break };
            let event: Value = serde_json::from_str(line.json)?;
            count(&mut users, &event["operator"]);
            count(&mut addresses, &event["source_ip"]);
            if event["object"]["type"] == "cluster" {
                count(&mut clusters, &event["object"]["id"]);
            }
            if number * 2 > LOOKED_AT.min(options.events) && rare_word.is_empty() {
                rare_word = file_stem(&event).unwrap_or_default();
            }
        }
        Ok(Self {
            user: ranked(users, USER_RANK)?,
            object_type: "cluster".to_owned(),
            object_id: ranked(clusters, USER_RANK)?,
            rare_address: ranked(addresses, usize::MAX)?,
            rare_word,
        })
    }
}

fn count(counts: &mut HashMap<String, u64>, value: &Value) {
    if let Some(text) = value.as_str() {
        *counts.entry(text.to_owned()).or_default() += 1;
    }
}

/// The value of a rank, the commonest first; the last one if there are fewer.
fn ranked(counts: HashMap<String, u64>, rank: usize) -> Result<String> {
    let mut counts: Vec<_> =
        counts.into_iter().map(|(text, count)| (u64::MAX - count, text)).collect();
    counts.sort();
    let place = rank.min(counts.len().saturating_sub(1));
    Ok(counts.into_iter().nth(place).context("too few events to choose from")?.1)
}

/// `mesh_1658` of an uploaded `…/mesh_1658.cas.gz`.
fn file_stem(event: &Value) -> Option<String> {
    let name = event["object"]["name"].as_str()?;
    let name = name.rsplit('/').next()?;
    let stem = name.split('.').next()?;
    let plain = stem.is_ascii() && stem.contains('_') && stem.len() > 6;
    (event["operation"] == "file.upload" && plain).then(|| stem.to_owned())
}
