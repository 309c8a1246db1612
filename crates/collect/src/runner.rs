//! One turn of the collector: read, map, send, and only then save.
//!
//! The order is the guarantee. Before the save a kill repeats everything since the last one, with
//! the same ids; the save itself is one rename. So a batch is sent at least once and kept once.

use std::time::Duration;

use annals_map::{Calendar, Decoder, Evidence, Kind, RawLine, Settings, Source, Verdict};
use annals_record::Record;

use crate::config::SourceConfig;
use crate::error::CollectError;
use crate::follow::{CHUNK_BYTES, Follower, Progress};
use crate::ndjson;
use crate::position::{SourceState, StateDir};
use crate::sink::{Ack, Sink};
use crate::status::{Counters, SourceStatus};
use crate::unmapped::Unmapped;

/// Turns without a line after which what waits for a contradiction is told.
const SETTLE_TURNS: u32 = 10;
/// First pause after a failed send, doubled up to the longest.
const RETRY_PAUSE: Duration = Duration::from_millis(500);
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(30);

/// How much goes into one batch. A chunk is read whole, so these can be overrun by one chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) chunk_bytes: usize,
    pub(crate) batch_events_max: usize,
    pub(crate) batch_lines_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { chunk_bytes: CHUNK_BYTES, batch_events_max: 1000, batch_lines_max: 50_000 }
    }
}

/// What the world does for a runner: waiting, and being told to stop.
pub(crate) trait World {
    /// Waits for up to `pause`; true if the collector shall stop.
    fn wait(&mut self, pause: Duration) -> bool;

    /// A send failed (`Some`), or works again.
    fn send_state(&mut self, error: Option<&str>);
}

/// One source with its files.
pub(crate) struct Runner {
    name: String,
    kind: Kind,
    source: Box<dyn Source>,
    followers: Vec<Follower>,
    counters: Counters,
    unmapped: Unmapped,
    limits: Limits,
    quiet_turns: u32,
    /// What a start would find.
    saved: SourceState,
    /// It holds beginnings of files that are not written down.
    has_begun: bool,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// There may be more at once.
    Busy,
    /// Everything there is was sent and saved.
    Idle,
    /// The collector shall stop; what was not acknowledged is not saved.
    Stopped,
}

impl Runner {
    /// Takes up a source where its saved state left it.
    pub(crate) fn open(
        config: &SourceConfig,
        states: &StateDir,
        limits: Limits,
    ) -> Result<Self, CollectError> {
        let name = config.name.clone();
        let unfit = |source| CollectError::Source { name: config.name.clone(), source };
        let kind: Kind = config.kind.parse().map_err(CollectError::Kind)?;
        let zone = config.zone.as_deref();
        let calendar = match config.year {
            Some(year) => Calendar::of_year(zone, year),
            // The time of the file is told before each read.
            None => Calendar::of_file(zone, jiff::Timestamp::MAX),
        };
        let settings = Settings {
            name: name.clone(),
            key: states.key()?,
            decoder: Decoder::new(config.format, calendar.map_err(unfit)?),
            region: config.region.clone(),
            stack_id: config.stack_id.clone(),
        };
        let mut source = annals_map::open(kind, settings);
        let saved = states.load(&name)?;
        if !saved.joins.is_null() {
            source.restore(&saved.joins).map_err(unfit)?;
        }
        let follow = |path: &std::path::PathBuf| {
            Follower::new(path, saved.positions.get(path).copied(), limits.chunk_bytes)
        };
        let followers = config.paths.iter().map(follow).collect();
        let unmapped = Unmapped::new(states.file(&format!("{name}.unmapped")));
        Ok(Self {
            name,
            kind,
            source,
            followers,
            counters: saved.counters.clone(),
            unmapped,
            limits,
            quiet_turns: 0,
            saved,
            has_begun: false,
        })
    }

