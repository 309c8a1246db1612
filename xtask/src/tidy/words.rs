//! Calls and names that have a better word, and which.
//!
//! Calls are looked for in the product code of `crates/`; a file that must make one is an
//! exception with its reason. Names are looked for everywhere. Strings and comments never count.

use super::Finding;
use super::source::{Mention, Source};

/// A call that product code does not make.
struct Banned {
    check: &'static str,
    what: &'static [&'static str],
    instead: &'static str,
}

const CALLS: &[Banned] = &[
    Banned {
        check: "file-system",
        what: &["std", "fs"],
        instead: "go through the ledger's `Disk`",
    },
    Banned {
        check: "file-system",
        what: &["tokio", "fs"],
        instead: "go through the ledger's `Disk`",
    },
    Banned { check: "clock", what: &["SystemTime", "now"], instead: "ask the `Clock` passed in" },
    Banned { check: "clock", what: &["Timestamp", "now"], instead: "ask the `Clock` passed in" },
    Banned { check: "clock", what: &["Zoned", "now"], instead: "ask the `Clock` passed in" },
    Banned { check: "panics", what: &[".unwrap"], instead: "use `?`, or `expect` with why" },
    Banned { check: "panics", what: &["todo!"], instead: "write it, or leave it out" },
    Banned { check: "panics", what: &["unimplemented!"], instead: "write it, or leave it out" },
    Banned { check: "panics", what: &["dbg!"], instead: "use `tracing`" },
];

/// Names that say nothing about what is inside.
const NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "manager", "misc"];

/// Checks every file.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().flat_map(|source| calls(source).chain(name(source))).collect()
}

fn calls(source: &Source) -> impl Iterator<Item = Finding> {
    let is_product =
        source.path.starts_with("crates/") && source.path.contains("/src/") && !source.is_test;
    let mentions = source.mentions.iter().filter(move |_| is_product);
    mentions.flat_map(|mention| {
        CALLS.iter().filter(|banned| is_call(mention, banned)).map(|banned| Finding {
            path: source.path.clone(),
            line: mention.line,
            check: banned.check,
            message: format!("`{}`: {}", mention.path.join("::"), banned.instead),
        })
    })
}

/// A module is meant by its beginning (`std::fs::File`), anything else by its end.
fn is_call(mention: &Mention, banned: &Banned) -> bool {
    let path: Vec<&str> = mention.path.iter().map(String::as_str).collect();
    match banned.check {
        "file-system" => path.starts_with(banned.what),
        _ => path.ends_with(banned.what),
    }
}

fn name(source: &Source) -> Option<Finding> {
    let parts = source.path.split('/').map(|part| part.trim_end_matches(".rs"));
    let bad = parts.into_iter().find(|part| NAMES.contains(part))?;
    Some(Finding {
        path: source.path.clone(),
        line: 0,
        check: "names",
        message: format!("`{bad}` says nothing; name the noun that is inside"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(path: &str, text: &str, expected: &[&str]) {
        let source = Source::parse(path, text).unwrap();
        let found: Vec<&str> = check(&[source]).into_iter().map(|finding| finding.check).collect();
        assert_eq!(found, expected, "in {text}");
    }

    /// Every spelling of a banned call is seen; strings, comments, tests and tools are not.
    #[test]
    fn calls() {
        let file = "crates/x/src/a.rs";
        check_text(file, "use std::fs;", &["file-system"]);
        check_text(file, "use std::{fs::File, io};", &["file-system"]);
        check_text(file, "fn a() { ::std::fs::read(b); }", &["file-system"]);
        check_text(file, "fn a() { std::time::SystemTime::now(); }", &["clock"]);
        check_text(file, "fn a() { jiff::Timestamp::now(); }", &["clock"]);
        check_text(file, "fn a() { vec![b.unwrap()]; }", &["panics"]);
        check_text(file, "fn a() { todo!() }", &["panics"]);
        check_text(file, "fn a() { b.unwrap_or(1); let c = \"std::fs\"; /* dbg!(1) */ }", &[]);
        check_text(file, "#[test]\nfn a() { b.unwrap() }", &[]);
        check_text("crates/x/src/a/tests.rs", "fn a() { b.unwrap() }", &[]);
        check_text("xtask/src/a.rs", "use std::fs;", &[]);
    }

    /// A drawer for everything fills up with everything.
    #[test]
    fn names() {
        check_text("crates/x/src/utils.rs", "", &["names"]);
        check_text("crates/x/src/helpers/a.rs", "", &["names"]);
        check_text("crates/x/src/utility_meter.rs", "", &[]);
    }
}
