//! From text to [`Filter`]: the grammar.
//!
//! ```text
//! or    = and { "OR" and }
//! and   = not { ["AND"] not }
//! not   = "NOT" not | "-" one | one
//! one   = "(" or ")" | field sign value | field ":" "(" or ")" | value
//! ```
//! Behind `field:(` each value is a value of that field. Nesting is bounded, so no text can
//! exhaust the stack. What a value means is decided in `value.rs`.

use annals_record::Catalogue;

use super::ast::{Comparison, Filter};
use super::error::{FilterError, FilterFault};
use super::lex::{Cursor, ends_value};
use super::value::{Sign, Subject};
use crate::fields::Field;

/// Bytes of a filter's text.
pub const FILTER_BYTES_MAX: usize = 64 * 1024;
/// Terms of a filter; a name that several operations share counts once for each.
pub const FILTER_TERMS_MAX: usize = 1_000;
/// Brackets and negations inside each other.
pub const FILTER_DEPTH_MAX: usize = 64;

impl Filter {
    /// Reads a filter; nothing but blanks means every event.
    ///
    /// # Errors
    /// A text that is no filter: where, and what was expected there.
    pub fn parse(text: &str, catalogue: &Catalogue) -> Result<Self, FilterError> {
        Self::parse_within(text, catalogue, &[])
    }

    /// Reads a filter that may speak of `fields` only; of all if there are none.
    ///
    /// # Errors
    /// A text that is no filter, or one that speaks of another field.
    pub(crate) fn parse_within(
        text: &str,
        catalogue: &Catalogue,
        fields: &'static [Field],
    ) -> Result<Self, FilterError> {
        let cursor = Cursor::new(text);
        if text.len() > FILTER_BYTES_MAX {
            let (bytes, limit) = (text.len(), FILTER_BYTES_MAX);
            return cursor.fail(FilterFault::TooLong { bytes, limit });
        }
        let mut parser = Parser { cursor, catalogue, fields, depth: 0, terms: 0 };
        if let Some(nul) = text.find('\0') {
            while parser.cursor.place().offset < nul {
                parser.cursor.bump();
            }
            return parser.cursor.fail(FilterFault::Nul);
        }
        parser.cursor.skip_blanks();
        if parser.cursor.peek().is_none() {
            return Ok(Self::All);
        }
        let filter = parser.either(None)?;
        match parser.cursor.peek() {
            None => Ok(filter),
            Some(_) => parser.cursor.expected("AND, OR or the end"),
        }
    }
}

/// The field before a bracket, whose values stand inside.
type Of<'s> = Option<&'s Subject>;

struct Parser<'t> {
    cursor: Cursor<'t>,
    catalogue: &'t Catalogue,
    /// The only fields that may be spoken of; none if all may.
    fields: &'static [Field],
    depth: usize,
    terms: usize,
}

impl<'t> Parser<'t> {
    fn either(&mut self, of: Of<'_>) -> Result<Filter, FilterError> {
        let mut parts = vec![self.both(of)?];
        while self.keyword("OR") {
            parts.push(self.both(of)?);
        }
        Ok(Filter::or(parts))
    }

    fn both(&mut self, of: Of<'_>) -> Result<Filter, FilterError> {
        let mut parts = vec![self.not(of)?];
        loop {
            self.cursor.skip_blanks();
            let is_and = self.keyword("AND");
            let is_end = matches!(self.cursor.peek(), None | Some(')'));
            if !is_and && (is_end || self.cursor.word_ahead() == "OR") {
                return Ok(Filter::and(parts));
            }
            parts.push(self.not(of)?);
        }
    }

    fn not(&mut self, of: Of<'_>) -> Result<Filter, FilterError> {
        if self.keyword("NOT") {
            return Ok(Filter::negated(self.nested(|parser| parser.not(of))?));
        }
        self.cursor.skip_blanks();
        if !self.cursor.take("-") {
            return self.one(of);
        }
        match self.cursor.peek() {
            Some('-') => self.cursor.expected("one `-` only (or the text in quotes)"),
            Some(mark) if mark.is_whitespace() => {
                self.cursor.expected("a term right after `-` (or `\"-\"` in quotes)")
            }
            _ => Ok(Filter::negated(self.nested(|parser| parser.one(of))?)),
        }
    }

    fn one(&mut self, of: Of<'_>) -> Result<Filter, FilterError> {
        self.cursor.skip_blanks();
        match self.cursor.peek() {
            None | Some(')') => return self.cursor.expected("a term"),
            Some('(') => return self.bracket(of),
            Some(_) if matches!(self.cursor.word_ahead().as_str(), "AND" | "OR" | "NOT") => {
                return self.cursor.expected("a term (or the word in quotes)");
            }
            Some(_) => {}
        }
        if let Some(subject) = of {
            return self.value(subject, Sign::Is);
        }
        let start = self.cursor;
        let subject = self.subject()?;
        self.check_allowed(start, subject.as_ref().map(|(subject, _)| subject.field))?;
        match subject {
            None => self.value(&Subject::anything(), Sign::Is),
            Some((subject, sign)) => match (self.cursor.peek(), sign) {
                (Some('('), Sign::Is) => self.bracket(Some(&subject)),
                (Some('('), Sign::IsNot) => {
                    Ok(Filter::negated(self.nested(|parser| parser.bracket(Some(&subject)))?))
                }
                (Some(mark), _) if !ends_value(mark) => self.value(&subject, sign),
                _ => self.cursor.expected("a value right here"),
            },
        }
    }

