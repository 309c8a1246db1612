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

/// Runs a test command, shows its output as it comes, and counts the tests in it.
pub(crate) fn tests(mut command: Command) -> Result<Count> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not run {command:?}"))?;
    let stdout = child.stdout.take().context("the child has no stdout")?;
    let mut count = Count::default();
    for line in BufReader::new(stdout).lines() {
        let line = line.context("reading the output of the tests")?;
        println!("{line}");
        if let Some(more) = summary(&line) {
            count.passed += more.passed;
            count.failed += more.failed;
        }
    }
    let status = child.wait()?;
    // A test binary that did not compile or was killed prints no summary.
    if !status.success() && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// Reads `test result: ok. 3 passed; 0 failed; …`.
fn summary(line: &str) -> Option<Count> {
    let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut count = Count::default();
    for part in rest.split(';') {
        match part.trim().split_once(' ') {
            Some((number, "passed")) => count.passed = number.parse().ok()?,
            Some((number, "failed")) => count.failed = number.parse().ok()?,
            _ => {}
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The closing line is only as good as the numbers read from cargo's own summaries.
    #[test]
    fn summaries_are_counted() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; finished in 0.1s";
        assert_eq!(summary(ok), Some(Count { passed: 12, failed: 0 }));
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(summary(bad), Some(Count { passed: 3, failed: 2 }));
        assert_eq!(summary("test commit::tests::torn ... ok"), None);
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
