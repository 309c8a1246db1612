//! The one thread that sends: first what waits on disk, then what waits in memory, in order.
//!
//! Position and memory move on only after the server has answered. What may help later is tried
//! again with growing pauses; what the server will never take is counted, logged and passed over.
//! Whole events that it refuses it keeps in its quarantine, so a refused intent is sent as one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::plan::{self, Step, Waiting};
use super::{Shared, raw};
use crate::client::{Client, ClientError};
use crate::sdk::SdkError;
use crate::sdk::spool::Cursor;

/// Bytes of what waits that are looked at together.
const WINDOW_BYTES_ENOUGH: usize = 8 << 20;
/// Longest sleep without anything to do.
const IDLE_MAX: Duration = Duration::from_secs(5);
/// Pauses between tries, growing from the first to the second.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(15);

pub(super) struct Sender {
    client: Client,
    shared: Arc<Shared>,
    cursor: Cursor,
    disk: VecDeque<Waiting>,
    memory: VecDeque<Waiting>,
    /// Items below it were in the spool at the start.
    old_end: u64,
    /// Numbers of what came by memory.
    memory_end: u64,
}

/// Where a window's items come from.
#[derive(Clone, Copy)]
enum Lane {
    Disk,
    Memory,
}

/// Why a round got nowhere.
enum Pause {
    /// Nothing to do, or not yet.
    Idle(Duration),
    /// The server cannot or will not answer now.
    Later(String),
}

impl Sender {
    pub(super) fn new(client: Client, shared: Arc<Shared>) -> Self {
        Self {
            client,
            cursor: shared.spool.cursor(),
            old_end: shared.spool.end(),
            disk: VecDeque::new(),
            memory: VecDeque::new(),
            memory_end: 0,
            shared,
        }
    }

    /// Sends until the recorder is closed; what waits on disk then waits for the next start.
    pub(super) fn run(&mut self) {
        let mut pause = PAUSE_MIN;
        while !self.is_stopping() {
            let pauses = [self.round(Lane::Disk), self.round(Lane::Memory)];
            let mut idle = Some(IDLE_MAX);
            let mut later = false;
            for result in pauses {
                match result {
                    Ok(()) => idle = None,
                    Err(Pause::Idle(longest)) => idle = idle.map(|idle| idle.min(longest)),
                    Err(Pause::Later(error)) => {
                        tracing::warn!(error, "events wait for the server");
                        later = true;
                    }
                }
            }
            if later {
                self.wait(pause, || false);
                pause = (pause * 2).min(PAUSE_MAX);
            } else if let Some(idle) = idle {
                pause = PAUSE_MIN;
                let seen = (self.shared.spool.end(), self.shared.memory().len());
                self.wait(idle, || seen != (self.shared.spool.end(), self.shared.memory().len()));
            }
        }
    }

    fn is_stopping(&self) -> bool {
        self.shared.is_stopping.load(Ordering::Relaxed)
    }

    fn wait(&self, longest: Duration, is_over: impl Fn() -> bool) {
        self.shared.spool.wait_until(longest, || self.is_stopping() || is_over());
    }

    /// One request of a lane.
    fn round(&mut self, lane: Lane) -> Result<(), Pause> {
        self.fill(lane).map_err(|error| Pause::Later(error.to_string()))?;
        let window = match lane {
            Lane::Disk => &mut self.disk,
            Lane::Memory => &mut self.memory,
        };
        let step = plan::next(window, Instant::now());
        let Some(first) = window.front_mut() else { return Err(Pause::Idle(IDLE_MAX)) };
        // Whether it arrives or not: from now on it is told in two halves.
        first.may_be_told |= step == Step::Begin;
        let first = match lane {
            Lane::Disk => &self.disk[0],
            Lane::Memory => &self.memory[0],
        };
        let numbers = match step {
            Step::Nothing => return Err(Pause::Idle(IDLE_MAX)),
            Step::Linger(left) => return Err(Pause::Idle(left)),
            Step::Unreadable => {
                self.refuse("an item that cannot be read");
                vec![first.number]
            }
            Step::Events { lines, numbers } => {
                self.events(lines)?;
                numbers
            }
            Step::Begin => {
                self.begin(first)?;
                vec![first.number]
            }
            Step::End { id, outcome } => {
                self.end(&id, &outcome, first.may_be_told)?;
                vec![first.number]
            }
        };
        self.shared.counts.sent.fetch_add(numbers.len() as u64, Ordering::Relaxed);
        self.pass(lane, &numbers).map_err(|error| Pause::Later(error.to_string()))
    }

