//! Figures as a Markdown table, with everything needed to take them again.

use crate::arguments::Arguments;
use crate::machine::Machine;
use std::fmt;
use std::time::Duration;

/// One measured run.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) events: u64,
    /// Of NDJSON.
    pub(crate) bytes: u64,
    pub(crate) took: Duration,
}

impl Figure {
    fn rate(&self) -> f64 {
        self.events as f64 / self.took.as_secs_f64()
    }
}

/// A measured run beside its rival, ready to print.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) command: String,
    pub(crate) machine: Machine,
    pub(crate) ours: Figure,
    pub(crate) rival: Figure,
    /// What else was seen, a line each.
    pub(crate) notes: Vec<String>,
}

impl Report {
    pub(crate) fn new(
        arguments: &Arguments,
        machine: Machine,
        ours: Figure,
        rival: Figure,
    ) -> Self {
        Self { command: arguments.command(), machine, ours, rival, notes: Vec::new() }
    }
}

/// Processor time as a note.
pub(crate) fn processor_note(of: &str, time: Duration, events: u64) -> String {
    let micros = time.as_secs_f64() * 1e6 / events as f64;
    format!(
        "processor time of {of}: {micros:.2} us an event, {:.0} events a core-second",
        1e6 / micros
    )
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}`  ", self.command)?;
        writeln!(f, "{}\n", self.machine)?;
        writeln!(f, "| what | events | bytes an event | s | events/s | MB/s | ratio |")?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for figure in [&self.ours, &self.rival] {
            let seconds = figure.took.as_secs_f64();
            writeln!(
                f,
                "| {} | {} | {:.0} | {seconds:.1} | {:.0} | {:.0} | {:.2} |",
                figure.what,
                figure.events,
                figure.bytes as f64 / figure.events as f64,
                figure.rate(),
                figure.bytes as f64 / seconds / 1e6,
                figure.rate() / self.rival.rate(),
            )?;
        }
        for note in &self.notes {
            write!(f, "\n- {note}")?;
        }
        writeln!(f)
    }
}
