//! The service: turns of all sources until it is told to stop.

use std::time::{Duration, Instant};

use crate::config::Config;
use crate::error::CollectError;
use crate::position::StateDir;
use crate::pull::Puller;
use crate::runner::{Limits, Runner, Turn, World};
use crate::sink::HttpSink;
use crate::status::Status;

/// How often files are looked at.
const POLL_PAUSE: Duration = Duration::from_millis(500);
/// How often the question whether to stop is asked.
const STOP_PAUSE: Duration = Duration::from_millis(50);
/// How often `status.json` is written.
const STATUS_PAUSE: Duration = Duration::from_secs(2);

/// Collects until `stop_asked` says so. What was acknowledged is saved by then; what was not is
/// read again at the next start.
///
/// # Errors
/// A configuration or a state folder that can't be used. A server that is away is waited for.
pub fn run(config: &Config, stop_asked: &dyn Fn() -> bool) -> Result<(), CollectError> {
    let states = StateDir::open(&config.state_dir)?;
    let mut sink = HttpSink::open(&config.server)?;
    let mut runners = config
        .sources
        .iter()
        .map(|source| Runner::open(source, &states, Limits::default()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut pullers = config
        .pulls
        .iter()
        .map(|source| Puller::open(source, &states))
        .collect::<Result<Vec<_>, _>>()?;
    let mut world = Service { stop_asked, send_error: None };
    let mut status_written: Option<Instant> = None;
    loop {
        let mut idle = true;
        for runner in &mut runners {
            match runner.turn(&states, &mut sink, &mut world)? {
                Turn::Busy => idle = false,
                Turn::Idle => {}
                Turn::Stopped => return write_status(&states, &runners, &pullers, &world),
            }
        }
        for puller in &mut pullers {
            match puller.turn(&states, &mut sink, &mut world, Instant::now())? {
                Turn::Busy => idle = false,
                Turn::Idle => {}
                Turn::Stopped => return write_status(&states, &runners, &pullers, &world),
            }
        }
        if status_written.is_none_or(|written| written.elapsed() >= STATUS_PAUSE) {
            write_status(&states, &runners, &pullers, &world)?;
            status_written = Some(Instant::now());
        }
        let pause = if idle { POLL_PAUSE } else { Duration::ZERO };
        if world.wait(pause) {
            return write_status(&states, &runners, &pullers, &world);
        }
    }
}

struct Service<'s> {
    stop_asked: &'s dyn Fn() -> bool,
    send_error: Option<String>,
}

impl World for Service<'_> {
    fn wait(&mut self, pause: Duration) -> bool {
        let end = Instant::now() + pause;
        loop {
            if (self.stop_asked)() {
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
        match (error, &self.send_error) {
            (Some(error), None) => tracing::warn!(error, "can't send events; trying again"),
            (None, Some(_)) => tracing::info!("sending works again"),
            _ => {}
        }
        self.send_error = error.map(str::to_owned);
    }
}

fn write_status(
    states: &StateDir,
    runners: &[Runner],
    pullers: &[Puller],
    world: &Service<'_>,
) -> Result<(), CollectError> {
    let followed = runners.iter().map(Runner::status);
    let status = Status {
        time: jiff::Timestamp::now().to_string(),
        sources: followed.chain(pullers.iter().map(Puller::status)).collect(),
        send_error: world.send_error.clone(),
    };
    let bytes = serde_json::to_vec_pretty(&status).map_err(CollectError::Json)?;
    states.replace("status.json", &bytes)
}
