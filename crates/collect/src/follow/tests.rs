//! Files that grow, are renamed, copied away and truncated, while a follower is running or down.

use std::fs;
use std::io::Write;

use proptest::prelude::*;

use super::*;

struct Log {
    folder: tempfile::TempDir,
    follower: Follower,
    seen: Vec<String>,
}

impl Log {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let follower = Follower::new(&folder.path().join("auth.log"), None, CHUNK_BYTES);
        Self { folder, follower, seen: Vec::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, text: &str) {
        let path = self.path("auth.log");
        let mut file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn copy_truncate(&self) {
        fs::copy(self.path("auth.log"), self.path("auth.log.1")).unwrap();
        fs::File::options().write(true).open(self.path("auth.log")).unwrap().set_len(0).unwrap();
    }

    fn poll(&mut self) {
        let seen = &mut self.seen;
        let mut each = |raw: &RawLine<'_>| {
            seen.push(String::from_utf8(raw.bytes.to_vec()).unwrap());
        };
        while self.follower.read(&mut each) == Progress::More {}
    }

    /// A kill: only the position survives.
    fn restart(&mut self) {
        let position = self.follower.position();
        self.follower = Follower::new(&self.path("auth.log"), position, CHUNK_BYTES);
    }

    fn check(&mut self, expected: &[&str]) {
        self.poll();
        assert_eq!(self.seen, expected);
    }
}

/// A file that is not there yet, a line that is not finished, then the rest.
#[test]
fn waits_for_files_and_line_ends() {
    let mut log = Log::new();
    log.check(&[]);
    assert_eq!(log.follower.status().state, "waiting");
    log.append("one\ntw");
    log.check(&["one"]);
    log.append("o\r\n\n");
    log.check(&["one", "two", ""]);
    log.restart();
    log.append("three\n");
    log.check(&["one", "two", "", "three"]);
    assert_eq!(log.follower.take_events(), Events::default());
}

/// Renaming: the writer still holds the old file for a while, then the new one is begun.
#[test]
fn rotation_by_renaming() {
    let mut log = Log::new();
    log.append("one\n");
    log.check(&["one"]);
    log.rename("auth.log", "auth.log.1");
    log.check(&["one"]);
    let mut old = fs::OpenOptions::new().append(true).open(log.path("auth.log.1")).unwrap();
    old.write_all(b"two\n").unwrap();
    log.append("");
    log.check(&["one", "two"]);
    old.write_all(b"three, no line feed").unwrap();
    log.append("four\n");
    log.check(&["one", "two", "three, no line feed", "four"]);
    assert_eq!(log.follower.status().state, "following");
    assert_eq!(log.follower.take_events(), Events::default());
}

/// Rotated twice while the collector was down: all files are read, oldest first.
#[test]
fn rotation_while_down() {
    let mut log = Log::new();
    log.append("one\n");
    log.check(&["one"]);
    log.append("two\n");
    log.rename("auth.log", "auth.log.1");
    log.append("three\n");
    log.rename("auth.log.1", "auth.log.2");
    log.rename("auth.log", "auth.log.1");
    log.append("four\n");
    log.restart();
    log.check(&["one", "two", "three", "four"]);
    assert_eq!(log.follower.take_events(), Events::default());
}

/// Copied and truncated, running and down; what was written between the last read and the copy is
/// read from the copy.
#[test]
fn rotation_by_copying() {
    for down in [false, true] {
        let mut log = Log::new();
        log.append("one\n");
        log.check(&["one"]);
        log.append("two\n");
        log.copy_truncate();
        if down {
            log.restart();
        }
        log.append("three is longer than all before it\n");
        log.check(&["one", "two", "three is longer than all before it"]);
        assert_eq!(log.follower.take_events(), Events::default());
    }
}

