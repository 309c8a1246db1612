//! A text with stars: pieces in order, open or closed at either end.
//!
//! `cluster.*` is one piece open at its end, `*x*` one open at both, `a*b` two pieces. In a name
//! or code a closed end is the end of the value; in a text it is the border of a word.

/// Pieces of text with anything between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// True if anything may stand before the first piece.
    pub open_start: bool,
    /// The pieces, in order; none of them is empty and there is at least one.
    pub pieces: Vec<String>,
    /// True if anything may stand behind the last piece.
    pub open_end: bool,
}

impl Pattern {
    /// One piece, closed at both ends.
    #[must_use]
    pub fn closed(text: impl Into<String>) -> Self {
        Self { open_start: false, pieces: vec![text.into()], open_end: false }
    }

    /// The same pattern with its pieces changed by `change`, such as folded.
    #[must_use]
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self { pieces: self.pieces.iter().map(|piece| change(piece)).collect(), ..self.clone() }
    }

    /// True if the whole of `text` is like the pattern, byte for byte.
    #[must_use]
    pub fn matches_whole(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else {
            return self.open_start || self.open_end || text.is_empty();
        };
        if let ([only], false, false) = (&self.pieces[..], self.open_start, self.open_end) {
            return text == only;
        }
        let mut pieces = &self.pieces[..];
        let mut rest = text;
        if !self.open_start {
            let Some(after) = rest.strip_prefix(first.as_str()) else { return false };
            (rest, pieces) = (after, &pieces[1..]);
        }
        if !self.open_end && !pieces.is_empty() {
            let Some(before) = rest.strip_suffix(last.as_str()) else { return false };
            (rest, pieces) = (before, &pieces[..pieces.len() - 1]);
        }
        // The leftmost place of each piece leaves the most room for those behind it.
        pieces.iter().all(|piece| match rest.split_once(piece.as_str()) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        let pieces = pattern.split('*').filter(|piece| !piece.is_empty()).map(str::to_owned);
        let (open_start, open_end) = (pattern.starts_with('*'), pattern.ends_with('*'));
        let pattern = Pattern { open_start, pieces: pieces.collect(), open_end };
        assert_eq!(pattern.matches_whole(text), expected, "{pattern:?} {text}");
    }

    // Protects: a star stands for any run of characters, and pieces never share one.
    #[test]
    fn whole_values() {
        check("cluster.*", "cluster.create", true);
        check("cluster.*", "cluster", false);
        check("*create", "cluster.create", true);
        check("*create", "create.not", false);
        check("*.cre*", "cluster.create", true);
        check("c*r*e", "cluster.create", true);
        check("aba*aba", "aba", false);
        check("aba*aba", "abaaba", true);
        check("a*b*c", "acb", false);
        check("a*", "a", true);
        check("a", "a", true);
        check("a", "ab", false);
    }
}
