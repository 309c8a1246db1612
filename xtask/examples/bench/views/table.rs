//! The answers as a Markdown table: what must hold, cold, warm, and how the peers compare.

use super::question::Question;
use crate::arguments::Arguments;
use crate::machine::Machine;
use std::fmt;
use std::time::Duration;

/// One question, asked.
pub(crate) struct Asked {
    what: &'static str,
    must_ms: u32,
    pub(crate) cold: Duration,
    pub(crate) warm: Duration,
    /// Rows or a count: what came back the first time.
    pub(crate) answer: u64,
    /// The same under a scope.
    pub(crate) scoped: Option<Scoped>,
    /// The peers' times, in the order of the table's peers.
    pub(crate) peers: Vec<Duration>,
}

/// One question, asked under a scope.
pub(crate) struct Scoped {
    pub(crate) answer: u64,
    /// The first time.
    pub(crate) first: Duration,
    pub(crate) warm: Duration,
}

impl Asked {
    pub(crate) fn new(question: &Question, cold: Duration, answer: u64) -> Self {
        let Question { what, must_ms, .. } = *question;
        let (warm, scoped, peers) = (Duration::ZERO, None, Vec::new());
        Self { what, must_ms, cold, warm, answer, scoped, peers }
    }
}

/// All of it, ready to print.
pub(crate) struct Table {
    command: String,
    machine: Machine,
    loading: String,
    /// From opening the index until every row is there.
    pub(crate) start: Duration,
    pub(crate) resident_mib: u64,
    /// What of it is no page of a mapped file.
    pub(crate) own_mib: u64,
    pub(crate) rows: Vec<Asked>,
    /// The scope under which everything was asked again, and how long it took to find out what it
    /// shows.
    pub(crate) scoped: Option<(String, Duration)>,
    pub(crate) peers: Vec<String>,
}

impl Table {
    pub(crate) fn new(arguments: &Arguments, machine: Machine, loading: String) -> Self {
        Self {
            command: arguments.command(),
            machine,
            loading,
            start: Duration::ZERO,
            resident_mib: 0,
            own_mib: 0,
            rows: Vec::new(),
            scoped: None,
            peers: Vec::new(),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}`  \n{}\n\n{}", self.command, self.machine, self.loading)?;
        writeln!(f, "- opened anew and up to the head in {:.1} s", self.start.as_secs_f64())?;
        let Self { resident_mib, own_mib, .. } = self;
        writeln!(
            f,
            "- largest resident memory while asking: {resident_mib} MiB, of which {own_mib} are no \
             pages of files\n"
        )?;
        if let Some((scope, took)) = &self.scoped {
            writeln!(f, "- under the scope `{scope}`, found out in {:.1} ms\n", millis(*took))?;
        }
        write!(f, "| question | answer | must, ms | cold, ms | warm p50, ms |")?;
        self.peers.iter().try_for_each(|peer| write!(f, " {peer}, ms (x ours) |"))?;
        let columns = self.peers.len() + if self.scoped.is_some() { 4 } else { 0 };
        if self.scoped.is_some() {
            write!(f, " in scope | first, ms | warm p50, ms | x |")?;
        }
        writeln!(f, "\n|---|---|---|---|---|{}", "---|".repeat(columns))?;
        for row in &self.rows {
            let Asked { what, answer, must_ms, .. } = row;
            let (cold, warm) = (millis(row.cold), millis(row.warm));
            write!(f, "| {what} | {answer} | {must_ms} | {cold:.1} | {warm:.2} |")?;
            for peer in &row.peers {
                let ratio = millis(*peer) / warm;
                // Below ten a rounded number would say too little, below one nothing.
                let digits = if ratio < 10.0 { 2 } else { 0 };
                write!(f, " {:.2} ({ratio:.digits$}) |", millis(*peer))?;
            }
            if let Some(Scoped { answer, first, warm: scoped }) = &row.scoped {
                let (first, scoped) = (millis(*first), millis(*scoped));
                let ratio = scoped / warm;
                write!(f, " {answer} | {first:.2} | {scoped:.2} | {ratio:.2} |")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
