//! The server that is killed and started again on the same folder.
//!
//! A life ends before the kill is sent: whatever fails in a life that has not ended is an error.

use crate::http::Connection;
use crate::machine::resident_mib;
use crate::served::{Served, token};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

/// Time between two looks at the memory.
const LOOK: Duration = Duration::from_millis(250);
/// How long a client waits for a server that is being started.
const START_MAX: Duration = Duration::from_secs(300);

/// One server after the other.
pub(super) struct Mortal {
    annals: PathBuf,
    data: PathBuf,
    token: String,
    life: AtomicU64,
    /// The life that listens, and where; no request begins in one that has ended.
    address: RwLock<(u64, String)>,
    served: Mutex<Option<Served>>,
}

/// What was seen between two kills.
#[derive(Debug)]
pub(super) struct Minute {
    pub(super) took: Duration,
    /// Events acknowledged since the start of the run.
    pub(super) acknowledged: u64,
    pub(super) resident_mib: u64,
    /// Requests sent again since the start of the run.
    pub(super) sent_again: u64,
    /// From the kill to the line that says where the next server listens.
    pub(super) restart: Duration,
}

impl Mortal {
    pub(super) fn start(annals: &Path, data: &Path) -> Result<Self> {
        let served = Served::start(annals, data)?;
        Ok(Self {
            annals: annals.to_owned(),
            data: data.to_owned(),
            token: token(annals, data)?,
            life: AtomicU64::new(0),
            address: RwLock::new((0, served.address.clone())),
            served: Mutex::new(Some(served)),
        })
    }

    /// The number of the present life.
    pub(super) fn life(&self) -> u64 {
        self.life.load(Ordering::SeqCst)
    }

    /// A connection to the present life, once it listens, with the number of that life.
    pub(super) fn connect(&self) -> Result<(u64, Connection)> {
        let begun = Instant::now();
        loop {
            let (life, address) =
                self.address.read().expect("no thread panics while it holds this lock").clone();
            if life == self.life() {
                return Ok((life, Connection::open(&address, &self.token)?));
            }
            anyhow::ensure!(begun.elapsed() < START_MAX, "no server for {START_MAX:?}");
            std::thread::sleep(LOOK);
        }
    }

    /// Looks on for `length`, or until `ended`; `counts` tells the events acknowledged and the
    /// requests sent again.
    pub(super) fn watch(
        &self,
        length: Duration,
        counts: impl Fn() -> (u64, u64),
        ended: impl Fn() -> bool,
    ) -> Minute {
        let begun = Instant::now();
        let process = self.process();
        let mut resident = 0;
        while begun.elapsed() < length && !ended() {
            resident = resident.max(resident_mib(&process));
            std::thread::sleep(LOOK);
        }
        let (acknowledged, sent_again) = counts();
        Minute {
            took: begun.elapsed(),
            acknowledged,
            resident_mib: resident,
            sent_again,
            restart: Duration::ZERO,
        }
    }

    fn process(&self) -> String {
        let served = self.served.lock().expect("no thread panics while it holds this lock");
        served.as_ref().map(|served| served.id().to_string()).unwrap_or_default()
    }

    /// SIGKILL, and a new server on the same folder; how long nobody listened.
    pub(super) fn kill_and_start(&self) -> Result<Duration> {
        let begun = Instant::now();
        let life = self.life.fetch_add(1, Ordering::SeqCst) + 1;
        let mut served = self.served.lock().expect("no thread panics while it holds this lock");
        // Dropping it kills it.
        drop(served.take());
        let next = Served::start(&self.annals, &self.data)?;
        let mut address = self.address.write().expect("no thread panics while it holds this lock");
        *address = (life, next.address.clone());
        *served = Some(next);
        Ok(begun.elapsed())
    }

    /// SIGTERM, and success only if it ended well.
    pub(super) fn stop(self) -> Result<()> {
        let served = self.served.into_inner().expect("no thread panicked with this lock");
        served.context("the server is gone")?.stop()
    }
}
