//! The arguments of a measurement. The defaults are those of the figures in `docs/benchmarks.md`.

use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;

/// What to measure, over how much.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// `ledger`, `ingest`, `verify`, `compaction`, `views`, `gateway` or `soak`.
    pub(crate) what: String,
    /// The release binary of the program.
    pub(crate) annals: PathBuf,
    /// A folder on the disk to be measured; each run removes what it made there, but not the
    /// generated events.
    pub(crate) scratch: PathBuf,
    pub(crate) events: u64,
    /// Events a request or a call, and for a peer a transaction.
    pub(crate) batch: usize,
    /// Requests or calls under way at once.
    pub(crate) clients: usize,
    /// A peer is given this many of the events at most, or one run would take an hour. Tables and
    /// indexes only get slower with size, so this is in its favour.
    pub(crate) peer_events_max: u64,
    /// PostgreSQL and DuckDB too, not only SQLite.
    pub(crate) peers: bool,
    pub(crate) seed: u64,
    /// How long a soak takes, or `views` takes events in at a rate.
    pub(crate) minutes: Option<u64>,
    /// Time between two kills of a soak, in seconds.
    pub(crate) kill_seconds: u64,
    /// Events a second to keep to while loading for `views`; as fast as it goes if absent.
    pub(crate) rate: Option<u64>,
    /// The data folder that `views` fills and leaves, or finds filled and only asks.
    pub(crate) dir: Option<PathBuf>,
    /// The scope under which `views` asks every question a second time.
    pub(crate) scope: Option<String>,
    /// `views` asks only the questions whose name holds this.
    pub(crate) only: Option<String>,
}

/// How long a soak takes if nothing is said.
pub(crate) const SOAK_MINUTES: u64 = 10;

impl Arguments {
    /// Reads `<what> --name value … [--peers]`.
    pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut args = args.into_iter();
        let what = args.next().context(
            "say what to measure: `ledger`, `ingest`, `verify`, `compaction`, `views` or `gateway`",
        )?;
        let mut arguments = Self {
            events: match what.as_str() {
                "ingest" => 1_000_000,
                "compaction" => 3_000_000,
                _ => 5_000_000,
            },
            annals: PathBuf::new(),
            scratch: PathBuf::from("target/bench"),
            batch: 5_000,
            clients: 4,
            // Questions are compared over the same events; loading is not what is measured there.
            peer_events_max: if what == "views" { u64::MAX } else { 500_000 },
            peers: false,
            what,
            seed: 1,
            minutes: None,
            kill_seconds: 60,
            rate: None,
            dir: None,
            scope: None,
            only: None,
        };
        while let Some(name) = args.next() {
            if name == "--peers" {
                arguments.peers = true;
                continue;
            }
            let value = args.next().with_context(|| format!("`{name}` needs a value"))?;
            let number = || value.replace('_', "").parse::<u64>().context(value.clone());
            match name.as_str() {
                "--annals" => arguments.annals = PathBuf::from(value),
                "--scratch" => arguments.scratch = PathBuf::from(value),
                "--events" => arguments.events = number()?,
                "--batch" => arguments.batch = usize::try_from(number()?)?,
                "--clients" => arguments.clients = usize::try_from(number()?)?,
                "--peer-events" => arguments.peer_events_max = number()?,
                "--minutes" => arguments.minutes = Some(number()?),
                "--kill-seconds" => arguments.kill_seconds = number()?,
                "--seed" => arguments.seed = number()?,
                "--rate" => arguments.rate = Some(number()?),
                "--dir" => arguments.dir = Some(PathBuf::from(value)),
                "--scope" => arguments.scope = Some(value),
                "--only" => arguments.only = Some(value),
                _ => bail!(
                    "no such option: `{name}`; there are --events, --batch, --clients, \
                     --peer-events, --peers, --rate, --dir, --scope, --only, --seed, --minutes, \
                     --kill-seconds, --scratch, --annals"
                ),
            }
        }
        if let (Some(rate), Some(minutes)) = (arguments.rate, arguments.minutes) {
            arguments.events = rate * minutes * 60;
        }
        ensure!(
            arguments.events > 0 && arguments.batch > 0 && arguments.clients > 0,
            "--events, --batch and --clients must be at least 1"
        );
        ensure!(
            arguments.minutes != Some(0) && arguments.kill_seconds > 0,
            "--minutes and --kill-seconds must be at least 1"
        );
        Ok(arguments)
    }

    /// Which events are generated, in words.
    pub(crate) fn events_named(&self) -> String {
        format!("{} events of seed {}", self.events, self.seed)
    }

    /// The command that repeats this measurement.
    pub(crate) fn command(&self) -> String {
        let Self { what, events, batch, clients, peer_events_max, seed, .. } = self;
        let peers = if self.peers { " --peers" } else { "" };
        let rate = self.rate.map(|rate| format!(" --rate {rate}")).unwrap_or_default();
        let scope = self.scope.as_ref().map(|scope| format!(" --scope '{scope}'"));
        let scope = scope.unwrap_or_default();
        let only = self.only.as_ref().map(|only| format!(" --only '{only}'")).unwrap_or_default();
        let peer_events = match peer_events_max {
            &u64::MAX => String::new(),
            some => format!(" --peer-events {some}"),
        };
        format!(
            "cargo xtask bench {what} --events {events} --batch {batch} --clients {clients}\
             {peer_events} --seed {seed}{rate}{scope}{only}{peers}"
        )
    }
}
