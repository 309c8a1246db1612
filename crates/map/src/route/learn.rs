//! From requests that were seen to routes that may be declared.
//!
//! What it proposes are guesses, and says so: parts of a path that look like ids become `{…}`, and
//! the operation is that of the catalogue whose words are in the path.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use annals_record::{Catalogue, RESERVED_SERVICE};

use super::clean;
use super::paths::{is_mutating, normal, trimmed};

/// Different paths that are remembered; what comes behind is not looked at.
const PATHS_COUNT_MAX: usize = 100_000;
/// Parts of a path that are told apart.
const PARTS_COUNT_MAX: usize = 32;
/// So many different words at one place are ids, whatever they look like.
const WORDS_COUNT_MAX: usize = 12;
/// Characters of an example.
const EXAMPLE_CHARS_MAX: usize = 160;
/// The name of a part until it gets one.
const ID: &str = "{}";

/// What the last word of an operation may be for a method, the likeliest first.
const VERBS: [(&str, &[&str]); 8] = [
    ("POST", &["create", "add", "import", "upload", "initiate", "submit", "register"]),
    ("PUT", &["edit", "configure", "change", "upload"]),
    ("PATCH", &["edit", "configure", "change"]),
    ("DELETE", &["delete", "release", "remove", "unbind", "cancel", "disconnect"]),
    ("MKCOL", &["create"]),
    ("MOVE", &["move"]),
    ("COPY", &["copy"]),
    ("PROPPATCH", &["edit"]),
];

/// Parts of paths as a tree.
#[derive(Debug, Default)]
struct Node {
    children: BTreeMap<String, Node>,
    /// By method.
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    count: u64,
    example: String,
}

/// A route file that proposes a route for each kind of mutating request among `observed`, methods
/// and paths. Those without an operation are faults until somebody has decided.
pub fn propose<'a>(
    observed: impl IntoIterator<Item = (&'a str, &'a str)>,
    catalogue: &Catalogue,
) -> String {
    let mut root = Node::default();
    let mut paths_left = PATHS_COUNT_MAX;
    for (method, path) in observed {
        if is_mutating(method) && path.starts_with('/') && paths_left > 0 {
            paths_left -= usize::from(root.add(method, path));
        }
    }
    root.fold();
    let mut proposals = Vec::new();
    root.walk(&mut Vec::new(), &mut |parts, method, seen| {
        proposals.push(proposal(parts, method, seen, catalogue));
    });
    let mut text = String::from(
        "# Proposed from requests that were seen. Check every operation, say what its object is,\n\
         # and write `ignore = true` in the place of `operation` for what needs no record.\n",
    );
    proposals.iter().for_each(|proposal| text.push_str(proposal));
    text
}

impl Node {
    /// True if the path is new.
    fn add(&mut self, method: &str, path: &str) -> bool {
        let normal = normal(path);
        let mut node = self;
        let mut is_new = false;
        for part in trimmed(&normal).split('/').skip(1).take(PARTS_COUNT_MAX) {
            is_new |= !node.children.contains_key(part);
            node = node.children.entry(part.to_owned()).or_default();
        }
        let seen = node.seen.entry(method.to_owned()).or_default();
        if seen.count == 0 {
            seen.example = clean::identifier(&normal, EXAMPLE_CHARS_MAX).unwrap_or_default();
        }
        seen.count += 1;
        is_new
    }

    /// Makes one child of those that are ids.
    fn fold(&mut self) {
        let words = self.children.keys().filter(|part| !is_id(part)).count();
        let is_list = words > WORDS_COUNT_MAX;
        let ids = self.children.iter().filter(|(part, _)| is_id(part));
        let used_as_ids: BTreeSet<Vec<String>> = ids.map(|(_, node)| node.methods()).collect();
        let mut folded = Self::default();
        for (part, node) in std::mem::take(&mut self.children) {
            let is_like_ids = !node.seen.is_empty() && used_as_ids.contains(&node.methods());
            match !part.is_empty() && (is_list || is_id(&part) || is_like_ids) {
                true => folded.merge(node),
                false => drop(self.children.insert(part, node)),
            }
        }
        if !folded.children.is_empty() || !folded.seen.is_empty() {
            self.children.insert(ID.to_owned(), folded);
        }
        self.children.values_mut().for_each(Self::fold);
    }

    fn methods(&self) -> Vec<String> {
        self.seen.keys().cloned().collect()
    }

