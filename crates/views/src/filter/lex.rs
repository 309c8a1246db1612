//! A cursor over the text of a filter: characters, words, quotes, and where they stand.
//!
//! Full-width punctuation and U+3000 are read as ASCII outside quotes, so that whoever types with
//! a Chinese input method need not switch. Nothing here knows fields.

use super::error::{FilterError, FilterFault, Place};

/// A place in a text that is being read.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    offset: usize,
}

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as meant, escapes undone.
    Text(String),
    /// Anything.
    Star,
}

/// A value as written, not yet understood.
pub(super) struct Raw {
    /// Where it begins.
    pub(super) place: Place,
    /// Its parts: no two texts and no two stars follow each other.
    pub(super) pieces: Vec<Piece>,
    /// True if some of it stands in quotes, so that `..` and blanks are plain text.
    pub(super) quoted: bool,
}

impl Raw {
    /// The value as one text, stars as such: for messages.
    pub(super) fn shown(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Star => "*".to_owned(),
        };
        self.pieces.iter().map(piece).collect()
    }
}

/// The ASCII character that a full-width mark stands for; letters and digits stay.
pub(super) fn read_as(mark: char) -> char {
    match mark {
        '\u{3000}' => ' ',
        '“' | '”' => '"',
        '！'..='～' => {
            let ascii = char::from_u32(mark as u32 - 0xfee0).unwrap_or(mark);
            if ascii.is_ascii_punctuation() { ascii } else { mark }
        }
        _ => mark,
    }
}

/// True for what ends an unquoted value.
pub(super) fn ends_value(mark: char) -> bool {
    mark.is_whitespace() || matches!(mark, '(' | ')')
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, offset: 0 }
    }

    /// The character here, as read.
    pub(super) fn peek(&self) -> Option<char> {
        self.raw().map(read_as)
    }

    fn raw(&self) -> Option<char> {
        self.text[self.offset..].chars().next()
    }

    /// Goes behind the character here and tells it.
    pub(super) fn bump(&mut self) -> Option<char> {
        let raw = self.raw()?;
        self.offset += raw.len_utf8();
        Some(read_as(raw))
    }

    /// Goes behind `text`, if it stands here.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let mut ahead = *self;
        let is_here = text.chars().all(|mark| ahead.bump() == Some(mark));
        if is_here {
            *self = ahead;
        }
        is_here
    }

    /// Goes behind `name`, if it stands here, without regard to case.
    pub(super) fn take_name(&mut self, name: &str) -> bool {
        let mut ahead = *self;
        let same = |a: char, b: char| a.to_lowercase().eq(b.to_lowercase());
        let is_here = name.chars().all(|mark| ahead.bump().is_some_and(|here| same(here, mark)));
        if is_here {
            *self = ahead;
        }
        is_here
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
    }

    /// The unquoted run from here to the next blank, bracket or end, as read.
    pub(super) fn word_ahead(&self) -> String {
        let mut ahead = *self;
        let mut word = String::new();
        while let Some(mark) = ahead.peek().filter(|mark| !ends_value(*mark)) {
            word.push(mark);
            ahead.bump();
        }
        word
    }

    /// Where the cursor stands.
    pub(super) fn place(&self) -> Place {
        let column = self.text[..self.offset].chars().count() + 1;
        Place { offset: self.offset, column }
    }

    /// An error here.
    pub(super) fn fail<T>(&self, fault: FilterFault) -> Result<T, FilterError> {
        Err(FilterError { place: self.place(), fault })
    }

    /// An error here that says what should stand instead.
    pub(super) fn expected<T>(&self, expected: &'static str) -> Result<T, FilterError> {
        let found = match (self.peek(), self.word_ahead()) {
            (None, _) => "the end".to_owned(),
            (Some(mark), word) if word.is_empty() => format!("`{mark}`"),
            (_, word) => format!("`{word}`"),
        };
        self.fail(FilterFault::Expected { expected, found })
    }

    /// Reads a text in quotes; the cursor stands at the opening one. `\"` and `\\` are escapes,
    /// any other backslash is itself.
    pub(super) fn quoted(&mut self) -> Result<String, FilterError> {
        let start = *self;
        let opening = self.raw();
        let closes = |mark: char| match opening {
            Some('“' | '”') => mark == '”',
            Some('＂') => matches!(mark, '＂' | '"'),
            _ => mark == '"',
        };
        self.bump();
        let mut text = String::new();
        while let Some(mark) = self.raw() {
            self.bump();
            match (mark, self.raw()) {
                ('\\', Some(next)) if next == '\\' || closes(next) => {
                    self.bump();
                    text.push(next);
                }
                _ if closes(mark) => return Ok(text),
                _ => text.push(mark),
            }
        }
        start.fail(FilterFault::OpenQuote)
    }

    /// Reads a value: it runs to the next blank, bracket or end; quotes count at its start and
    /// next to a star.
    pub(super) fn value(&mut self) -> Result<Raw, FilterError> {
        let mut raw = Raw { place: self.place(), pieces: Vec::new(), quoted: false };
        let mut after_quote = false;
        while let Some(mark) = self.peek().filter(|mark| !ends_value(*mark)) {
            let after_text = matches!(raw.pieces.last(), Some(Piece::Text(_)));
            match mark {
                '*' => {
                    self.bump();
                    if raw.pieces.last() != Some(&Piece::Star) {
                        raw.pieces.push(Piece::Star);
                    }
                    after_quote = false;
                    continue;
                }
                _ if after_quote => {
                    return self.expected("a blank, a bracket or `*` after a quote");
                }
                '"' if !after_text => {
                    let start = *self;
                    let text = self.quoted()?;
                    if text.is_empty() {
                        return start.expected("some text between the quotes");
                    }
                    raw.pieces.push(Piece::Text(text));
                    (raw.quoted, after_quote) = (true, true);
                    continue;
                }
                _ => {}
            }
            self.bump();
            match raw.pieces.last_mut() {
                Some(Piece::Text(text)) => text.push(mark),
                _ => raw.pieces.push(Piece::Text(mark.to_string())),
            }
        }
        Ok(raw)
    }
}
