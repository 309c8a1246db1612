//! A selector: one place of an exchange, such as `path.id` or `response.nodes[*].id`.

use std::ops::{BitOr, BitOrAssign, ControlFlow};

use annals_record::Nearest;
use http::HeaderName;
use serde_json::Value;

use super::scan::Scanner;
use super::scope::{Found, Root, Scope};

/// The first words of selectors.
const ROOTS: [&str; 11] = [
    "method",
    "path",
    "query",
    "header",
    "user",
    "request",
    "status",
    "response",
    "response_header",
    "item",
    "close",
];

/// Which parts of an exchange something looks at, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses(u8);

impl Uses {
    pub(super) const NONE: Self = Self(0);
    pub(super) const REQUEST_HEAD: Self = Self(1);
    pub(super) const REQUEST_BODY: Self = Self(2);
    pub(super) const ANSWER_HEAD: Self = Self(4);
    pub(super) const ANSWER_BODY: Self = Self(8);
    pub(super) const ITEM: Self = Self(16);
    pub(super) const CLOSE: Self = Self(32);
    pub(super) const REQUEST: Self = Self(1 | 2);
    pub(super) const ANSWER: Self = Self(4 | 8);

    /// Is any of these among them?
    pub(super) fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }
}

impl BitOr for Uses {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Uses {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What may be named at a place of the file.
#[derive(Clone, Debug)]
pub(super) struct Allowed {
    pub(super) uses: Uses,
    /// Parts of the path that every template of the route has.
    pub(super) params: Vec<String>,
}

impl Allowed {
    pub(super) fn only(uses: Uses) -> Self {
        Self { uses, params: Vec::new() }
    }

    pub(super) fn and(&self, uses: Uses) -> Self {
        Self { uses: self.uses | uses, params: self.params.clone() }
    }
}

/// One place of an exchange.
#[derive(Clone, Debug)]
pub(super) struct Selector {
    pub(super) root: Root,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    At(usize),
    Each,
}

impl Selector {
    pub(super) fn parse(text: &str, allowed: &Allowed) -> Result<Self, String> {
        let mut scanner = Scanner::new(text);
        let selector = Self::scan(&mut scanner, allowed)?;
        match scanner.rest() {
            "" => Ok(selector),
            rest => Err(format!("`{rest}` is too much in the selector `{text}`")),
        }
    }

    /// `query.name`.
    pub(super) fn query(name: &str) -> Self {
        Self { root: Root::Query(name.to_owned()), steps: Vec::new() }
    }

    /// `status`.
    pub(super) fn status() -> Self {
        Self { root: Root::Status, steps: Vec::new() }
    }

    /// Reads as far as the selector goes.
    pub(super) fn scan(scanner: &mut Scanner<'_>, allowed: &Allowed) -> Result<Self, String> {
        let word = scanner.word();
        let mut steps = Vec::new();
        while let Some(step) = step(scanner)? {
            steps.push(step);
        }
        let selector = Self::of(word, steps)?;
        match &selector.root {
            Root::Param(name) if !allowed.params.contains(name) => {
                let known = allowed.params.join(", ");
                Err(format!("the path has no part `{{{name}}}` in every template; it has: {known}"))
            }
            _ if !allowed.uses.any(selector.uses()) => {
                Err(format!("`{word}` is not known at this place of the file"))
            }
            _ => Ok(selector),
        }
    }

    fn of(word: &str, mut steps: Vec<Step>) -> Result<Self, String> {
        // The name that follows `path`, `query`, `header` or `close`.
        let takes_name = matches!(word, "path" | "query" | "header" | "response_header" | "close");
        let name = match steps.first() {
            Some(Step::Key(name)) if takes_name => Some(name.clone()),
            _ => None,
        };
        if name.is_some() {
            steps.remove(0);
        }
        let root = match (word, name) {
            ("method", _) => Root::Method,
            ("path", None) => Root::Path,
            ("path", Some(name)) => Root::Param(name),
            ("query", Some(name)) => Root::Query(name),
            ("header", Some(name)) => Root::Header(header(&name)?),
            ("response_header", Some(name)) => Root::ResponseHeader(header(&name)?),
            ("user", _) => Root::User,
            ("request", _) => Root::Request,
            ("status", _) => Root::Status,
            ("response", _) => Root::Response,
            ("item", _) => Root::Item,
            ("close", Some(name)) => match &*name {
                "code" => Root::CloseCode,
                "reason" => Root::CloseReason,
                "by" => Root::CloseBy,
                _ => return Err(format!("`close.{name}`: there are close.code, .reason and .by")),
            },
            (word, None) if takes_name => return Err(format!("write `{word}.NAME`")),
            (word, _) => return Err(unknown(word)),
        };
        let may_have_steps = match root {
            Root::Request | Root::Response | Root::Item => true,
            Root::Query(_) => matches!(*steps, [] | [Step::Each]),
            _ => steps.is_empty(),
        };
        match may_have_steps {
            true => Ok(Self { root, steps }),
            false => Err(format!("`{word}` is a text: nothing in it can be selected")),
        }
    }

