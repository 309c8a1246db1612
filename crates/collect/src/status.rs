//! What a collector did, for people and monitoring: `status.json` in the state folder.
//!
//! Counters are saved with the positions, so they count each line once, kills or not.

use std::collections::BTreeMap;
use std::path::PathBuf;

use annals_map::Verdict;
use serde::{Deserialize, Serialize};

/// Programs counted by name; lines of further ones are counted together.
const PROGRAMS_MAX: usize = 100;
const FURTHER: &str = "(further programs)";

/// Counts of one source since its state was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Counters {
    /// Lines read.
    pub(crate) lines: u64,
    /// Records they became.
    pub(crate) events: u64,
    /// Of these, kept by the server now, kept before, and put into its quarantine.
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
    /// Lines of the source's programs that could not be mapped; kept in `NAME.unmapped`.
    pub(crate) unmapped: u64,
    /// Lines cut because they were too long.
    pub(crate) cut: u64,
    /// Files that were gone, or replaced, before their end was read.
    pub(crate) lost_files: u64,
    /// Lines of other programs, by name.
    pub(crate) other_programs: BTreeMap<String, u64>,
}

impl Counters {
    pub(crate) fn count(&mut self, verdict: &Verdict) {
        self.lines += 1;
        match verdict {
            Verdict::Understood => {}
            Verdict::Unmapped(_) => self.unmapped += 1,
            Verdict::OtherProgram(program) => self.count_program(program),
        }
    }

    fn count_program(&mut self, program: &str) {
        let known = self.other_programs.contains_key(program);
        let room = self.other_programs.len() < PROGRAMS_MAX;
        let name = if known || room { program } else { FURTHER };
        *self.other_programs.entry(name.to_owned()).or_default() += 1;
    }
}

/// One followed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FileStatus {
    pub(crate) path: PathBuf,
    /// `following`, `rotated` (an older file is read to its end first) or `waiting` (not there).
    pub(crate) state: &'static str,
    pub(crate) offset: u64,
    /// Bytes not read yet.
    pub(crate) lag_bytes: u64,
    /// Why it can't be read, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// How far a source that is asked was read.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PullStatus {
    pub(crate) cursor: Option<serde_json::Value>,
    /// Why it can't be asked, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// One source.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SourceStatus {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) files: Vec<FileStatus>,
    /// Of a source that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pull: Option<PullStatus>,
    pub(crate) counters: Counters,
}

/// The collector.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Status {
    /// When this was written.
    pub(crate) time: String,
    pub(crate) sources: Vec<SourceStatus>,
    /// Why the last batch could not be sent, while it can't.
    pub(crate) send_error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Program names come from the log, so anyone who can log must not be able to fill memory.
    #[test]
    fn programs_are_bounded() {
        let mut counters = Counters::default();
        for number in 0..1000 {
            counters.count(&Verdict::OtherProgram(format!("p{number}")));
        }
        counters.count(&Verdict::OtherProgram("p1".to_owned()));
        counters.count(&Verdict::Unmapped("x"));
        assert_eq!(counters.other_programs.len(), PROGRAMS_MAX + 1);
        assert_eq!(counters.other_programs["p1"], 2);
        assert_eq!(counters.other_programs.values().sum::<u64>(), 1001);
        assert_eq!((counters.lines, counters.unmapped), (1002, 1));
    }
}
