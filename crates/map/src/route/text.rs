//! A text with holes, such as `task:{response.task_id}`, and JSON made of such texts.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use toml::de::DeValue;

use super::document::{Faults, Located, items};
use super::scan::Scanner;
use super::scope::Scope;
use super::selector::{Allowed, Selector, Uses};

/// A text whose holes are filled from an exchange.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pieces: Vec<Piece>,
    pub(super) uses: Uses,
}

#[derive(Clone, Debug)]
enum Piece {
    Fixed(String),
    /// The first choice that has a value.
    Hole(Vec<Choice>),
}

#[derive(Clone, Debug)]
enum Choice {
    Fixed(String),
    /// What the functions make of it, the innermost last.
    Selected(Vec<Function>, Selector),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    UrlPath,
    FileName,
}

const FUNCTIONS: [(&str, Function); 2] =
    [("url_path(", Function::UrlPath), ("file_name(", Function::FileName)];

impl Text {
    pub(super) fn parse(text: &str, allowed: &Allowed) -> Result<Self, String> {
        let mut scanner = Scanner::new(text);
        let (mut pieces, mut fixed, mut uses) = (Vec::new(), String::new(), Uses::NONE);
        while let Some(c) = scanner.next() {
            match c {
                '{' | '}' if scanner.eat(c) => fixed.push(c),
                '}' => return Err("a single `}` closes nothing; write `}}` for a brace".to_owned()),
                '{' => {
                    if !fixed.is_empty() {
                        pieces.push(Piece::Fixed(std::mem::take(&mut fixed)));
                    }
                    pieces.push(Piece::Hole(hole(&mut scanner, allowed, &mut uses)?));
                }
                c => fixed.push(c),
            }
        }
        if !fixed.is_empty() {
            pieces.push(Piece::Fixed(fixed));
        }
        Ok(Self { pieces, uses })
    }

    /// The text if it has no holes.
    pub(super) fn fixed(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Fixed(text)] => Some(text),
            _ => None,
        }
    }

    /// With its holes filled; none if one can't be.
    pub(super) fn render<'a>(&'a self, scope: &Scope<'a>) -> Option<Cow<'a, str>> {
        if let [piece] = &*self.pieces {
            return piece.render(scope);
        }
        let mut text = String::new();
        for piece in &self.pieces {
            text.push_str(&piece.render(scope)?);
        }
        Some(Cow::Owned(text))
    }

    /// As [`Self::render`], but what is one hole keeps its JSON value.
    pub(super) fn json(&self, scope: &Scope<'_>) -> Option<Value> {
        if let [Piece::Hole(choices)] = &*self.pieces {
            return choices.iter().find_map(|choice| match choice {
                Choice::Selected(functions, selector) if functions.is_empty() => {
                    Some(selector.first(scope)?.json())
                }
                other => Some(Value::from(&*other.render(scope)?)),
            });
        }
        self.render(scope).map(|text| Value::from(&*text))
    }
}

impl Piece {
    fn render<'a>(&'a self, scope: &Scope<'a>) -> Option<Cow<'a, str>> {
        match self {
            Self::Fixed(text) => Some(Cow::Borrowed(text)),
            Self::Hole(choices) => choices.iter().find_map(|choice| choice.render(scope)),
        }
    }
}

impl Choice {
    fn render<'a>(&'a self, scope: &Scope<'a>) -> Option<Cow<'a, str>> {
        match self {
            Self::Fixed(text) => Some(Cow::Borrowed(text)),
            Self::Selected(functions, selector) => {
                let text = selector.first(scope)?.text().filter(|text| !text.is_empty())?;
                Some(functions.iter().rev().fold(text, |text, function| {
                    Cow::Owned(match function {
                        Function::UrlPath => url_path(&text),
                        Function::FileName => file_name(&text).to_owned(),
                    })
                }))
            }
        }
    }
}

/// What stands in a hole, up to and with its `}`.
fn hole(
    scanner: &mut Scanner<'_>,
    allowed: &Allowed,
    uses: &mut Uses,
) -> Result<Vec<Choice>, String> {
    let mut choices = Vec::new();
    loop {
        scanner.blanks();
        let choice = choice(scanner, allowed)?;
        if let Choice::Selected(_, selector) = &choice {
            *uses |= selector.uses();
        }
        choices.push(choice);
        scanner.blanks();
        if scanner.eat('}') {
            return Ok(choices);
        }
        if !scanner.eat('|') {
            return Err(format!("`}}` or `|` is expected before `{}`", scanner.rest()));
        }
    }
}

