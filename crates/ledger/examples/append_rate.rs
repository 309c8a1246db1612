//! How fast pre-sealed leaves become durable and signed, how much of a processor that takes, and
//! how fast a start and a check are: `append_rate [EVENTS]`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring stick")]

#[path = "../tests/sample/mod.rs"]
mod sample;

use annals_ledger::{FsckOptions, Ledger, OnConflict, Options, fsck};
use std::time::Instant;

/// Events of a batch.
const BATCH: u64 = 512;

fn main() {
    let events: u64 = std::env::args().nth(1).map_or(500_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    let appender = ledger.appender();
    let batches: Vec<_> = (0..events)
        .step_by(BATCH as usize)
        .map(|from| {
            let ticket = appender.ticket(0).unwrap();
            let at = ticket.received_time;
            let batch = (from..from + BATCH).map(|number| sample::event(number, at)).collect();
            (ticket, batch)
        })
        .collect();
    let (start, busy) = (Instant::now(), busy_seconds());
    let receipts: Vec<_> = batches
        .into_iter()
        .map(|(ticket, batch)| appender.append(ticket, batch, OnConflict::Skip))
        .collect();
    for receipt in receipts {
        receipt.wait().unwrap();
    }
    let took = start.elapsed().as_secs_f64();
    let share = (busy_seconds() - busy) / took;
    println!("append: {:.0} events/s, {share:.2} processors", events as f64 / took);
    time("close", || ledger.close().unwrap());
    let ledger = time("open", || Ledger::open(folder.path(), Options::default()).unwrap());
    drop(ledger);
    time("open after a kill", || Ledger::open(folder.path(), Options::default()).unwrap().close())
        .unwrap();
    let start = Instant::now();
    let report = fsck(folder.path(), &FsckOptions::default(), &mut |_, _| {}).unwrap();
    let rate = report.events_checked as f64 / start.elapsed().as_secs_f64();
    println!("fsck: {}, {rate:.0} events/s", report.verdict);
    let bytes = folder_bytes(folder.path());
    println!("disk: {:.1} bytes/event", bytes as f64 / events as f64);
}

fn time<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = act();
    println!("{what}: {:.3} s", start.elapsed().as_secs_f64());
    made
}

/// Processor time of this process so far (Linux: in ticks of 10 ms).
fn busy_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|n| n.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}

fn folder_bytes(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let size = |entry: std::fs::DirEntry| match entry.metadata().unwrap() {
        folder if folder.is_dir() => folder_bytes(&entry.path()),
        file => file.len(),
    };
    entries.map(size).sum()
}