    /// Takes in what has come since.
    fn fill(&mut self, lane: Lane) -> Result<(), SdkError> {
        let now = Instant::now();
        match lane {
            Lane::Disk => {
                loop {
                    let bytes: usize = self.disk.iter().map(|waiting| waiting.payload.len()).sum();
                    if bytes >= WINDOW_BYTES_ENOUGH {
                        return Ok(());
                    }
                    let items = self.shared.spool.read(&mut self.cursor)?;
                    if items.is_empty() {
                        return Ok(());
                    }
                    self.disk.extend(items.into_iter().map(|(number, item)| {
                        Waiting::new(number, item, now, number < self.old_end)
                    }));
                }
            }
            Lane::Memory => {
                // They stay in the shared queue until they are told, so that its limit holds.
                let memory = self.shared.memory();
                let fresh =
                    memory.iter().skip(self.memory.len()).map(|waiting| waiting.item.clone());
                self.memory.extend(
                    (self.memory_end..)
                        .zip(fresh)
                        .map(|(number, item)| Waiting::new(number, item, now, false)),
                );
                self.memory_end = self.memory.back().map_or(self.memory_end, |w| w.number + 1);
                Ok(())
            }
        }
    }

    /// Forgets what was told.
    fn pass(&mut self, lane: Lane, numbers: &[u64]) -> Result<(), SdkError> {
        match lane {
            Lane::Disk => match plan::told(&mut self.disk, numbers) {
                Some(next) => self.shared.spool.acknowledge(next),
                None => Ok(()),
            },
            Lane::Memory => {
                let before = self.memory.len();
                plan::told(&mut self.memory, numbers);
                self.shared.memory().drain(..before - self.memory.len());
                self.shared.spool.nudge();
                Ok(())
            }
        }
    }

    fn events(&self, lines: Vec<u8>) -> Result<(), Pause> {
        let answer = self.client.append_ndjson(lines, false).map_err(later)?;
        let mut faults = answer.rejected;
        faults.dedup_by_key(|fault| fault.line);
        for fault in faults {
            self.refuse(&format!("{} {}: {}", fault.code, fault.field, fault.message));
        }
        Ok(())
    }

    fn begin(&self, intent: &Waiting) -> Result<(), Pause> {
        let event = raw(&intent.payload).map_err(|error| Pause::Later(error.to_string()))?;
        let Err(error) = self.client.begin_operation(&event) else { return Ok(()) };
        let code = error.problem().map(|problem| problem.code.clone()).unwrap_or_default();
        match code.as_str() {
            // Its own id: it was sent as a whole event before the start.
            "id_conflict" => Ok(()),
            "no_good_line" => self.events(intent.payload.clone()),
            _ => self.or_refuse(error),
        }
    }

    fn end(&self, id: &str, outcome: &str, may_be_told: bool) -> Result<(), Pause> {
        let outcome = raw(outcome.as_bytes()).map_err(|error| Pause::Later(error.to_string()))?;
        let Err(error) = self.client.end_operation(id, &outcome) else { return Ok(()) };
        match error.status() {
            // As above; or its intent never came, as that of a strict act which was refused.
            Some(404) if may_be_told => Ok(()),
            _ => self.or_refuse(error),
        }
    }

    /// Later, if that can help; otherwise never.
    fn or_refuse(&self, error: ClientError) -> Result<(), Pause> {
        match error.status() {
            Some(400 | 404 | 409 | 413 | 415 | 422) => {
                self.refuse(&error.to_string());
                Ok(())
            }
            _ => Err(later(error)),
        }
    }

    fn refuse(&self, error: &str) {
        self.shared.counts.refused.fetch_add(1, Ordering::Relaxed);
        tracing::error!(error, "the server refused an event for good");
    }
}

fn later(error: ClientError) -> Pause {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    Pause::Later(text)
}