fn choice(scanner: &mut Scanner<'_>, allowed: &Allowed) -> Result<Choice, String> {
    if let Some(text) = scanner.quoted('\'')? {
        return Ok(Choice::Fixed(text.to_owned()));
    }
    let mut functions = Vec::new();
    while let Some((name, function)) =
        FUNCTIONS.iter().find(|(name, _)| scanner.rest().starts_with(name))
    {
        scanner.skip(name.len());
        functions.push(*function);
    }
    let selector = Selector::scan(scanner, allowed)?;
    for _ in &functions {
        if !scanner.eat(')') {
            return Err(format!("`)` is missing before `{}`", scanner.rest()));
        }
    }
    Ok(Choice::Selected(functions, selector))
}

/// The path of an address, or of an absolute path: decoded, without a slash at the end.
fn url_path(text: &str) -> String {
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |start| &rest[start..]),
        None => text,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8_lossy();
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(&path).to_owned()
}

/// What stands behind the last `/`, but for one at the very end.
fn file_name(text: &str) -> &str {
    text.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// JSON made of texts.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Text(Text),
    Fixed(Value),
    List(Vec<Tree>),
    Table(Vec<(String, Tree)>),
}

impl Tree {
    pub(super) fn read(
        value: &Located<'_>,
        allowed: &Allowed,
        faults: &Faults<'_>,
    ) -> Option<Self> {
        Some(match value.get_ref() {
            DeValue::String(text) => {
                Self::Text(faults.take(value.span(), Text::parse(text, allowed))?)
            }
            DeValue::Boolean(flag) => Self::Fixed(Value::from(*flag)),
            DeValue::Integer(_) | DeValue::Float(_) => {
                let text = literal(value.get_ref()).unwrap_or_default();
                let number: Option<serde_json::Number> = text.parse().ok();
                let number = number.ok_or_else(|| format!("`{text}` is no number of JSON"));
                Self::Fixed(faults.take(value.span(), number)?.into())
            }
            DeValue::Array(_) => {
                let trees = items(value).into_iter();
                Self::List(trees.filter_map(|item| Self::read(item, allowed, faults)).collect())
            }
            DeValue::Table(table) => {
                let members = table.iter().filter_map(|(key, value)| {
                    Some((key.get_ref().to_string(), Self::read(value, allowed, faults)?))
                });
                Self::Table(members.collect())
            }
            DeValue::Datetime(_) => {
                faults.add(value.span(), "write a time as a text, in quotes");
                return None;
            }
        })
    }

    /// What has a value; of a table whose members all have none, nothing.
    pub(super) fn render(&self, scope: &Scope<'_>) -> Option<Value> {
        match self {
            Self::Text(text) => text.json(scope),
            Self::Fixed(value) => Some(value.clone()),
            Self::List(trees) => Some(trees.iter().filter_map(|tree| tree.render(scope)).collect()),
            Self::Table(members) => {
                let members = members.iter();
                let rendered: Map<String, Value> = members
                    .filter_map(|(key, tree)| Some((key.clone(), tree.render(scope)?)))
                    .collect();
                (!rendered.is_empty()).then_some(Value::Object(rendered))
            }
        }
    }

    pub(super) fn uses(&self) -> Uses {
        let all =
            |uses: &mut dyn Iterator<Item = Uses>| uses.fold(Uses::NONE, |all, uses| all | uses);
        match self {
            Self::Text(text) => text.uses,
            Self::Fixed(_) => Uses::NONE,
            Self::List(trees) => all(&mut trees.iter().map(Self::uses)),
            Self::Table(members) => all(&mut members.iter().map(|(_, tree)| tree.uses())),
        }
    }
}

/// A text, number or flag of TOML as the text that values are compared with.
pub(super) fn literal(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => {
            Some(number.as_str().replace('_', "").trim_start_matches('+').to_owned())
        }
        DeValue::Float(number) => {
            Some(number.as_str().replace('_', "").trim_start_matches('+').to_owned())
        }
        _ => None,
    }
}