    /// Refuses a field, or free text, that may not be spoken of. A lone star speaks of nothing.
    fn check_allowed(&self, start: Cursor<'t>, field: Option<Field>) -> Result<(), FilterError> {
        let is_star = field.is_none() && self.cursor.word_ahead() == "*";
        let is_allowed = |field| self.fields.contains(&field);
        if self.fields.is_empty() || is_star || field.is_some_and(is_allowed) {
            return Ok(());
        }
        let what = field.map_or("free text".to_owned(), |field| format!("`{}`", field.name()));
        let fields = self.fields.iter().map(|field| field.name()).collect();
        start.fail(FilterFault::NotInScope { what, fields })
    }

    fn bracket(&mut self, of: Of<'_>) -> Result<Filter, FilterError> {
        self.nested(|parser| {
            parser.cursor.bump();
            let inner = parser.either(of)?;
            match parser.cursor.take(")") {
                true => Ok(inner),
                false => parser.cursor.expected("`)`, AND or OR"),
            }
        })
    }

    fn value(&mut self, subject: &Subject, sign: Sign) -> Result<Filter, FilterError> {
        let start = self.cursor;
        let raw = self.cursor.value()?;
        let filter = subject.filter(sign, &raw, self.catalogue)?;
        self.terms += filter.terms().len().max(1);
        if self.terms > FILTER_TERMS_MAX {
            return start.fail(FilterFault::TooManyTerms { limit: FILTER_TERMS_MAX });
        }
        match self.depth + brackets(&filter) > FILTER_DEPTH_MAX {
            true => start.fail(FilterFault::TooDeep { limit: FILTER_DEPTH_MAX }),
            false => Ok(filter),
        }
    }

    fn nested(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<Filter, FilterError>,
    ) -> Result<Filter, FilterError> {
        if self.depth == FILTER_DEPTH_MAX {
            return self.cursor.fail(FilterFault::TooDeep { limit: FILTER_DEPTH_MAX });
        }
        self.depth += 1;
        let inner = parse(self);
        self.depth -= 1;
        inner
    }

    /// Goes behind a keyword, if it is the next word.
    fn keyword(&mut self, word: &str) -> bool {
        self.cursor.skip_blanks();
        self.cursor.word_ahead() == word && self.cursor.take(word)
    }

    /// The field and sign of a term; none if it is free text, and then nothing is read.
    fn subject(&mut self) -> Result<Option<(Subject, Sign)>, FilterError> {
        let mut ahead = self.cursor;
        let name = if ahead.peek() == Some('"') {
            let name = ahead.quoted()?;
            if sign_of(&mut ahead.clone()).is_none() {
                return Ok(None);
            }
            name
        } else if let Some((name, behind)) = self.long_name() {
            ahead = behind;
            name
        } else {
            let word = ahead.word_ahead();
            let Some(end) = word.find([':', '<', '>', '!', '=', '*', '"']) else {
                return Ok(None);
            };
            let name = &word[..end];
            let mut behind = ahead;
            behind.take(name);
            match sign_of(&mut behind.clone()) {
                Some(_) if name.is_empty() => {
                    return ahead.expected("a field before the sign (or the text in quotes)");
                }
                Some(_) => {}
                None => match Field::find_with_path(name) {
                    Some((field, _)) if behind.peek() == Some('=') => {
                        let field = field.name();
                        return behind.fail(FilterFault::SingleEquals { field });
                    }
                    _ => return Ok(None),
                },
            }
            ahead = behind;
            name.to_owned()
        };
        let Some((field, path)) = Field::find_with_path(&name) else {
            let nearest = Field::nearest(&name).map(str::to_owned);
            return self.cursor.fail(FilterFault::UnknownField { word: name, nearest });
        };
        let sign = sign_of(&mut ahead).unwrap_or(Sign::Is);
        self.cursor = ahead;
        Ok(Some((Subject { field, path: path.to_owned() }, sign)))
    }

    /// A field's name that holds blanks or brackets, with a path behind it or not, if a sign
    /// follows; and the cursor before that sign.
    fn long_name(&self) -> Option<(String, Cursor<'t>)> {
        Field::long_names().iter().find_map(|name| {
            let mut behind = self.cursor;
            if !behind.take_name(name) {
                return None;
            }
            let rest = behind.word_ahead();
            let end = rest.find([':', '<', '>', '!', '='])?;
            let path = &rest[..end];
            behind.take(path);
            let is_name = path.is_empty() || path.starts_with('.');
            (is_name && sign_of(&mut behind.clone()).is_some())
                .then(|| (format!("{name}{path}"), behind))
        })
    }
}

/// Brackets and negations that printing the meaning of one value may add.
fn brackets(filter: &Filter) -> usize {
    match filter {
        Filter::Not(part) => 1 + brackets(part),
        Filter::Or(_) | Filter::And(_) => 1,
        Filter::All | Filter::Term(_) => 0,
    }
}

/// The sign here; the cursor goes behind it.
fn sign_of(cursor: &mut Cursor<'_>) -> Option<Sign> {
    const SIGNS: [(&str, Sign); 6] = [
        (":", Sign::Is),
        ("!=", Sign::IsNot),
        (">=", Sign::Compare(Comparison::AtLeast)),
        ("<=", Sign::Compare(Comparison::AtMost)),
        (">", Sign::Compare(Comparison::Greater)),
        ("<", Sign::Compare(Comparison::Less)),
    ];
    SIGNS.into_iter().find(|(text, _)| cursor.take(text)).map(|(_, sign)| sign)
}
