//! Kills at every step of the way from log to server, and a server that is away.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use super::*;
use crate::config::Config;
use crate::sink::SendError;

const SAMPLE: &str = include_str!("../../../../testdata/sshd/syslog-rfc5424.log");

/// What happens at one send.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// Acknowledged.
    Kept,
    /// The receiver has it, the collector dies before it knows.
    KeptThenKilled,
    /// It never arrived, and the collector dies.
    LostThenKilled,
    /// It never arrived; the collector lives and tries again.
    Away,
}

/// A receiver like the server: the same event again adds nothing, other content is a conflict.
#[derive(Default)]
struct Memory {
    events: BTreeMap<String, String>,
    order: Vec<String>,
    sends: usize,
    fates: BTreeMap<usize, Fate>,
}

impl Sink for Memory {
    fn send(&mut self, ndjson: &str) -> Result<Ack, SendError> {
        let fate = self.fates.get(&self.sends).copied().unwrap_or(Fate::Kept);
        self.sends += 1;
        let mut ack = Ack::default();
        if matches!(fate, Fate::Kept | Fate::KeptThenKilled) {
            for line in ndjson.lines() {
                let event: serde_json::Value = serde_json::from_str(line).unwrap();
                let id = event["id"].as_str().unwrap().to_owned();
                match self.events.insert(id.clone(), line.to_owned()) {
                    None => {
                        ack.accepted += 1;
                        self.order.push(id);
                    }
                    Some(before) => {
                        assert_eq!(before, line, "one id, two contents");
                        ack.duplicates += 1;
                    }
                }
            }
        }
        if fate == Fate::Kept { Ok(ack) } else { Err(SendError { message: format!("{fate:?}") }) }
    }
}

/// A world in which every failed send but `Away` kills the collector.
#[derive(Default)]
struct Mortal {
    error: Option<String>,
    waits: u32,
}

impl World for Mortal {
    fn wait(&mut self, _: Duration) -> bool {
        self.waits += 1;
        self.error.as_deref() != Some("Away")
    }

    fn send_state(&mut self, error: Option<&str>) {
        self.error = error.map(str::to_owned);
    }
}

struct Site {
    folder: tempfile::TempDir,
    config: Config,
    sink: Memory,
    kills: u32,
}

