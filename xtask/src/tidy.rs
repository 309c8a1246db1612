//! `cargo xtask tidy`: the house rules that a compiler cannot know.
//!
//! Each check is a pure function from files to findings. A finding that must stand is a line in
//! `xtask/tidy-exceptions.txt` with its reason; a line there that no longer excuses anything fails
//! as well, so the list can only shrink by itself. Tidy runs as a test too.

mod edges;
mod exceptions;
mod lengths;
mod lockfile;
mod machine;
mod modules;
mod paths;
mod source;
mod words;

use crate::repository::Repository;
use anyhow::{Context, Result};
use source::Source;
use std::fmt;

const EXCEPTIONS: &str = "xtask/tidy-exceptions.txt";

/// One broken rule at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// From 1; 0 where the whole file is meant.
    line: usize,
    /// The name of the check, as written in the exceptions.
    check: &'static str,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, check, message } = self;
        match line {
            0 => write!(f, "{path}: {message} [{check}]"),
            _ => write!(f, "{path}:{line}: {message} [{check}]"),
        }
    }
}

/// A text file of the tree.
#[derive(Clone, Debug)]
struct Text {
    path: String,
    text: String,
}

/// Prints every finding to stderr. True if there is none.
pub(crate) fn run(repository: &Repository) -> Result<bool> {
    let findings = findings(repository)?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    if findings.is_empty() {
        eprintln!("tidy: nothing found");
    } else {
        eprintln!("tidy: {} findings", findings.len());
    }
    Ok(findings.is_empty())
}

fn findings(repository: &Repository) -> Result<Vec<Finding>> {
    let files = repository.files()?;
    let mut texts = Vec::new();
    for path in &files {
        if let Some(text) = repository.read(path)? {
            texts.push(Text { path: path.clone(), text });
        }
    }
    let mut sources = Vec::new();
    let mut findings = Vec::new();
    for Text { path, text } in texts.iter().filter(|text| text.path.ends_with(".rs")) {
        match Source::parse(path, text) {
            Ok(source) => sources.push(source),
            Err(error) => findings.push(Finding {
                path: path.clone(),
                line: 0,
                check: "syntax",
                message: format!("not Rust: {error}"),
            }),
        }
    }
    findings.extend(edges::check(&texts)?);
    findings.extend(modules::check(&sources));
    findings.extend(lengths::check(&sources));
    findings.extend(words::check(&sources));
    findings.extend(paths::check(&texts, &sources, &files));
    findings.extend(machine::check(&texts, &machine::places(repository)));
    findings.extend(lockfile::check(&texts));
    findings.sort();
    let excuses = repository.read(EXCEPTIONS)?.context("the exceptions are not UTF-8")?;
    exceptions::apply(&excuses, findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree itself is tidy, whoever runs the tests.
    #[test]
    fn the_tree_is_tidy() {
        let repository = Repository::find().unwrap();
        let findings: Vec<String> =
            findings(&repository).unwrap().iter().map(Finding::to_string).collect();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }
}
