//! What is sent: the same lines over and over with ids of their own, on a schedule, and again
//! whenever a kill took the answer away.

use super::mortal::Mortal;
use crate::http::Connection;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How every generated line begins.
const LINE_START: &str = "{\"id\":\"";
/// The longest sleep, so that a stop is seen.
const NAP: Duration = Duration::from_millis(100);

/// Batches, numbered; who takes a number sends its events until they are acknowledged.
pub(super) struct Load<'a> {
    lines: Vec<&'a str>,
    batch: usize,
    /// Events a second; none: as fast as it goes.
    rate: Option<u64>,
    started: Instant,
    next: AtomicU64,
    sent_again: AtomicU64,
    acknowledged: Mutex<Vec<u64>>,
}

#[derive(Deserialize)]
struct Answer {
    accepted: u64,
    duplicates: u64,
}

impl<'a> Load<'a> {
    pub(super) fn new(lines: &'a str, batch: usize, rate: Option<u64>) -> Self {
        Self {
            lines: lines.lines().collect(),
            batch,
            rate,
            started: Instant::now(),
            next: AtomicU64::new(0),
            sent_again: AtomicU64::new(0),
            acknowledged: Mutex::default(),
        }
    }

    /// Events acknowledged so far.
    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged_batches().len() as u64 * self.batch as u64
    }

    /// Requests sent again so far.
    pub(super) fn sent_again(&self) -> u64 {
        self.sent_again.load(Ordering::Relaxed)
    }

    /// The id of every acknowledged event.
    pub(super) fn each_id(&self, mut each: impl FnMut(&str)) {
        let mut id = String::new();
        for number in self.acknowledged_batches().iter() {
            for (round, line) in self.lines_of(*number) {
                let own = line.strip_prefix(LINE_START).and_then(|line| line.split('"').next());
                id.clear();
                id += &format!("{round}-");
                id += own.unwrap_or_default();
                each(&id);
            }
        }
    }

    /// One client: sends batches until `stop`, or until `events_max` were taken by all.
    pub(super) fn send(&self, mortal: &Mortal, stop: &AtomicBool, events_max: u64) -> Result<()> {
        let mut connection = None;
        let mut body = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number.saturating_mul(self.batch as u64) >= events_max || !self.wait(number, stop) {
                break;
            }
            self.write(number, &mut body)?;
            self.send_until_acknowledged(mortal, &mut connection, &body)?;
            self.acknowledged_batches().push(number);
        }
        Ok(())
    }

    /// Waits until a batch is due; false if the run ended meanwhile.
    fn wait(&self, number: u64, stop: &AtomicBool) -> bool {
        let Some(rate) = self.rate else { return true };
        let due = Duration::from_secs_f64(number as f64 * self.batch as f64 / rate as f64);
        while let Some(left) = due.checked_sub(self.started.elapsed()) {
            if stop.load(Ordering::Relaxed) {
                return false;
            }
            std::thread::sleep(left.min(NAP));
        }
        true
    }

    fn send_until_acknowledged(
        &self,
        mortal: &Mortal,
        connection: &mut Option<(u64, Connection)>,
        body: &[u8],
    ) -> Result<()> {
        let mut again = false;
        loop {
            let life = mortal.life();
            // A connection dies with the life it was made in.
            *connection = connection.take().filter(|(made, _)| *made == life);
            match post(mortal, connection, body) {
                Ok(answer) => {
                    let (new, old) = (answer.accepted, answer.duplicates);
                    let whole = new + old == self.batch as u64 && (again || old == 0);
                    ensure!(whole, "{new} accepted, {old} duplicates, sent again: {again}");
                    return Ok(());
                }
                Err(error) if mortal.life() == life => {
                    return Err(error).context("a request failed without a kill");
                }
                Err(_) => {
                    *connection = None;
                    again = true;
                    self.sent_again.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }

    fn write(&self, number: u64, body: &mut Vec<u8>) -> Result<()> {
        body.clear();
        for (round, line) in self.lines_of(number) {
            let Some(rest) = line.strip_prefix(LINE_START) else {
                bail!("a generated line does not begin with its id");
            };
            body.extend_from_slice(LINE_START.as_bytes());
            body.extend_from_slice(format!("{round}-").as_bytes());
            body.extend_from_slice(rest.as_bytes());
            body.push(b'\n');
        }
        Ok(())
    }

    /// The lines of a batch, each with the round over all lines that it belongs to.
    fn lines_of(&self, number: u64) -> impl Iterator<Item = (usize, &'a str)> {
        let first = number as usize * self.batch;
        let count = self.lines.len();
        (first..first + self.batch).map(move |place| (place / count, self.lines[place % count]))
    }

    fn acknowledged_batches(&self) -> std::sync::MutexGuard<'_, Vec<u64>> {
        self.acknowledged.lock().expect("no thread panics while it holds this lock")
    }
}

fn post(
    mortal: &Mortal,
    connection: &mut Option<(u64, Connection)>,
    body: &[u8],
) -> Result<Answer> {
    let (_, connection) = match connection {
        Some(connection) => connection,
        None => connection.insert(mortal.connect()?),
    };
    Ok(serde_json::from_slice(&connection.post("/v1/events", body)?)?)
}
