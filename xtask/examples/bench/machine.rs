//! The machine a figure came from: processor, memory, kernel, and how long its disk takes to sync.

use anyhow::Result;
use std::fmt;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

const SYNCS: usize = 200;
const SYNC_BYTES: usize = 4096;
/// Linux counts processor time for user space in hundredths of a second.
const MILLIS_A_TICK: u64 = 10;

/// What a reader needs to compare two figures.
#[derive(Debug)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory_gib: u64,
    kernel: String,
    /// The median time that a small write takes to be on disk.
    pub(crate) fdatasync_p50: Duration,
}

impl Machine {
    /// Looks around, and syncs a small file in `scratch` some hundred times.
    pub(crate) fn here(scratch: &Path) -> Result<Self> {
        let processors = std::fs::read_to_string("/proc/cpuinfo")?;
        let processor = field(&processors, "model name").unwrap_or("unknown processor").to_owned();
        let memory = std::fs::read_to_string("/proc/meminfo")?;
        let kib = field(&memory, "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok());
        Ok(Self {
            processor,
            cores: std::thread::available_parallelism()?.get(),
            memory_gib: kib.unwrap_or(0_u64) >> 20,
            kernel: std::fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            fdatasync_p50: fdatasync_p50(scratch)?,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cores of {}, {} GiB, Linux {}, fdatasync p50 {:.2} ms",
            self.cores,
            self.processor,
            self.memory_gib,
            self.kernel,
            self.fdatasync_p50.as_secs_f64() * 1e3
        )
    }
}

/// The largest resident memory of a process so far, in MiB; 0 if the kernel does not say.
pub(crate) fn resident_mib_max(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let kib = field(&status, "VmHWM").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) >> 10
}

/// The resident memory of a process now, in MiB; 0 if the kernel does not say.
pub(crate) fn resident_mib(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let kib = field(&status, "VmRSS").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) >> 10
}

/// What of the resident memory of this process is no page of a mapped file, in MiB: those go as
/// soon as somebody else needs the room.
pub(crate) fn own_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib =
        field(&status, "RssAnon").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) >> 10
}

/// From now on `resident_mib_max("self")` tells of what comes, where the kernel lets it.
pub(crate) fn forget_resident_max() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Processor time of a process so far, all its threads, user and system. Unlike the clock on the
/// wall it does not depend on what else the machine is doing.
pub(crate) fn processor_time(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name of the program may hold blanks; it ends at the last bracket. proc_pid_stat(5):
    // fields 14 and 15, counted from 1; what follows the bracket begins with field 3.
    let (_, fields) = stat.rsplit_once(") ").unwrap_or_default();
    let ticks = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * MILLIS_A_TICK)
}

/// `name: value` in the style of /proc.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim())
}

fn fdatasync_p50(scratch: &Path) -> Result<Duration> {
    let file = tempfile::tempfile_in(scratch)?;
    let block = [7_u8; SYNC_BYTES];
    let mut times = Vec::with_capacity(SYNCS);
    for round in 0..SYNCS {
        file.write_all_at(&block, (round * SYNC_BYTES) as u64)?;
        let started = Instant::now();
        file.sync_data()?;
        times.push(started.elapsed());
    }
    times.sort();
    Ok(times[SYNCS / 2])
}
