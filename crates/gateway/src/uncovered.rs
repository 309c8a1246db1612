//! Requests that may have changed something and that no route knows: counted and listed.
//!
//! Parts of a path that look like ids are one: `/users/17` and `/users/18` are one line. The list
//! is bounded; what does not fit is counted together. Queries, headers and bodies are not kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// Lines of the list.
const LINES_MAX: usize = 1_000;
/// Characters of a path that are kept.
const PATH_CHARS_MAX: usize = 200;
/// Letters and digits mixed: an id from this length on.
const MIXED_CHARS_MIN: usize = 8;

/// Requests of one shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    pub(crate) method: String,
    /// The path, `{id}` for what looks like an id.
    pub(crate) path: String,
    /// The first such path that was asked for.
    pub(crate) example: String,
    /// How many were asked for.
    pub(crate) count: u64,
}

/// What no route knows.
#[derive(Debug, Default)]
pub(crate) struct Uncovered {
    lines: Mutex<BTreeMap<(String, String), Line>>,
}

impl Uncovered {
    /// Counts a request; true if it is the first of its shape.
    pub(crate) fn count(&self, method: &str, path: &str) -> bool {
        let shape = shape(path);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get_mut(&(shape.clone(), method.to_owned())) {
            line.count += 1;
            return false;
        }
        let (method, path, example) = match lines.len() {
            0..LINES_MAX => (method.to_owned(), shape, cut(path)),
            _ => ("*".to_owned(), "(others)".to_owned(), String::new()),
        };
        let line = Line { method: method.clone(), path: path.clone(), example, count: 0 };
        let line = lines.entry((path, method)).or_insert(line);
        line.count += 1;
        line.count == 1
    }

    /// The list, by path.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.values().cloned().collect()
    }

    /// How many requests there were, and of how many shapes.
    pub(crate) fn totals(&self) -> (u64, usize) {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        (lines.values().map(|line| line.count).sum(), lines.len())
    }
}

fn cut(path: &str) -> String {
    path.chars().take(PATH_CHARS_MAX).collect()
}

fn shape(path: &str) -> String {
    let parts = path.split('/').map(|part| if is_id(part) { "{id}" } else { part });
    cut(&parts.collect::<Vec<_>>().join("/"))
}

/// Numbers, hashes, UUIDs, and names with a number such as `c-42`.
fn is_id(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let is_version = part.len() <= 3 && part.starts_with('v');
    let is_mixed = part.len() >= MIXED_CHARS_MIN && digits * 4 >= part.len();
    let is_numbered = part.rsplit(['-', '_']).next().is_some_and(|last| {
        last.len() < part.len() && !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit())
    });
    let is_number = digits == part.len() && digits > 0;
    !is_version && (is_number || is_mixed || is_numbered || part.contains('%') || !part.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: a list that a person can read, whatever the ids, and that an attacker cannot grow.
    #[test]
    fn shapes_are_counted() {
        let uncovered = Uncovered::default();
        for path in ["/api/v1/users/17", "/api/v1/users/18", "/api/v1/users/li4"] {
            uncovered.count("DELETE", path);
        }
        assert!(!uncovered.count("DELETE", "/api/v1/users/0192f0c1-7a3e-7c51-9a52-6f1f3f0a9b11"));
        let lines: Vec<_> =
            uncovered.lines().into_iter().map(|line| (line.path, line.count)).collect();
        let expected = [("/api/v1/users/li4", 1), ("/api/v1/users/{id}", 3)];
        assert_eq!(lines, expected.map(|(path, count)| (path.to_owned(), count)));
        for number in 0..2 * LINES_MAX {
            let name: String =
                number.to_string().bytes().map(|digit| (digit + 50) as char).collect();
            uncovered.count("POST", &format!("/{name}"));
        }
        assert_eq!(uncovered.lines().len(), LINES_MAX + 1);
        assert_eq!(uncovered.totals().0, 4 + 2 * LINES_MAX as u64);
    }

    #[test]
    fn ids_are_told_from_words() {
        let check = |path: &str, expected: &str| assert_eq!(shape(path), expected);
        check("/clusters/c-42/nodes/node_7", "/clusters/{id}/nodes/{id}");
        check("/api/v2/files/9f86d081884c7d65", "/api/v2/files/{id}");
        check("/licence/package-download", "/licence/package-download");
        check("/dav/%E6%96%87", "/dav/{id}");
    }
}
