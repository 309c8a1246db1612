//! What asking costs: the questions of the audit page over a ledger with its index, in process.
//!
//! The events are generated while they are taken in, with the index following, or stand in a
//! folder from an earlier run (`--dir`); then the index is opened anew and each question is asked
//! once cold (the page cache dropped where that is allowed) and several times warm, of which the
//! median counts. With `--scope FILTER` each is asked once more under that scope, first once and
//! then several times. With `--peers` the same questions go to SQLite, PostgreSQL and DuckDB over
//! the same events, and counts must agree.

mod load;
mod peer;
mod place;
mod question;
mod sought;
mod table;

use crate::arguments::Arguments;
use crate::events::Events;
use crate::machine::{self, Machine};
use crate::single::percentile;
use anyhow::{Result, ensure};
use load::Loaded;
use peer::Peer;
use place::Place;
use question::{Ask, Question, questions};
use sought::Sought;
use std::time::{Duration, Instant};
use table::{Asked, Scoped, Table};

/// Times each question is asked when warm.
const WARM_ROUNDS: usize = 9;
/// A question that took longer than this is not asked again.
const PATIENCE: Duration = Duration::from_secs(3);
/// The days that `user, 7 days` looks back.
const WEEK_NS: i64 = 7 * 24 * 3_600 * 1_000_000_000;

/// Runs the measurement.
pub(crate) fn measure(arguments: &Arguments) -> Result<Table> {
    let scratch = &arguments.scratch;
    let machine = Machine::here(scratch)?;
    let options = crate::events::options(arguments.seed, arguments.events)?;
    let sought = Sought::find(&options)?;
    let week_ago = annals_record::Timestamp::from_nanos(options.until.nanos() - WEEK_NS);
    let mut questions = questions(&sought, &week_ago.to_string());
    let is_asked = |what: &str| arguments.only.as_deref().is_none_or(|only| what.contains(only));
    questions.retain(|question| is_asked(question.what));
    let loaded = Loaded::make(arguments, &options)?;
    let mut table = Table::new(arguments, machine, loaded.story.clone());
    machine::forget_resident_max();
    let (mut place, start) = loaded.reopen()?;
    table.start = start;
    for question in &questions {
        drop_page_cache();
        let (cold, answer) = timed(|| place.ask(&question.ask))?;
        table.rows.push(Asked::new(question, cold, answer));
    }
    for (question, row) in questions.iter().zip(&mut table.rows) {
        row.warm = warm(row.cold, || place.ask(&question.ask))?;
    }
    if let Some(scope) = &arguments.scope {
        ask_scoped(&mut place, scope, &questions, &mut table)?;
    }
    (table.resident_mib, table.own_mib) = (machine::resident_mib_max("self"), machine::own_mib());
    drop(place);
    if arguments.peers {
        ask_peers(arguments, &questions, &mut table)?;
    }
    Ok(table)
}

/// Asks everything again under a scope.
fn ask_scoped(
    place: &mut Place,
    scope: &str,
    questions: &[Question],
    table: &mut Table,
) -> Result<()> {
    let begun = Instant::now();
    place.limit(scope)?;
    table.scoped = Some((scope.to_owned(), begun.elapsed()));
    for (question, row) in questions.iter().zip(&mut table.rows) {
        let (first, answer) = timed(|| place.ask(&question.ask))?;
        let warm = warm(first, || place.ask(&question.ask))?;
        row.scoped = Some(Scoped { answer, first, warm });
    }
    Ok(())
}

/// The median of several rounds, or the one round that was long enough.
fn warm(cold: Duration, ask: impl Fn() -> Result<u64>) -> Result<Duration> {
    if cold > PATIENCE {
        return Ok(timed(&ask)?.0);
    }
    let mut times = Vec::with_capacity(WARM_ROUNDS);
    for _ in 0..WARM_ROUNDS {
        times.push(timed(&ask)?.0);
    }
    Ok(percentile(&mut times, 50))
}

fn timed(ask: impl FnOnce() -> Result<u64>) -> Result<(Duration, u64)> {
    let started = Instant::now();
    let answer = ask()?;
    Ok((started.elapsed(), answer))
}

/// Works for root only; without it the cold figures are those of a freshly opened index.
fn drop_page_cache() {
    let _ = std::fs::write("/proc/sys/vm/drop_caches", "3");
}

fn ask_peers(arguments: &Arguments, questions: &[Question], table: &mut Table) -> Result<()> {
    let events = Events::prepare(&arguments.scratch, arguments.seed, arguments.events)?;
    let peers = [Peer::sqlite, Peer::postgres, Peer::duckdb];
    for open in peers {
        let mut peer = open(arguments, &events)?;
        eprintln!("asking {}", peer.what);
        table.peers.push(peer.what.clone());
        for (question, row) in questions.iter().zip(&mut table.rows) {
            let mut ask = || question.sql.iter().try_fold(0, |_, sql| peer.ask(sql));
            let (first, answer) = timed(&mut ask)?;
            let took = if first > PATIENCE { first } else { timed(&mut ask)?.0 };
            if matches!(question.ask, Ask::Count(_)) {
                let (what, ours) = (question.what, row.answer);
                ensure!(answer == ours, "{what}: {} counts {answer}, annals {ours}", peer.what);
            }
            row.peers.push(took);
        }
    }
    Ok(())
}