    /// Reads a batch, sends it, and saves after the acknowledgement.
    pub(crate) fn turn(
        &mut self,
        states: &StateDir,
        sink: &mut dyn Sink,
        world: &mut dyn World,
    ) -> Result<Turn, CollectError> {
        let lines_before = self.counters.lines;
        let (mut records, progress) = self.read();
        if self.counters.lines == lines_before && progress == Progress::AtEnd {
            self.quiet_turns += 1;
            if self.quiet_turns != SETTLE_TURNS {
                return Ok(Turn::Idle);
            }
            self.source.settle();
            records = self.source.take();
        } else {
            self.quiet_turns = 0;
        }
        if self.has_begun {
            // If it is killed before the acknowledgement and the file renamed, a start must know
            // which file it was.
            states.save(&self.name, &self.saved)?;
            self.has_begun = false;
        }
        if !records.is_empty() {
            let Some(ack) = send(&records, sink, world)? else { return Ok(Turn::Stopped) };
            self.counters.events += records.len() as u64;
            self.counters.accepted += ack.accepted;
            self.counters.duplicates += ack.duplicates;
            self.counters.rejected += ack.rejected;
        }
        self.save(states)?;
        Ok(if progress == Progress::More { Turn::Busy } else { Turn::Idle })
    }

    pub(crate) fn status(&self) -> SourceStatus {
        SourceStatus {
            name: self.name.clone(),
            kind: self.kind.name().to_owned(),
            files: self.followers.iter().map(Follower::status).collect(),
            pull: None,
            counters: self.counters.clone(),
        }
    }

    fn read(&mut self) -> (Vec<Record<'static>>, Progress) {
        let mut records = Vec::new();
        let lines_max = self.counters.lines + self.limits.batch_lines_max;
        let mut all = Progress::AtEnd;
        let Self { source, followers, counters, unmapped, limits, saved, has_begun, .. } = self;
        for follower in followers {
            loop {
                if let Some(written) = follower.written() {
                    source.decoder().calendar.written_at(written);
                }
                let progress = follower.read(&mut |raw: &RawLine<'_>| {
                    let verdict = source.line(raw);
                    if let Verdict::Unmapped(reason) = &verdict {
                        unmapped.keep(&Evidence::of(raw), reason);
                    }
                    counters.count(&verdict);
                });
                if !saved.positions.contains_key(follower.path())
                    && let Some(beginning) = follower.beginning()
                {
                    saved.positions.insert(follower.path().to_owned(), beginning);
                    *has_begun = true;
                }
                records.append(&mut source.take());
                let events = follower.take_events();
                counters.cut += events.cut;
                counters.lost_files += events.lost_files;
                if progress == Progress::AtEnd {
                    break;
                }
                if records.len() >= limits.batch_events_max || counters.lines >= lines_max {
                    all = Progress::More;
                    break;
                }
            }
        }
        (records, all)
    }

    /// The commit point.
    fn save(&mut self, states: &StateDir) -> Result<(), CollectError> {
        let positions = self
            .followers
            .iter()
            .filter_map(|follower| Some((follower.path().to_owned(), follower.position()?)))
            .collect();
        let unfit = |source| CollectError::Source { name: self.name.clone(), source };
        let joins = self.source.save().map_err(unfit)?;
        self.unmapped.write()?;
        let counters = self.counters.clone();
        self.saved = SourceState { positions, joins, counters, pull: None };
        states.save(&self.name, &self.saved)
    }
}

/// Sends until it is acknowledged; `None` if the collector shall stop before that.
fn send(
    records: &[Record<'_>],
    sink: &mut dyn Sink,
    world: &mut dyn World,
) -> Result<Option<Ack>, CollectError> {
    let mut body = Vec::new();
    for record in records {
        ndjson::write(record, &mut body)?;
    }
    let body = String::from_utf8(body).expect("JSON of text is UTF-8");
    send_body(&body, sink, world)
}

/// Sends lines until they are acknowledged; `None` if the collector shall stop before that.
pub(crate) fn send_body(
    body: &str,
    sink: &mut dyn Sink,
    world: &mut dyn World,
) -> Result<Option<Ack>, CollectError> {
    let mut pause = RETRY_PAUSE;
    loop {
        match sink.send(body) {
            Ok(ack) => {
                world.send_state(None);
                return Ok(Some(ack));
            }
            Err(error) => world.send_state(Some(&error.message)),
        }
        if world.wait(pause) {
            return Ok(None);
        }
        pause = (pause * 2).min(RETRY_PAUSE_MAX);
    }
}

#[cfg(test)]
mod tests;
