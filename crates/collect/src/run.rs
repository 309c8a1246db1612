//! The service: what is followed and what is asked, until it is told to stop.
//!
//! Followed files share one thread; each source that is asked has its own, because it can hang. The
//! caller's thread writes `status.json` meanwhile, so that it tells why nothing goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::error::CollectError;
use crate::position::StateDir;
use crate::pull::Puller;
use crate::runner::{Limits, Runner, Turn, World};
use crate::sink::HttpSink;
use crate::status::{SourceStatus, Status};

/// How often files are looked at, and pullers whether they are due.
const POLL_PAUSE: Duration = Duration::from_millis(500);
/// How often the question whether to stop is asked.
const STOP_PAUSE: Duration = Duration::from_millis(50);
/// How often `status.json` is written.
const STATUS_PAUSE: Duration = Duration::from_secs(2);

/// Collects until `stop_asked` says so. What was acknowledged is saved by then; what was not is
/// read again at the next start. A request that a source has not answered is waited for.
///
/// # Errors
/// A configuration or a state folder that can't be used. A server that is away is waited for.
pub fn run(config: &Config, stop_asked: &(dyn Fn() -> bool + Sync)) -> Result<(), CollectError> {
    let states = StateDir::open(&config.state_dir)?;
    let open_runner = |source| Runner::open(source, &states, Limits::default());
    let mut runners = config.sources.iter().map(open_runner).collect::<Result<Vec<_>, _>>()?;
    let open_puller = |source| Puller::open(source, &states);
    let mut pullers = config.pulls.iter().map(open_puller).collect::<Result<Vec<_>, _>>()?;
    let followed = Board::new(runners.iter().map(Runner::status).collect());
    let asked: Vec<_> = pullers.iter().map(|puller| Board::new(vec![puller.status()])).collect();
    let boards: Vec<_> = std::iter::once(&followed).chain(&asked).collect();
    let failed = AtomicBool::new(false);
    let shall_stop = || stop_asked() || failed.load(Ordering::Relaxed);
    let open_sink = || HttpSink::open(&config.server);
    let (mut sink, sinks) =
        (open_sink()?, asked.iter().map(|_| open_sink()).collect::<Result<Vec<_>, _>>()?);
    // One that ends with a fault ends the others.
    let seen = |ended: Result<(), CollectError>| {
        failed.fetch_or(ended.is_err(), Ordering::Relaxed);
        ended
    };
    let (states, shall_stop, seen) = (&states, &shall_stop, &seen);
    std::thread::scope(|scope| {
        let mut threads = vec![scope.spawn(|| {
            let mut world = Service { shall_stop, board: &followed };
            seen(follow(&mut runners, states, &mut sink, &mut world))
        })];
        for ((puller, board), mut sink) in pullers.iter_mut().zip(&asked).zip(sinks) {
            threads.push(scope.spawn(move || {
                let mut world = Service { shall_stop, board };
                seen(pull(puller, states, &mut sink, &mut world))
            }));
        }
        let mut written: Option<Instant> = None;
        while threads.iter().any(|thread| !thread.is_finished()) {
            if written.is_none_or(|written| written.elapsed() >= STATUS_PAUSE) {
                seen(write_status(states, &boards))?;
                written = Some(Instant::now());
            }
            std::thread::sleep(STOP_PAUSE);
        }
        for thread in threads {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        write_status(states, &boards)
    })
}

/// Follows files until it is told to stop.
fn follow(
    runners: &mut [Runner],
    states: &StateDir,
    sink: &mut HttpSink,
    world: &mut Service<'_>,
) -> Result<(), CollectError> {
    loop {
        let mut idle = true;
        for runner in &mut *runners {
            match runner.turn(states, sink, world)? {
                Turn::Busy => idle = false,
                Turn::Idle => {}
                Turn::Stopped => return Ok(()),
            }
        }
        world.board.tell(runners.iter().map(Runner::status).collect());
        if world.wait(if idle { POLL_PAUSE } else { Duration::ZERO }) {
            return Ok(());
        }
    }
}

/// Asks one source until it is told to stop.
fn pull(
    puller: &mut Puller,
    states: &StateDir,
    sink: &mut HttpSink,
    world: &mut Service<'_>,
) -> Result<(), CollectError> {
    loop {
        let turn = puller.turn(states, sink, world, Instant::now())?;
        world.board.tell(vec![puller.status()]);
        let pause = if turn == Turn::Busy { Duration::ZERO } else { POLL_PAUSE };
        if turn == Turn::Stopped || world.wait(pause) {
            return Ok(());
        }
    }
}

/// What one thread tells of its sources.
struct Board(Mutex<Told>);

struct Told {
    sources: Vec<SourceStatus>,
    send_error: Option<String>,
}

impl Board {
    fn new(sources: Vec<SourceStatus>) -> Self {
        Self(Mutex::new(Told { sources, send_error: None }))
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, sources: Vec<SourceStatus>) {
        self.told().sources = sources;
    }
}

struct Service<'s> {
    shall_stop: &'s (dyn Fn() -> bool + Sync),
    board: &'s Board,
}

impl World for Service<'_> {
    fn wait(&mut self, pause: Duration) -> bool {
        let end = Instant::now() + pause;
        loop {
            if (self.shall_stop)() {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            std::thread::sleep(left.min(STOP_PAUSE));
        }
    }

    fn send_state(&mut self, error: Option<&str>) {
        let mut told = self.board.told();
        match (error, &told.send_error) {
            (Some(error), None) => tracing::warn!(error, "can't send events; trying again"),
            (None, Some(_)) => tracing::info!("sending works again"),
            _ => {}
        }
        told.send_error = error.map(str::to_owned);
    }
}

fn write_status(states: &StateDir, boards: &[&Board]) -> Result<(), CollectError> {
    let mut status =
        Status { time: jiff::Timestamp::now().to_string(), sources: Vec::new(), send_error: None };
    for board in boards {
        let told = board.told();
        status.sources.extend_from_slice(&told.sources);
        status.send_error = status.send_error.or_else(|| told.send_error.clone());
    }
    let bytes = serde_json::to_vec_pretty(&status).map_err(CollectError::Json)?;
    states.replace("status.json", &bytes)
}