    pub(super) fn uses(&self) -> Uses {
        match self.root {
            Root::Method
            | Root::Path
            | Root::Param(_)
            | Root::Query(_)
            | Root::Header(_)
            | Root::User => Uses::REQUEST_HEAD,
            Root::Request => Uses::REQUEST_BODY,
            Root::Status | Root::ResponseHeader(_) => Uses::ANSWER_HEAD,
            Root::Response => Uses::ANSWER_BODY,
            Root::Item => Uses::ITEM,
            Root::CloseCode | Root::CloseReason | Root::CloseBy => Uses::CLOSE,
        }
    }

    /// The first value that is there.
    pub(super) fn first<'a>(&self, scope: &Scope<'a>) -> Option<Found<'a>> {
        let mut first = None;
        let _stopped = self.each(scope, &mut |found| {
            first = Some(found);
            ControlFlow::Break(())
        });
        first
    }

    /// Gives every value that is there, in order.
    pub(super) fn each<'a>(
        &self,
        scope: &Scope<'a>,
        give: &mut dyn FnMut(Found<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if let Root::Query(name) = &self.root {
            let query = scope.request.map_or("", |request| request.query);
            let values = form_urlencoded::parse(query.as_bytes());
            let mut values = values.filter(|(key, _)| key == name);
            let many = if self.steps.is_empty() { 1 } else { usize::MAX };
            return values.by_ref().take(many).try_for_each(|(_, value)| give(Found::Text(value)));
        }
        match scope.at(&self.root) {
            Some(Found::Json(value)) => walk(value, &self.steps, give),
            Some(found) if self.steps.is_empty() => give(found),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// The values below `value`; null is no value.
fn walk<'a>(
    value: &'a Value,
    steps: &[Step],
    give: &mut dyn FnMut(Found<'a>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let next = match steps {
        [] if value.is_null() => return ControlFlow::Continue(()),
        [] => return give(Found::Json(value)),
        [Step::Each, rest @ ..] => {
            return match value {
                Value::Array(items) => items.iter().try_for_each(|item| walk(item, rest, give)),
                // A field of a form that came once.
                one => walk(one, rest, give),
            };
        }
        [Step::Key(key), ..] => value.get(key),
        [Step::At(index), ..] => value.get(index),
    };
    next.map_or(ControlFlow::Continue(()), |next| walk(next, &steps[1..], give))
}

/// `.key`, `["key"]`, `[3]` or `[*]`.
fn step(scanner: &mut Scanner<'_>) -> Result<Option<Step>, String> {
    if scanner.eat('.') {
        return match scanner.word() {
            "" => Err(format!("a name is expected at `.{}`", scanner.rest())),
            word => Ok(Some(Step::Key(word.to_owned()))),
        };
    }
    if !scanner.eat('[') {
        return Ok(None);
    }
    let step = if scanner.eat('*') {
        Step::Each
    } else if let Some(key) = scanner.quoted('"')? {
        Step::Key(key.to_owned())
    } else {
        let digits = scanner.word();
        Step::At(digits.parse().map_err(|_| {
            format!("`[{digits}`: a number, `*` or a \"name\" belongs into the brackets")
        })?)
    };
    match scanner.eat(']') {
        true => Ok(Some(step)),
        false => Err(format!("`]` is missing before `{}`", scanner.rest())),
    }
}

fn header(name: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no name of a header"))
}

fn unknown(word: &str) -> String {
    let mut nearest = Nearest::default();
    ROOTS.iter().for_each(|root| nearest.add(root));
    match nearest.find(word) {
        Some(near) => format!("`{word}` is no selector; did you mean `{near}`?"),
        None => format!("`{word}` is no selector; there are {}", ROOTS.join(", ")),
    }
}
