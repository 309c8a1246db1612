//! Tests of one value: texts, addresses, ordered values, values in JSON.
//!
//! Each says what holds for a value that is there; what is absent or erased is decided once, in
//! `eval.rs`.

use std::collections::HashSet;
use std::net::IpAddr;

use ipnet::IpNet;
use memchr::memmem;

use super::{compare, presence};
use crate::filter::{Comparison, Number, Pattern};
use crate::fold::{fold, folds_to};
use crate::json::{self, Scalar};
use crate::row::Seen;
use crate::truth::Truth;

/// A test of a whole text.
#[derive(Clone, Debug)]
pub(super) enum TextTest {
    Exists,
    /// Byte for byte.
    Exact(String),
    /// Without case; the text is folded.
    Folded(String),
    /// Byte for byte, with stars.
    Like(Pattern),
    /// Without case, with stars; the pieces are folded.
    FoldedLike(Pattern),
    /// A code that is one of these, or is like this.
    Code(HashSet<String>, Pattern),
}

impl TextTest {
    pub(super) fn truth<T: AsRef<str>>(&self, seen: &Seen<T>, absent: Truth) -> Truth {
        match (self, seen) {
            (Self::Exists, seen) => presence(seen, absent),
            (test, Seen::Value(text)) => test.holds(text.as_ref()).into(),
            (_, Seen::Absent | Seen::Erased) => absent,
        }
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Exists => true,
            Self::Exact(expected) => text == expected,
            Self::Folded(expected) => folds_to(text, expected),
            Self::Like(pattern) => pattern.matches_whole(text),
            Self::FoldedLike(pattern) => pattern.matches_whole(&fold(text)),
            Self::Code(codes, pattern) => {
                codes.contains(text) || pattern.matches_whole(&fold(text))
            }
        }
    }
}

/// A test of an address.
#[derive(Clone, Copy, Debug)]
pub(super) enum AddressTest {
    Exists,
    In(IpNet),
}

impl AddressTest {
    pub(super) fn truth(self, seen: Seen<IpAddr>, absent: Truth) -> Truth {
        match self {
            Self::Exists => presence(&seen, absent),
            Self::In(net) => compare(seen, absent, |address| net.contains(&address)),
        }
    }
}

/// A test of a value that has an order.
#[derive(Clone, Copy, Debug)]
pub(super) enum OrderTest<T> {
    Exists,
    Is(T),
    Compare(Comparison, T),
    Between(T, T),
}

impl<T: Ord + Copy> OrderTest<T> {
    pub(super) fn truth(&self, seen: Seen<T>, absent: Truth) -> Truth {
        match self {
            Self::Exists => presence(&seen, absent),
            test => compare(seen, absent, |value| test.holds(value)),
        }
    }

    fn holds(&self, value: T) -> bool {
        match self {
            Self::Exists => true,
            Self::Is(expected) => value == *expected,
            Self::Compare(comparison, edge) => comparison.holds(value.cmp(edge)),
            Self::Between(from, to) => (*from..=*to).contains(&value),
        }
    }
}

/// A test of the values at a path in JSON.
#[derive(Clone, Debug)]
pub(super) struct JsonTest {
    path: String,
    /// Finds the path's last word, without which it leads nowhere.
    last_word: memmem::Finder<'static>,
    value: ScalarTest,
}

/// A test of one value in JSON.
#[derive(Clone, Debug)]
pub(super) enum ScalarTest {
    /// It is there and not `null`.
    Exists,
    /// It is this, however it is spelled.
    Is {
        /// The text, folded.
        folded: String,
        /// The text as an integer.
        integer: Option<i128>,
        /// The text as a number.
        number: Option<Number>,
    },
    /// Its text is like this; the pieces are folded.
    Like(Pattern),
    /// It is a number, or a text that is one, and has this order.
    Order(OrderTest<Number>),
}

impl JsonTest {
    pub(super) fn new(path: &str, value: ScalarTest) -> Self {
        let last_word = path.rsplit('.').next().unwrap_or(path).as_bytes();
        let last_word = memmem::Finder::new(last_word).into_owned();
        Self { path: path.to_owned(), last_word, value }
    }

    pub(super) fn holds(&self, json: &str) -> bool {
        let may_lead = json.contains('\\') || self.last_word.find(json.as_bytes()).is_some();
        may_lead && json::any_at(json, &self.path, |scalar| self.value.holds(scalar))
    }
}

impl ScalarTest {
    /// Is this text, number or word.
    pub(super) fn is(text: &str) -> Self {
        let (integer, number) = (text.parse().ok(), Number::parse(text));
        Self::Is { folded: fold(text), integer, number }
    }

    fn holds(&self, scalar: Scalar<'_>) -> bool {
        match self {
            Self::Exists => !matches!(scalar, Scalar::Null),
            Self::Order(test) => scalar.number().is_some_and(|number| test.holds(number)),
            Self::Like(pattern) => {
                scalar.text().is_some_and(|text| pattern.matches_whole(&fold(&text)))
            }
            Self::Is { folded, integer, number } => match scalar {
                Scalar::Text(text) => folds_to(text, folded),
                // Integers beyond 2^53 differ although their nearest fractions are the same.
                Scalar::Integer(found) => match integer {
                    Some(integer) => *integer == found,
                    None => number.is_some() && *number == scalar.number(),
                },
                Scalar::Fraction(_) => number.is_some() && *number == scalar.number(),
                Scalar::Flag(_) | Scalar::Null => scalar.text().is_some_and(|text| text == *folded),
                Scalar::Composite => false,
            },
        }
    }
}
