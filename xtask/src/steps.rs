//! Named steps, run one after the other and timed; at the end a table and one closing line.
//!
//! A failed step never hides the ones behind it: all of them run, and the table shows which
//! failed. What a step counts as passed and failed is its own business; a plain command counts as
//! one, a test run as its tests.

use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How many checks of a step passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Count {
    /// One check.
    pub(crate) fn of(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    fn and(self, more: Self) -> Self {
        Self { passed: self.passed + more.passed, failed: self.failed + more.failed }
    }
}

/// What ran so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    count: Count,
    took: Duration,
}

impl Steps {
    /// Runs one step. An error is printed and counts as one failure.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<Count>) {
        eprintln!("\n== {name}");
        let started = Instant::now();
        let count = step().unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Count::of(false)
        });
        self.rows.push(Row { name: name.to_owned(), count, took: started.elapsed() });
    }

    /// Prints what took how long, and `N passed, N failed` as the last line. True if none failed.
    pub(crate) fn finish(&self) -> bool {
        print!("\n{}", self.table());
        let passed: u64 = self.rows.iter().map(|row| row.count.passed).sum();
        let failed: u64 = self.rows.iter().map(|row| row.count.failed).sum();
        println!("{passed} passed, {failed} failed");
        failed == 0
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
        let mut text = format!("{:width$}  {:>8}  {:>6}  {:>8}\n", "step", "passed", "failed", "s");
        for Row { name, count, took } in &self.rows {
            let seconds = took.as_secs_f64();
            writeln!(
                text,
                "{name:width$}  {:>8}  {:>6}  {seconds:>8.1}",
                count.passed, count.failed
            )
            .expect("writing to a String cannot fail");
        }
        text
    }
}

/// Runs a command that passes or fails as a whole.
pub(crate) fn command(mut command: Command) -> Result<Count> {
    let status = command.status().with_context(|| format!("could not run {command:?}"))?;
    Ok(Count::of(status.success()))
}

/// Who runs the tests, and so in which words it sums up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    Cargo,
    Vitest,
    Pytest,
    Node,
    Playwright,
}

/// Runs a test command, shows its output as it comes, and counts the tests in it.
pub(crate) fn tests(runner: Runner, mut command: Command) -> Result<Count> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not run {command:?}"))?;
    let stdout = child.stdout.take().context("the child has no stdout")?;
    let mut count = Count::default();
    for line in BufReader::new(stdout).lines() {
        let line = line.context("reading the output of the tests")?;
        println!("{line}");
        if let Some(more) = runner.summary(&line) {
            count = count.and(more);
        }
    }
    let status = child.wait()?;
    // A test binary that did not compile or was killed prints no summary.
    if !status.success() && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

impl Runner {
    /// What a line of the output adds; nothing unless it is one of the summary.
    fn summary(self, line: &str) -> Option<Count> {
        match self {
            // `test result: ok. 3 passed; 0 failed; 1 ignored; …`
            Self::Cargo => {
                let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
                Some(rest.split(';').filter_map(part).fold(Count::default(), Count::and))
            }
            // `      Tests  1 failed | 11 passed (12)`
            Self::Vitest => {
                let rest = line.trim_start().strip_prefix("Tests ")?;
                Some(rest.split('|').filter_map(part).fold(Count::default(), Count::and))
            }
            // `1 failed, 22 passed, 1 warning in 10.90s`
            Self::Pytest => {
                let (counts, _) = line.strip_suffix('s')?.rsplit_once(" in ")?;
                let counts = counts.trim_matches(['=', ' ']);
                Some(counts.split(',').filter_map(part).fold(Count::default(), Count::and))
            }
            // One number a line: `ℹ pass 5`, `ℹ fail 1`, `ℹ cancelled 0`.
            Self::Node => {
                let (what, number) = line.strip_prefix("ℹ ")?.split_once(' ')?;
                let number = number.parse().ok()?;
                match what {
                    "pass" => Some(Count { passed: number, failed: 0 }),
                    "fail" | "cancelled" => Some(Count { passed: 0, failed: number }),
                    _ => None,
                }
            }
            // One number a line: `  11 passed (34.5s)`, `  1 failed`, `  2 did not run`.
            Self::Playwright => part(line),
        }
    }
}

/// Reads `3 passed` and `1 failed`, whatever follows. What was to run and did not, failed.
fn part(text: &str) -> Option<Count> {
    let (number, what) = text.trim().split_once(' ')?;
    let number = number.parse().ok()?;
    let is = |word: &str| {
        what.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    };
    if is("passed") {
        Some(Count { passed: number, failed: 0 })
    } else if ["failed", "flaky", "did not run", "interrupted"].into_iter().any(is) {
        Some(Count { passed: 0, failed: number })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The closing line is only as good as the numbers read from the runners' own summaries.
    #[test]
    fn summaries_are_counted() {
        let check = |runner: Runner, line: &str, expected: Option<(u64, u64)>| {
            let found = runner.summary(line).map(|count| (count.passed, count.failed));
            assert_eq!(found, expected, "{line}");
        };
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; finished in 0.1s";
        check(Runner::Cargo, ok, Some((12, 0)));
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        check(Runner::Cargo, bad, Some((3, 2)));
        check(Runner::Cargo, "test commit::tests::torn ... ok", None);
        check(Runner::Vitest, "      Tests  1 failed | 11 passed (12)", Some((11, 1)));
        check(Runner::Vitest, "      Tests  7 passed (7)", Some((7, 0)));
        check(Runner::Vitest, " Test Files  1 passed (1)", None);
        check(Runner::Pytest, "1 failed, 22 passed, 1 warning in 10.90s", Some((22, 1)));
        check(Runner::Pytest, "23 passed in 9.10s", Some((23, 0)));
        check(Runner::Pytest, ".......  [100%]", None);
        check(Runner::Node, "ℹ pass 5", Some((5, 0)));
        check(Runner::Node, "ℹ fail 1", Some((0, 1)));
        check(Runner::Node, "ℹ duration_ms 812", None);
        check(Runner::Playwright, "  11 passed (34.5s)", Some((11, 0)));
        check(Runner::Playwright, "  1 failed", Some((0, 1)));
        check(Runner::Playwright, "  2 did not run", Some((0, 2)));
        check(Runner::Playwright, "  1 skipped", None);
        check(Runner::Playwright, "  ok  3 e2e/log.spec.ts:12:1 > finds 1 failed event (2s)", None);
    }

    /// One failing step must turn the whole run, and an error is a failure, not a stop.
    #[test]
    fn a_failed_step_fails_the_run() {
        let mut steps = Steps::default();
        steps.run("good", || Ok(Count { passed: 2, failed: 0 }));
        assert!(steps.finish());
        steps.run("broken", || anyhow::bail!("no disk"));
        steps.run("good again", || Ok(Count::of(true)));
        assert!(!steps.finish());
        assert_eq!(steps.table().lines().count(), 4);
    }
}
