//! A soak: the real server for some minutes at 60 % of its top rate, killed again and again.
//!
//! Clients send on a fixed schedule and send again what a kill left without an answer. The run
//! succeeds if no request failed but by a kill, memory grew by no more than the table of
//! identifiers does, `annals verify` finds the folder whole, and the ledger holds every
//! acknowledged event exactly once and nothing else of that sender.

mod load;
mod mortal;

use crate::arguments::{Arguments, SOAK_MINUTES};
use crate::events::Events;
use crate::machine::Machine;
use crate::served::verify;
use annals_ledger::LedgerReader;
use annals_record::IdHash;
use anyhow::{Result, ensure};
use load::Load;
use mortal::{Minute, Mortal};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Different lines; each round over them has ids of its own.
const LINES: u64 = 200_000;
/// Events of the short run that finds the top rate.
const TOP_EVENTS: u64 = 1_000_000;
/// The part of the top rate that is sent, in percent.
const SHARE: u64 = 60;
/// Memory that the table of identifiers may take for an event.
const TABLE_BYTES: u64 = 11;
/// What memory may grow by beside the table, from the first minute on.
const GROWTH_MIB_MAX: u64 = 64;

/// Runs it and answers with the table.
pub(crate) fn run(arguments: &Arguments) -> Result<String> {
    let machine = Machine::here(&arguments.scratch)?;
    let events = Events::prepare(&arguments.scratch, arguments.seed, LINES)?;
    let lines = events.read()?;
    let top = top_rate(arguments, &lines)?;
    let rate = top * SHARE / 100;
    eprintln!("top rate {top} events/s; sending {rate} events/s");
    let folder = tempfile::tempdir_in(&arguments.scratch)?;
    let data = folder.path().join("data");
    let mortal = Mortal::start(&arguments.annals, &data)?;
    let load = Load::new(&lines, arguments.batch, Some(rate));
    let minutes = arguments.minutes.unwrap_or(SOAK_MINUTES);
    let length = Duration::from_secs(minutes * 60);
    let every = Duration::from_secs(arguments.kill_seconds);
    let minutes = under_kills(arguments, &mortal, &load, length, every)?;
    mortal.stop()?;
    verify(&arguments.annals, &data)?;
    let kept = all_there_once(&data, &load)?;
    let table = table(arguments, &machine, rate, &minutes, kept);
    let growth = growth(&minutes);
    ensure!(growth <= GROWTH_MIB_MAX, "memory grew by {growth} MiB beside the table:\n{table}");
    Ok(table)
}

/// Events a second without a schedule and without kills.
fn top_rate(arguments: &Arguments, lines: &str) -> Result<u64> {
    let folder = tempfile::tempdir_in(&arguments.scratch)?;
    let mortal = Mortal::start(&arguments.annals, &folder.path().join("data"))?;
    let load = Load::new(lines, arguments.batch, None);
    let started = Instant::now();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| -> Result<()> {
        let client = || load.send(&mortal, &stop, TOP_EVENTS);
        let clients: Vec<_> = (0..arguments.clients).map(|_| scope.spawn(client)).collect();
        clients.into_iter().try_for_each(|client| client.join().expect("a client returns errors"))
    })?;
    let took = started.elapsed();
    mortal.stop()?;
    Ok((load.acknowledged() as f64 / took.as_secs_f64()) as u64)
}

/// Sends for `length`, with a kill every `every`. A minute of the answer ends with a kill.
fn under_kills(
    arguments: &Arguments,
    mortal: &Mortal,
    load: &Load<'_>,
    length: Duration,
    every: Duration,
) -> Result<Vec<Minute>> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let client = || load.send(mortal, &stop, u64::MAX);
        let clients: Vec<_> = (0..arguments.clients).map(|_| scope.spawn(client)).collect();
        let started = Instant::now();
        let mut minutes = Vec::new();
        let watched = loop {
            let ended = || clients.iter().any(std::thread::ScopedJoinHandle::is_finished);
            let minute = mortal.watch(every, || (load.acknowledged(), load.sent_again()), ended);
            let last = started.elapsed() + every > length || ended();
            let restarted = if last { Ok(Duration::ZERO) } else { mortal.kill_and_start() };
            match restarted {
                Ok(restart) => minutes.push(Minute { restart, ..minute }),
                Err(error) => break Err(error),
            }
            if last {
                break Ok(minutes);
            }
        };
        stop.store(true, Ordering::Relaxed);
        let joined = clients.into_iter().map(|client| client.join().expect("it returns errors"));
        let sent: Result<()> = joined.collect();
        // A server that did not start again is why clients failed.
        let minutes = watched?;
        sent.map(|()| minutes)
    })
}

/// The ledger's events of the sender are those that were acknowledged, each once. Identifiers
/// are compared by 64 bits of their hash.
fn all_there_once(data: &Path, load: &Load<'_>) -> Result<u64> {
    let reader = LedgerReader::open(data)?;
    let mut there = Vec::new();
    let mut emitter = String::new();
    for leaf in reader.range(0..reader.head().size.0) {
        let (_, leaf) = leaf?;
        let core = leaf.core();
        if core.service() != "audit-log" {
            emitter.clear();
            emitter.push_str(core.emitter());
            there.push(IdHash::of(&core.id(), core.emitter()).0);
        }
    }
    let mut acknowledged: Vec<u64> = Vec::new();
    load.each_id(|id| acknowledged.push(IdHash::of(id, &emitter).0));
    there.sort_unstable();
    acknowledged.sort_unstable();
    let count = there.len();
    ensure!(there.windows(2).all(|pair| pair[0] != pair[1]), "an event is in the ledger twice");
    ensure!(
        there == acknowledged,
        "{count} events are in the ledger, {} were acknowledged, and they are not the same",
        acknowledged.len()
    );
    Ok(count as u64)
}

/// MiB by which memory grew since the first minute, beside what the table of identifiers needs.
fn growth(minutes: &[Minute]) -> u64 {
    let beside = |minute: &Minute| {
        minute.resident_mib.saturating_sub((minute.acknowledged * TABLE_BYTES) >> 20)
    };
    let first = minutes.first().map_or(0, beside);
    minutes.iter().map(beside).max().unwrap_or(0).saturating_sub(first)
}

fn table(
    arguments: &Arguments,
    machine: &Machine,
    rate: u64,
    minutes: &[Minute],
    kept: u64,
) -> String {
    let Arguments { kill_seconds, .. } = arguments;
    let length = arguments.minutes.unwrap_or(SOAK_MINUTES);
    let mut text = format!(
        "`cargo xtask soak --minutes {length} --kill-seconds {kill_seconds}`  \n{machine}\n\n\
         {rate} events/s wanted, {SHARE} % of the top rate\n\n\
         | until kill | acknowledged in all | events/s | largest resident MiB | sent again | \
         back after s |\n|---|---|---|---|---|---|\n"
    );
    let mut before = 0;
    for (number, minute) in minutes.iter().enumerate() {
        let rate = (minute.acknowledged - before) as f64 / minute.took.as_secs_f64();
        before = minute.acknowledged;
        text += &format!(
            "| {} | {} | {rate:.0} | {} | {} | {:.2} |\n",
            number + 1,
            minute.acknowledged,
            minute.resident_mib,
            minute.sent_again,
            minute.restart.as_secs_f64(),
        );
    }
    let growth = growth(minutes);
    text += &format!(
        "\n- {kept} events in the ledger: each that was acknowledged, once; the folder verifies\n\
         - no request failed but by a kill\n\
         - memory grew by {growth} MiB beside the table of identifiers ({TABLE_BYTES} B an event)\n"
    );
    text
}
