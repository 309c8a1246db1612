//! A filter as text that reads as the same filter again.
//!
//! Names of fields and codes are the short English ones. What could be read in another way stands
//! in quotes; nothing else does.

use std::fmt::{self, Display, Formatter, Write as _};

use super::ast::{Filter, Term, Test, Value};
use super::lex::{ends_value, read_as};
use super::pattern::Pattern;
use crate::fields::Field;

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    let between = if place == 0 { "" } else { " OR " };
                    write!(f, "{between}{part}")?;
                }
                Ok(())
            }
            Self::And(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    let between = if place == 0 { "" } else { " " };
                    write!(f, "{between}{}", Inner(part))?;
                }
                Ok(())
            }
            Self::All | Self::Not(_) | Self::Term(_) => Inner(self).fmt(f),
        }
    }
}

/// A part that stands where brackets are needed around several.
struct Inner<'f>(&'f Filter);

impl Display for Inner<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Filter::All => f.write_char('*'),
            Filter::Term(term) => term.fmt(f),
            Filter::And(_) | Filter::Or(_) => write!(f, "({})", self.0),
            // Two `-` in a row are refused: they begin an option more often than a filter.
            Filter::Not(part) if matches!(**part, Filter::Not(_)) => {
                write!(f, "NOT {}", Inner(part))
            }
            Filter::Not(part) => write!(f, "-{}", Inner(part)),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_text = self.field == Field::Anything;
        if !is_text {
            write_field(f, self.field, &self.path)?;
        }
        let text = if is_text { write_free_text } else { write_text };
        match &self.test {
            Test::Exists if is_text => f.write_char('*'),
            Test::Exists => f.write_str(":*"),
            Test::Compare(comparison, value) => {
                f.write_str(comparison.sign())?;
                write_value(f, value)
            }
            Test::Between(from, to) => {
                f.write_char(':')?;
                write_value(f, from)?;
                f.write_str("..")?;
                write_value(f, to)
            }
            Test::Is(value) => {
                f.write_char(':')?;
                write_value(f, value)
            }
            Test::Like(pattern) | Test::Holds(pattern) => {
                f.write_str(if is_text { "" } else { ":" })?;
                write_pattern(f, pattern, text)
            }
        }
    }
}

fn write_field(f: &mut Formatter<'_>, field: Field, path: &str) -> fmt::Result {
    let name = field.name();
    let is_plain = |mark: char| mark.is_alphanumeric() || matches!(mark, '_' | '.' | '-');
    match path {
        "" => f.write_str(name),
        _ if path.chars().all(is_plain) => write!(f, "{name}.{path}"),
        _ => write_quoted(f, &format!("{name}.{path}")),
    }
}

fn write_value(f: &mut Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Text(text) => write_text(f, text),
        // A prefix of all bits is one address.
        Value::Ip(net) if net.prefix_len() == net.max_prefix_len() => net.addr().fmt(f),
        Value::Ip(net) => net.fmt(f),
        Value::Number(number) => number.fmt(f),
        Value::Moment(moment) => moment.fmt(f),
    }
}

type WriteText = fn(&mut Formatter<'_>, &str) -> fmt::Result;

fn write_pattern(f: &mut Formatter<'_>, pattern: &Pattern, write_piece: WriteText) -> fmt::Result {
    f.write_str(if pattern.open_start { "*" } else { "" })?;
    for (place, piece) in pattern.pieces.iter().enumerate() {
        f.write_str(if place == 0 { "" } else { "*" })?;
        write_piece(f, piece)?;
    }
    f.write_str(if pattern.open_end { "*" } else { "" })
}

/// The value of a field. Two dots would be a range in some fields; quotes say they are not.
fn write_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let is_plain = |mark: char| {
        !ends_value(mark) && !mark.is_control() && read_as(mark) == mark && !"*\"\\".contains(mark)
    };
    match !text.contains("..") && !text.is_empty() && text.chars().all(is_plain) {
        true => f.write_str(text),
        false => write_quoted(f, text),
    }
}

/// A piece of free text: besides, it must not look like a sign, a keyword or a long field name.
fn write_free_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let begins_long_name = || {
        let first_word = |name: &str| name.split([' ', '(']).next().map(str::to_lowercase);
        let text = Some(text.to_lowercase());
        Field::long_names().iter().any(|name| first_word(name) == text)
    };
    let has_sign = text.starts_with('-') || text.contains([':', '<', '>', '!', '=']);
    match has_sign || matches!(text, "AND" | "OR" | "NOT") || begins_long_name() {
        true => write_quoted(f, text),
        false => write_text(f, text),
    }
}

fn write_quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for mark in text.chars() {
        if matches!(mark, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(mark)?;
    }
    f.write_char('"')
}