impl Site {
    fn new(fates: impl IntoIterator<Item = (usize, Fate)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "state_dir = \"{0}/state\"\n[server]\nurl = \"http://x\"\n\
             [[source]]\nname = \"login\"\nkind = \"sshd\"\npath = \"{0}/auth.log\"\n",
            folder.path().display()
        );
        let config = Config::parse(&text, "collect.toml".as_ref()).unwrap();
        let sink = Memory { fates: fates.into_iter().collect(), ..Memory::default() };
        Self { folder, config, sink, kills: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, text: &str) {
        let path = self.path("auth.log");
        let mut file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// A process: from start until there is nothing to do, or death.
    fn live(&mut self) -> Turn {
        let states = StateDir::open(&self.config.state_dir).unwrap();
        // One key for all sites, so that runs can be compared.
        states.replace("key", "5a".repeat(32).as_bytes()).unwrap();
        let limits = Limits { chunk_bytes: 2048, batch_events_max: 3, batch_lines_max: 40 };
        let mut runner = Runner::open(&self.config.sources[0], &states, limits).unwrap();
        let mut world = Mortal::default();
        for _ in 0..10_000 {
            match runner.turn(&states, &mut self.sink, &mut world).unwrap() {
                Turn::Busy => {}
                ended => return ended,
            }
        }
        panic!("the collector never comes to rest");
    }

    fn live_until_idle(&mut self) {
        while self.live() == Turn::Stopped {
            self.kills += 1;
        }
    }

    /// The sample in pieces, with a rotation of each kind between them and the process new each
    /// time.
    fn play(&mut self) {
        let cuts = [0, 60, 270, 330, 390, 431];
        let lines: Vec<_> = SAMPLE.split_inclusive('\n').collect();
        for (piece, cut) in cuts.windows(2).enumerate() {
            match piece {
                2 => {
                    fs::copy(self.path("auth.log"), self.path("auth.log.2")).unwrap();
                    let log = fs::File::options().write(true).open(self.path("auth.log"));
                    log.unwrap().set_len(0).unwrap();
                }
                3 => fs::rename(self.path("auth.log"), self.path("auth.log.1")).unwrap(),
                _ => {}
            }
            self.append(&lines[cut[0]..cut[1]].concat());
            self.live_until_idle();
        }
    }

    fn counters(&self) -> Counters {
        let states = StateDir::open(&self.config.state_dir).unwrap();
        states.load("login").unwrap().counters
    }
}

/// A kill at every send, before and after the receiver has kept the batch: the same events in the
/// same order as without a kill, none twice, and every line counted once.
#[test]
fn kills_lose_and_double_nothing() {
    let mut calm = Site::new([]);
    calm.play();
    assert!(calm.sink.sends > 10, "{} sends", calm.sink.sends);
    assert_eq!(calm.sink.events.len(), 41);
    assert_eq!((calm.counters().lines, calm.counters().lost_files), (431, 0));
    for at in 0..calm.sink.sends {
        for fate in [Fate::KeptThenKilled, Fate::LostThenKilled, Fate::Away] {
            let mut site = Site::new([(at, fate)]);
            site.play();
            assert_eq!(site.kills, u32::from(fate != Fate::Away), "{fate:?} at send {at}");
            assert_eq!(site.sink.events, calm.sink.events, "{fate:?} at send {at}");
            assert_eq!(site.sink.order, calm.sink.order, "{fate:?} at send {at}");
            let counters = Counters { accepted: 41, duplicates: 0, ..site.counters() };
            assert_eq!(counters, calm.counters(), "{fate:?} at send {at}");
        }
    }
}

/// Killed before anything was acknowledged, and the log renamed before the next start: its lines are
/// found.
#[test]
fn a_first_batch_outlives_a_rotation() {
    for fate in [Fate::KeptThenKilled, Fate::LostThenKilled] {
        let mut site = Site::new([(0, fate)]);
        let lines: Vec<_> = SAMPLE.split_inclusive('\n').collect();
        let (first, rest) = lines.split_at(300);
        site.append(&first.concat());
        assert_eq!(site.live(), Turn::Stopped);
        fs::rename(site.path("auth.log"), site.path("auth.log.1")).unwrap();
        site.append(&rest.concat());
        site.live_until_idle();
        assert_eq!(site.sink.events.len(), 41, "{fate:?}");
    }
}

/// Killed at every second send: it still gets through.
#[test]
fn many_kills() {
    let fates = |at| (at, if at % 4 == 0 { Fate::KeptThenKilled } else { Fate::LostThenKilled });
    let mut site = Site::new((0..200).step_by(2).map(fates));
    site.play();
    assert!(site.kills > 5);
    assert_eq!(site.sink.events.len(), 41);
}

/// A request that nothing contradicts is told when the log falls silent, once, and the same way as
/// if another line had come.
#[test]
fn silence_settles() {
    let line = |second: u32, what: &str| {
        format!("2026-11-22T10:00:0{second}Z vm internal-sftp[5]: {what}\n")
    };
    let opened = line(0, "session opened for local user bob from [9.9.9.9]");
    let made = line(1, "mkdir name \"/a\" mode 0777");
    let closed = line(2, "session closed for local user bob from [9.9.9.9]");
    let mut quick = Site::new([]);
    quick.append(&format!("{opened}{made}{closed}"));
    quick.live_until_idle();
    let mut slow = Site::new([]);
    slow.append(&format!("{opened}{made}"));
    let states = StateDir::open(&slow.config.state_dir).unwrap();
    states.replace("key", "5a".repeat(32).as_bytes()).unwrap();
    let mut runner = Runner::open(&slow.config.sources[0], &states, Limits::default()).unwrap();
    for _ in 0..=SETTLE_TURNS {
        runner.turn(&states, &mut slow.sink, &mut Mortal::default()).unwrap();
    }
    assert_eq!(slow.sink.events, quick.sink.events);
    drop((runner, states));
    slow.append(&closed);
    slow.live_until_idle();
    assert_eq!(slow.sink.events, quick.sink.events);
    assert_eq!(slow.sink.events.len(), 1);
}

/// Lines that are not understood stay visible: counted, kept, with their reason.
#[test]
fn unmapped_lines_are_kept() {
    let mut site = Site::new([]);
    site.append("2026-11-22T10:00:00Z vm sshd[5]: what is this\nnonsense\n");
    site.append("2026-11-22T10:00:00Z vm cron[5]: other\n");
    site.live_until_idle();
    let counters = site.counters();
    assert_eq!((counters.lines, counters.unmapped, counters.other_programs["cron"]), (3, 2, 1));
    let kept = fs::read_to_string(site.path("state/login.unmapped")).unwrap();
    assert_eq!(kept.lines().count(), 2);
    assert!(kept.contains("what is this") && kept.contains("a time is missing"), "{kept}");
}