/// What is gone is gone, but never silently.
#[test]
fn losses_are_counted() {
    let mut log = Log::new();
    log.append("one\ntwo\n");
    log.check(&["one", "two"]);
    fs::write(log.path("auth.log"), "new\n").unwrap();
    log.check(&["one", "two", "new"]);
    assert_eq!(log.follower.take_events().lost_files, 1);
    fs::remove_file(log.path("auth.log")).unwrap();
    log.restart();
    log.append("newer\n");
    log.check(&["one", "two", "new", "newer"]);
    assert_eq!(log.follower.take_events().lost_files, 1);
}

/// A line without end must not fill memory; what follows it is read, also after a restart within.
#[test]
fn long_lines_are_cut() {
    let mut log = Log::new();
    log.append("first\n");
    log.append(&"x".repeat(3 * CHUNK_BYTES));
    log.poll();
    log.restart();
    log.append("y\nlast\n");
    log.poll();
    let lengths: Vec<_> = log.seen.iter().map(String::len).collect();
    assert_eq!(lengths, [5, LINE_BYTES_MAX, 4]);
    let mut short = Log::new();
    short.append(&format!("{}\nlast\n", "x".repeat(LINE_BYTES_MAX + 1)));
    short.poll();
    assert_eq!(short.seen[0].len(), LINE_BYTES_MAX);
    assert_eq!(short.seen[1], "last");
    assert_eq!(short.follower.take_events().cut, 1);
}

/// A folder in place of a file is shown, not fatal.
#[test]
fn unreadable_files_are_shown() {
    let mut log = Log::new();
    fs::create_dir(log.path("auth.log")).unwrap();
    log.check(&[]);
    assert!(log.follower.status().error.is_some());
    fs::remove_dir(log.path("auth.log")).unwrap();
    log.append("one\n");
    log.check(&["one"]);
    assert!(log.follower.status().error.is_none());
}

#[derive(Clone, Debug)]
enum Step {
    Line,
    HalfLine,
    Poll,
    Restart,
    Rename,
    CopyTruncate,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order, every line is given once and in order, as long as each
    /// rotated file is still there.
    #[test]
    fn every_line_once(steps in proptest::collection::vec(
        prop_oneof![
            5 => Just(Step::Line), 1 => Just(Step::HalfLine), 3 => Just(Step::Poll),
            1 => Just(Step::Restart), 1 => Just(Step::Rename), 1 => Just(Step::CopyTruncate),
        ],
        1..40,
    )) {
        let mut log = Log::new();
        let (mut written, mut half, mut rotated) = (Vec::new(), false, 100);
        let mut line = 0;
        for step in steps {
            match step {
                Step::Line => {
                    line += 1;
                    let text = if half { format!("-{line}\n") } else { format!("line-{line}\n") };
                    log.append(&text);
                    if half {
                        let start: String = written.pop().unwrap();
                        written.push(start + text.trim_end());
                    } else {
                        written.push(text.trim_end().to_owned());
                    }
                    half = false;
                }
                Step::HalfLine if !half => {
                    line += 1;
                    log.append(&format!("half-{line}"));
                    written.push(format!("half-{line}"));
                    half = true;
                }
                Step::HalfLine => {}
                Step::Poll => log.poll(),
                Step::Restart => log.restart(),
                // A rotation of an empty file, or within a line, is not what daemons do; the
                // follower knows a file by its first line, so it must have seen one.
                Step::Rename | Step::CopyTruncate if half => {}
                Step::Rename | Step::CopyTruncate => {
                    log.poll();
                    let size = fs::metadata(log.path("auth.log")).map_or(0, |meta| meta.len());
                    if size == 0 {
                        continue;
                    }
                    rotated -= 1;
                    let name = format!("auth.log.{rotated}");
                    if matches!(step, Step::Rename) {
                        log.rename("auth.log", &name);
                    } else {
                        log.copy_truncate();
                        log.rename("auth.log.1", &name);
                    }
                }
            }
        }
        log.append(if half { "\nend\n" } else { "end\n" });
        written.push("end".to_owned());
        log.poll();
        prop_assert_eq!(&log.seen, &written);
        prop_assert_eq!(log.follower.take_events(), Events::default());
    }
}
