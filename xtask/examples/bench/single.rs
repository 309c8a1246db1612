//! One event a request, over HTTP on loopback to the real binary: what a service that reports its
//! acts as they happen sees.
//!
//! First a lone client, whose wait is mostly the disk; then many at once, whose events share
//! commits. Each waits for its receipt before it sends the next event.

use crate::arguments::Arguments;
use crate::events::{Batches, Events};
use crate::http::Connection;
use crate::machine::processor_time;
use crate::served::{Answer, Served, token, verify};
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

const LONE_EVENTS: u64 = 2_000;
const CLIENTS: u32 = 64;
const CLIENTS_EVENTS: u64 = 100_000;
/// The rate to be reached is a commit for each 32 events, each as long as a sync of the disk.
const EVENTS_A_SYNC: f64 = 32.0;

/// Runs both and answers with a note for each.
pub(crate) fn measure(
    arguments: &Arguments,
    events: &Events,
    sync: Duration,
) -> Result<[String; 2]> {
    let folder = tempfile::tempdir_in(&arguments.scratch)?;
    let data = folder.path().join("data");
    let served = Served::start(&arguments.annals, &data)?;
    let token = token(&arguments.annals, &data)?;
    let batches = events.batches(1, LONE_EVENTS + CLIENTS_EVENTS)?;
    let connect = || Connection::open(&served.address, &token);
    let lone = send(&mut connect()?, &batches, LONE_EVENTS)?;
    let server = served.id().to_string();
    let before = processor_time(&server);
    let started = Instant::now();
    let mut waits = std::thread::scope(|scope| -> Result<Vec<Duration>> {
        let client = || send(&mut connect()?, &batches, u64::MAX);
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let mut waits = Vec::new();
        for client in clients {
            waits.extend(client.join().expect("a client returns errors")?);
        }
        Ok(waits)
    })?;
    let took = started.elapsed();
    let worked = processor_time(&server) - before;
    served.stop()?;
    verify(&arguments.annals, &data)?;
    let rate = waits.len() as f64 / took.as_secs_f64();
    let lone_note = format!(
        "a lone client, one event a request: acknowledged after {} (p50), {} (p99); fdatasync p50 \
         {}",
        millis(percentile(&mut lone.clone(), 50)),
        millis(percentile(&mut lone.clone(), 99)),
        millis(sync),
    );
    let many_note = format!(
        "{CLIENTS} clients, one event a request: {rate:.0} events/s, {:.2} of 32 / fdatasync p50, \
         acknowledged after {} (p50), {} (p99); processor time of the server {:.1} us an event",
        rate * sync.as_secs_f64() / EVENTS_A_SYNC,
        millis(percentile(&mut waits, 50)),
        millis(percentile(&mut waits, 99)),
        worked.as_secs_f64() * 1e6 / waits.len() as f64,
    );
    Ok([lone_note, many_note])
}

/// Sends until the events or `requests_max` are used up; answers how long each took.
fn send(
    connection: &mut Connection,
    batches: &Batches,
    requests_max: u64,
) -> Result<Vec<Duration>> {
    let mut body = Vec::new();
    let mut waits = Vec::new();
    while (waits.len() as u64) < requests_max && batches.next(&mut body)? > 0 {
        let started = Instant::now();
        let answer: Answer = serde_json::from_slice(&connection.post("/v1/events", &body)?)?;
        waits.push(started.elapsed());
        ensure!(answer.accepted == 1, "the server did not accept an event");
    }
    Ok(waits)
}

/// The smallest time that is not below `percent` of all.
pub(crate) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len() - 1)).copied().unwrap_or_default()
}

/// Milliseconds with their unit.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
