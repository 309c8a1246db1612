//! Figures as a Markdown table, with everything needed to take them again.

use crate::arguments::Arguments;
use crate::machine::Machine;
use anyhow::Result;
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

/// A peer: measured, or why not.
#[derive(Debug)]
pub(crate) enum Line {
    Measured(Figure),
    Missing { what: String, why: String },
}

impl Line {
    /// A peer that could not be measured.
    pub(crate) fn missing(what: &str, why: &str) -> Self {
        Self::Missing { what: what.to_owned(), why: why.replace(['\n', '|'], " ") }
    }

    /// A peer that was measured, or failed.
    pub(crate) fn of(what: &str, measured: Result<Figure>) -> Self {
        match measured {
            Ok(figure) => Self::Measured(figure),
            Err(error) => Self::missing(what, &format!("{error:#}")),
        }
    }
}

/// A measured run beside its peers, ready to print.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) command: String,
    pub(crate) machine: Machine,
    pub(crate) ours: Figure,
    pub(crate) peers: Vec<Line>,
    /// What else was seen, a line each.
    pub(crate) notes: Vec<String>,
}

impl Report {
    pub(crate) fn new(arguments: &Arguments, machine: Machine, ours: Figure) -> Self {
        let command = arguments.command();
        Self { command, machine, ours, peers: Vec::new(), notes: Vec::new() }
    }

    fn row(&self, f: &mut fmt::Formatter<'_>, figure: &Figure) -> fmt::Result {
        let seconds = figure.took.as_secs_f64();
        writeln!(
            f,
            "| {} | {} | {:.0} | {seconds:.1} | {:.0} | {:.0} | {:.2} |",
            figure.what,
            figure.events,
            figure.bytes as f64 / figure.events as f64,
            figure.rate(),
            figure.bytes as f64 / seconds / 1e6,
            self.ours.rate() / figure.rate(),
        )
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
        writeln!(
            f,
            "| what | events | bytes an event | s | events/s | MB/s | annals is … as fast |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        self.row(f, &self.ours)?;
        for peer in &self.peers {
            match peer {
                Line::Measured(figure) => self.row(f, figure)?,
                Line::Missing { what, why } => writeln!(f, "| {what} | {why} | | | | | |")?,
            }
        }
        for note in &self.notes {
            write!(f, "\n- {note}")?;
        }
        writeln!(f)
    }
}
