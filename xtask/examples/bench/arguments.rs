//! The arguments of a measurement. The defaults are those of the figures in `docs/benchmarks.md`.

use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;

/// What to measure, over how much.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// `ledger` or `ingest`.
    pub(crate) what: String,
    /// The release binary of the program.
    pub(crate) annals: PathBuf,
    /// A folder on the disk to be measured; each run removes what it made there, but not the
    /// generated events.
    pub(crate) scratch: PathBuf,
    pub(crate) events: u64,
    /// Events a request or a call, and for SQLite a transaction.
    pub(crate) batch: usize,
    /// Requests or calls under way at once.
    pub(crate) clients: usize,
    /// SQLite is given this many of the events at most, or one run would take an hour. Its tables
    /// and indexes only get slower with size, so this is in its favour.
    pub(crate) sqlite_events_max: u64,
    pub(crate) seed: u64,
}

impl Arguments {
    /// Reads `<what> --name value …`.
    pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut args = args.into_iter();
        let what = args.next().context("say what to measure: `ledger` or `ingest`")?;
        let mut arguments = Self {
            events: if what == "ledger" { 5_000_000 } else { 1_000_000 },
            what,
            annals: PathBuf::new(),
            scratch: PathBuf::from("target/bench"),
            batch: 5_000,
            clients: 4,
            sqlite_events_max: 500_000,
            seed: 1,
        };
        while let Some(name) = args.next() {
            let value = args.next().with_context(|| format!("`{name}` needs a value"))?;
            let number = || value.replace('_', "").parse::<u64>().context(value.clone());
            match name.as_str() {
                "--annals" => arguments.annals = PathBuf::from(value),
                "--scratch" => arguments.scratch = PathBuf::from(value),
                "--events" => arguments.events = number()?,
                "--batch" => arguments.batch = usize::try_from(number()?)?,
                "--clients" => arguments.clients = usize::try_from(number()?)?,
                "--sqlite-events" => arguments.sqlite_events_max = number()?,
                "--seed" => arguments.seed = number()?,
                _ => bail!(
                    "no such option: `{name}`; there are --events, --batch, --clients, \
                     --sqlite-events, --seed, --scratch, --annals"
                ),
            }
        }
        ensure!(
            arguments.events > 0 && arguments.batch > 0 && arguments.clients > 0,
            "--events, --batch and --clients must be at least 1"
        );
        Ok(arguments)
    }

    /// The command that repeats this measurement.
    pub(crate) fn command(&self) -> String {
        let Self { what, events, batch, clients, sqlite_events_max, seed, .. } = self;
        format!(
            "cargo xtask bench {what} --events {events} --batch {batch} --clients {clients} \
             --sqlite-events {sqlite_events_max} --seed {seed}"
        )
    }
}
