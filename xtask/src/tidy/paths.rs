//! Every path that a document names exists.
//!
//! Looked at are code spans and links in Markdown, and `docs/….md` in any other text. A span is a
//! path of this repository when it starts with a folder or file of the top level, or when it ends
//! in `.rs`: then some file must end in it, so `ledger/src/commit.rs` and `commit.rs` both work.
//! Patterns with `*`, `<…>` or `…` are not paths; `{a,b}` means both.

use super::source::Source;
use super::{Finding, Text};
use std::collections::BTreeSet;

/// Checks all documents and all product code against the files of the tree.
pub(super) fn check(texts: &[Text], sources: &[Source], files: &[String]) -> Vec<Finding> {
    let tree = Tree::new(files);
    let mut findings = Vec::new();
    let in_texts = texts.iter().filter(|text| !text.path.ends_with(".rs")).map(|text| {
        let is_markdown = text.path.ends_with(".md");
        let lines = text.text.lines().enumerate().map(|(number, line)| (number + 1, line));
        (&text.path, if is_markdown { in_markdown(lines) } else { in_other_text(lines) })
    });
    let in_sources =
        sources.iter().map(|source| (&source.path, in_other_text(source.product_lines())));
    for (path, named) in in_texts.chain(in_sources) {
        for Named { line, what } in named {
            let missing = match what {
                What::Span(span) => tree.missing_from(&span),
                What::Link(target) => tree.missing_link(path, &target),
            };
            findings.extend(missing.map(|missing| Finding {
                path: path.clone(),
                line,
                check: "paths",
                message: format!("`{missing}` does not exist; name what is there"),
            }));
        }
    }
    findings
}

struct Named {
    line: usize,
    what: What,
}

enum What {
    Span(String),
    /// As written in the document, relative to it.
    Link(String),
}

/// Code spans and link targets outside fenced blocks.
fn in_markdown<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<Named> {
    let mut named = Vec::new();
    let mut fenced = false;
    for (number, line) in lines {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let spans = line.split('`').skip(1).step_by(2);
        named.extend(spans.map(|span| Named { line: number, what: What::Span(span.into()) }));
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        named.extend(links.map(|link| Named { line: number, what: What::Link(link.into()) }));
    }
    named
}

/// Documents named in comments and messages.
fn in_other_text<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Vec<Named> {
    let mut named = Vec::new();
    for (number, line) in lines {
        let is_border = |char: char| !char.is_alphanumeric() && !"/._-".contains(char);
        let words = line.split(is_border).map(|word| word.trim_end_matches('.'));
        let documents = words.filter(|word| word.starts_with("docs/") && word.ends_with(".md"));
        named.extend(
            documents.map(|word| Named { line: number, what: What::Span(word.to_owned()) }),
        );
    }
    named
}

/// The files of the tree and all folders above them.
struct Tree<'a> {
    files: &'a [String],
    all: BTreeSet<&'a str>,
}

impl<'a> Tree<'a> {
    fn new(files: &'a [String]) -> Self {
        let mut all = BTreeSet::new();
        for file in files {
            all.insert(file.as_str());
            all.extend(file.match_indices('/').map(|(at, _)| &file[..at]));
        }
        Self { files, all }
    }

    /// The path in a code span that does not exist, if any.
    fn missing_from(&self, span: &str) -> Option<String> {
        let span = span.split('#').next().unwrap_or(span);
        let is_pattern = span.contains(['*', '<', '…', ' ', '$', '(']) || span.contains("..");
        if is_pattern {
            return None;
        }
        braces(span).into_iter().find(|path| !self.has(path.trim_end_matches('/')))
    }

    /// The target of a link in the document `from` that does not exist, if any.
    fn missing_link(&self, from: &str, target: &str) -> Option<String> {
        let path = target.split(['#', ' ']).next().unwrap_or(target);
        if path.is_empty() || path.contains(':') || path.starts_with('/') {
            return None;
        }
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        for part in path.trim_end_matches('/').split('/') {
            match part {
                "." => {}
                ".." => {
                    // Above the top lies what is not ours to check.
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        let path = parts.join("/");
        (!self.all.contains(path.as_str())).then_some(path)
    }

    fn has(&self, path: &str) -> bool {
        let top = path.split('/').next().unwrap_or(path);
        if path.contains('/') && self.all.contains(top) {
            return self.all.contains(path);
        }
        if path.ends_with(".rs") && path.len() > ".rs".len() {
            let ending = format!("/{path}");
            return self.files.iter().any(|file| file.ends_with(&ending));
        }
        // A lone word, a route, a media type: not a path of this repository.
        true
    }
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`; one pair of braces is enough for a document.
fn braces(span: &str) -> Vec<String> {
    let parts = span.split_once('{').and_then(|(before, rest)| {
        let (inside, after) = rest.split_once('}')?;
        Some(inside.split(',').map(|one| format!("{before}{one}{after}")).collect())
    });
    parts.unwrap_or_else(|| vec![span.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(path: &str, text: &str, expected: &[&str]) {
        let files = ["README.md", "docs/guide/a.md", "crates/x/src/b.rs", "crates/x/src/c/d.rs"];
        let files = files.map(str::to_owned);
        let texts = [Text { path: path.to_owned(), text: text.to_owned() }];
        let is_source = path.ends_with(".rs");
        let sources: Vec<Source> =
            is_source.then(|| Source::parse(path, text).unwrap()).into_iter().collect();
        let messages: Vec<String> =
            check(&texts, &sources, &files).into_iter().map(|finding| finding.message).collect();
        let expected: Vec<String> = expected
            .iter()
            .map(|path| format!("`{path}` does not exist; name what is there"))
            .collect();
        assert_eq!(messages, expected, "in {text}");
    }

    /// A document may name whole paths, ends of paths and folders, and all must be there.
    #[test]
    fn spans() {
        check_text("README.md", "see `crates/x/src/b.rs`, `b.rs`, `c/d.rs`, `crates/x/`", &[]);
        check_text("README.md", "see `crates/x/{src,tests}`", &["crates/x/tests"]);
        check_text("README.md", "see `gone.rs` and `crates/y`", &["gone.rs", "crates/y"]);
        check_text("README.md", "`/v1/events`, `text/plain`, `crates/<name>/src`, `*.rs`", &[]);
        check_text("README.md", "```\ncrates/y `gone.rs`\n```", &[]);
    }

    /// Links are read from where the document stands.
    #[test]
    fn links() {
        check_text("docs/guide/a.md", "[r](../../README.md) [x](https://a.example/b.md)", &[]);
        check_text("docs/guide/a.md", "[r](../README.md#top)", &["docs/README.md"]);
        check_text("README.md", "[v](../shared/vectors)", &[]);
    }

    /// Comments that send the reader to a document are held to it too.
    #[test]
    fn documents_named_in_code() {
        check_text("crates/x/src/b.rs", "// See docs/guide/a.md.", &[]);
        check_text("crates/x/src/b.rs", "// See docs/b.md.", &["docs/b.md"]);
        check_text("crates/x/src/b.rs", "#[test]\nfn a() { b(\"docs/b.md\") }", &[]);
        check_text("Cargo.toml", "# why: docs/guide/b.md", &["docs/guide/b.md"]);
    }
}
