//! What must hold of an exchange, and lists of words of which the first that holds is taken.

use std::ops::ControlFlow;

use regex::{Regex, RegexBuilder};
use toml::de::DeValue;

use super::document::{Keys, Located, items};
use super::scope::{Found, Root, Scope};
use super::selector::{Allowed, Selector, Uses};
use super::text::literal;

/// Bytes of a compiled regular expression.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// Tests that must all hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    tests: Vec<(Selector, Test)>,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
    Exists(bool),
    Matches(Regex),
}

/// Whether a condition holds while the answer is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// The answer decides.
    Open,
}

impl Condition {
    /// The table `key` of `keys`; without one, what always holds.
    pub(super) fn read(keys: &mut Keys<'_>, key: &'static str, allowed: &Allowed) -> Self {
        let mut condition = Self::default();
        if let Some(table) = keys.table(key) {
            let faults = table.faults;
            for (name, span, value) in table.entries() {
                let selector = faults.take(span, Selector::parse(name, allowed));
                let test = Test::read(value, faults);
                condition.tests.extend(selector.zip(test));
            }
        }
        condition
    }

    pub(super) fn with(mut self, selector: Selector, test: Test) -> Self {
        self.tests.push((selector, test));
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    pub(super) fn uses(&self) -> Uses {
        self.tests.iter().fold(Uses::NONE, |uses, (selector, _)| uses | selector.uses())
    }

    pub(super) fn holds(&self, scope: &Scope<'_>) -> bool {
        self.tests.iter().all(|(selector, test)| test.holds(selector, scope))
    }

    /// As far as the request alone tells.
    pub(super) fn before(&self, scope: &Scope<'_>) -> Truth {
        let is_known = |selector: &Selector| !selector.uses().any(Uses::ANSWER);
        let mut known = self.tests.iter().filter(|(selector, _)| is_known(selector));
        if !known.all(|(selector, test)| test.holds(selector, scope)) {
            Truth::No
        } else if self.uses().any(Uses::ANSWER) {
            Truth::Open
        } else {
            Truth::Yes
        }
    }
}

impl Test {
    fn read(value: &Located<'_>, faults: &super::document::Faults<'_>) -> Option<Self> {
        let DeValue::Table(table) = value.get_ref() else {
            return words(value, faults).map(Self::OneOf);
        };
        let mut keys = Keys::new(table, value.span(), faults);
        let exists = keys.flag("exists").map(Self::Exists);
        let not = keys.get("not").and_then(|value| words(value, faults)).map(Self::NoneOf);
        let matches = keys.text("matches").and_then(|(pattern, span)| {
            let regex = RegexBuilder::new(pattern).size_limit(REGEX_BYTES_MAX).build();
            faults.take(span, regex.map_err(|error| error.to_string())).map(Self::Matches)
        });
        if table.len() != 1 {
            faults.add(value.span(), "write one of `exists`, `not`, `matches`");
        }
        keys.finish();
        exists.or(not).or(matches)
    }

    fn holds(&self, selector: &Selector, scope: &Scope<'_>) -> bool {
        let is_status = selector.root == Root::Status;
        let any = |test: &dyn Fn(&Found<'_>) -> bool| {
            let flow = selector.each(scope, &mut |found| match test(&found) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            });
            flow.is_break()
        };
        let is_in = |found: &Found<'_>, words: &[String]| {
            found.text().is_some_and(|text| words.iter().any(|word| is(&text, word, is_status)))
        };
        match self {
            Self::OneOf(words) => any(&|found| is_in(found, words)),
            Self::NoneOf(words) => any(&|found| !is_in(found, words)),
            Self::Exists(expected) => any(&|_| true) == *expected,
            Self::Matches(regex) => {
                any(&|found| found.text().is_some_and(|text| regex.is_match(&text)))
            }
        }
    }
}

/// `4xx` is a class of statuses.
fn is(text: &str, word: &str, is_status: bool) -> bool {
    let in_class = || {
        let class = word.strip_suffix("xx").filter(|class| class.len() == 1);
        class.is_some_and(|class| text.starts_with(class))
    };
    text == word || (is_status && in_class())
}

/// One word, or a list of them.
fn words(value: &Located<'_>, faults: &super::document::Faults<'_>) -> Option<Vec<String>> {
    let words: Option<Vec<String>> =
        items(value).into_iter().map(|item| literal(item.get_ref())).collect();
    if words.is_none() {
        faults
            .add(value.span(), "write a text, a decimal number, true or false, or a list of them");
    }
    words
}

/// Words with conditions: the first that holds is taken.
#[derive(Clone, Debug)]
pub(super) struct Rules<T>(Vec<(T, Condition)>);

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Rules<T> {
    /// The list `key`: `{ is = "word", when = … }`.
    pub(super) fn read(
        keys: &mut Keys<'_>,
        key: &'static str,
        allowed: &Allowed,
        known: &[(&'static str, T)],
    ) -> Self {
        let tables = keys.tables(key).into_iter();
        Self(
            tables
                .filter_map(|mut rule| {
                    let word = rule.required("is");
                    let condition = Condition::read(&mut rule, "when", allowed);
                    let faults = rule.faults;
                    rule.finish();
                    let (word, span) = word?;
                    let found = known.iter().find(|(name, _)| *name == word);
                    let words: Vec<_> = known.iter().map(|(name, _)| *name).collect();
                    let found =
                        found.ok_or_else(|| format!("`{word}` is none of {}", words.join(", ")));
                    Some((faults.take(span, found)?.1, condition))
                })
                .collect(),
        )
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, word: T, condition: Condition) {
        self.0.push((word, condition));
    }

    pub(super) fn take(&self, scope: &Scope<'_>) -> Option<T> {
        let found = self.0.iter().find(|(_, condition)| condition.holds(scope));
        found.map(|(word, _)| *word)
    }

    pub(super) fn uses(&self) -> Uses {
        self.0.iter().fold(Uses::NONE, |uses, (_, condition)| uses | condition.uses())
    }
}
