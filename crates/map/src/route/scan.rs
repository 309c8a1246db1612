//! Reading selectors and texts character by character.

/// A text and how far it has been read.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    rest: &'t str,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// Reads `c` if it comes next.
    pub(super) fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Leaves out text that was looked at, by its bytes.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    pub(super) fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// The next character, whatever it is.
    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Letters, digits, `_` and `-`; maybe none.
    pub(super) fn word(&mut self) -> &'t str {
        let is_in = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let end = self.rest.find(|c| !is_in(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// What stands between two `mark`, if one comes next.
    pub(super) fn quoted(&mut self, mark: char) -> Result<Option<&'t str>, String> {
        let before = self.rest;
        if !self.eat(mark) {
            return Ok(None);
        }
        let Some((text, rest)) = self.rest.split_once(mark) else {
            return Err(format!("`{before}` has no closing {mark}"));
        };
        self.rest = rest;
        Ok(Some(text))
    }
}