    fn merge(&mut self, other: Self) {
        for (method, seen) in other.seen {
            let own = self.seen.entry(method).or_default();
            if own.count == 0 {
                own.example = seen.example;
            }
            own.count += seen.count;
        }
        for (part, node) in other.children {
            self.children.entry(part).or_default().merge(node);
        }
    }

    fn walk<'n>(&'n self, parts: &mut Vec<&'n str>, give: &mut dyn FnMut(&[&'n str], &str, &Seen)) {
        for (method, seen) in &self.seen {
            give(parts, method, seen);
        }
        for (part, node) in &self.children {
            parts.push(part);
            node.walk(parts, give);
            parts.pop();
        }
    }
}

/// Does a part of a path look like an id: a number, a UUID, hexadecimal, `c-17`, an address?
fn is_id(part: &str) -> bool {
    let is_version = |part: &str| {
        let rest = part.strip_prefix('v').unwrap_or("-");
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let has_mark = part.contains(['-', '_', '.']);
    if part == ID || part.contains(['@', '%', '{', '}', '*']) || !part.is_ascii() {
        return true;
    }
    !is_version(part)
        && (digits >= 2 || (digits == 1 && has_mark) || digits == part.len())
        && !part.is_empty()
}

fn proposal(parts: &[&str], method: &str, seen: &Seen, catalogue: &Catalogue) -> String {
    let (mut path, mut names) = (String::new(), Vec::<String>::new());
    for (place, part) in parts.iter().enumerate() {
        path.push('/');
        if *part == ID {
            let before = place.checked_sub(1).and_then(|place| parts.get(place));
            let name = name_of(before.copied().unwrap_or_default(), &names);
            let _ = write!(path, "{{{name}}}");
            names.push(name);
        } else {
            path.push_str(part);
        }
    }
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let times = if seen.count == 1 { "once".to_owned() } else { format!("{} times", seen.count) };
    let mut text = format!("\n# seen {times}, such as {method} {}\n[[route]]\n", seen.example);
    let _ = writeln!(text, "match = {}", quoted(&format!("{method} {path}")));
    match guess(parts, method, catalogue) {
        Some(code) => {
            let _ = writeln!(text, "operation = {} # a guess", quoted(code));
        }
        None => text.push_str("operation = \"\" # no guess\n"),
    }
    if let Some(name) = names.last() {
        let _ = writeln!(text, "object = {{ id = \"{{path.{name}}}\" }}");
    }
    text
}

/// A name for an id: the singular of what stands before it.
fn name_of(before: &str, names: &[String]) -> String {
    let word = singular(before);
    let is_plain = !word.is_empty()
        && word != ID
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let word = if is_plain { word } else { "id".to_owned() };
    let mut name = word.clone();
    let mut number = 1;
    while names.contains(&name) {
        number += 1;
        name = format!("{word}{number}");
    }
    name
}

fn singular(word: &str) -> String {
    match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => {
            word.strip_suffix('s').filter(|stem| !stem.ends_with('s')).unwrap_or(word).to_owned()
        }
    }
}

/// The operation with most words of which all are in the path, but for a verb that the method says.
fn guess<'c>(parts: &[&str], method: &str, catalogue: &'c Catalogue) -> Option<&'c str> {
    let words =
        parts.iter().filter(|part| **part != ID).flat_map(|part| part.split(['-', '_', '.']));
    let words: BTreeSet<String> = words.map(|word| singular(&word.to_lowercase())).collect();
    let verbs = VERBS.iter().find(|(name, _)| *name == method);
    let verbs = verbs.map_or(&[][..], |(_, verbs)| verbs);
    let score = |code: &str| {
        let of_code: Vec<&str> = code.split(['.', '_']).collect();
        let (last, nouns) = of_code.split_last()?;
        let is_known = |word: &str| words.contains(&singular(word));
        let verb = match is_known(last) {
            true => 0,
            false => 1 + verbs.iter().position(|verb| verb == last)?,
        };
        nouns.iter().all(|noun| is_known(noun)).then_some((nouns.len(), std::cmp::Reverse(verb)))
    };
    let known = catalogue.operations().iter().filter(|known| known.service != RESERVED_SERVICE);
    let scored = known.filter_map(|known| Some((score(&known.code)?, &*known.code)));
    // Of equal ones the first in the catalogue.
    let best = scored.rev().max_by_key(|(score, _)| *score);
    best.map(|(_, code)| code)
}
