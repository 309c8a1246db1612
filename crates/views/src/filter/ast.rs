//! `Filter`: what a filter says, after its words were understood.
//!
//! Always in one form, so that printing and parsing are inverse: no `And` stands directly in an
//! `And`, no `Or` in an `Or`, both have at least two parts, and values that have codes are codes.
//! Texts are as written; how they are compared says the kind of the field.

use ipnet::IpNet;

use super::moment::Moment;
use super::number::Number;
use super::pattern::Pattern;
use crate::fields::Field;

/// What a filter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Every event.
    All,
    /// All of these.
    And(Vec<Filter>),
    /// One of these or more.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// One test of one field.
    Term(Term),
}

/// One test of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The field.
    pub field: Field,
    /// Keys parted by dots inside a JSON field; empty: the field itself.
    pub path: String,
    /// What must hold for it; for a field with several values, for one of them.
    pub test: Test,
}

/// What must hold for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// There is one.
    Exists,
    /// It is this one.
    Is(Value),
    /// The whole value is like this (kinds `Code`, `Name`, `Id`, and values at a path).
    Like(Pattern),
    /// It holds this, as words where an end of the pattern is closed (kinds `Text` and `Json`).
    Holds(Pattern),
    /// It lies on this side of a number or moment.
    Compare(Comparison, Value),
    /// It lies between two numbers or moments, both included.
    Between(Value, Value),
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A code, name, id or JSON scalar.
    Text(String),
    /// An address or a prefix of addresses.
    Ip(IpNet),
    /// A number.
    Number(Number),
    /// A moment.
    Moment(Moment),
}

/// On which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// True if a value that is `order` to the one compared with passes.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// Its sign in a filter.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Filter {
    /// All of `parts`; every event if there are none.
    #[must_use]
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::And(parts) => parts,
            part => vec![part],
        });
        let mut parts: Vec<_> = flat.collect();
        match parts.len() {
            0 => Self::All,
            1 => parts.swap_remove(0),
            _ => Self::And(parts),
        }
    }

    /// One of `parts` or more; with none of them no event.
    #[must_use]
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Or(parts) => parts,
            part => vec![part],
        });
        let mut parts: Vec<_> = flat.collect();
        match parts.len() {
            0 => Self::negated(Self::All),
            1 => parts.swap_remove(0),
            _ => Self::Or(parts),
        }
    }

    /// Not `part`.
    #[must_use]
    pub fn negated(part: Self) -> Self {
        Self::Not(Box::new(part))
    }

    /// One test of a field without a path.
    #[must_use]
    pub fn term(field: Field, test: Test) -> Self {
        Self::Term(Term { field, path: String::new(), test })
    }

    /// True if it speaks of one target's own fields only, without a `Not`. Such parts of one `And`
    /// must hold in one and the same object: `object.type:a object.id:(b OR c)`.
    #[must_use]
    pub fn is_of_one_object(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::is_of_one_object),
            Self::Term(term) => {
                matches!(term.field, Field::ObjectType | Field::ObjectId | Field::ObjectName)
            }
            Self::All | Self::Not(_) => false,
        }
    }

    /// What is known of events whose values the terms that are `is_hidden` ask for may not be told:
    /// such a term is neither true nor false (Kleene), and what is unknown is no hit, also under a
    /// `Not`. So nothing is learned by asking for a value, nor by excluding it.
    #[must_use]
    pub fn without(&self, is_hidden: &dyn Fn(&Term) -> bool) -> Self {
        self.taking(is_hidden, false)
    }

    /// This filter, and for the events of `masked` what is known `without` hidden terms.
    #[must_use]
    pub fn masking(self, masked: &Self, is_hidden: &dyn Fn(&Term) -> bool) -> Self {
        if !self.terms().into_iter().any(is_hidden) {
            return self;
        }
        let left = self.without(is_hidden);
        let others = Self::and([self, Self::negated(masked.clone())]);
        if left == Self::or([]) {
            return others;
        }
        let parts = [left, masked.clone()].into_iter().filter(|part| *part != Self::All);
        Self::or([others, Self::and(parts)])
    }

    /// With hidden terms taken for `truth`: false where they could add a hit, true under a `Not`.
    fn taking(&self, is_hidden: &dyn Fn(&Term) -> bool, truth: bool) -> Self {
        let never = Self::or([]);
        let left = |parts: &[Self]| -> Vec<Self> {
            parts.iter().map(|part| part.taking(is_hidden, truth)).collect()
        };
        match self {
            Self::Term(term) if is_hidden(term) && truth => Self::All,
            Self::Term(term) if is_hidden(term) => never,
            Self::All | Self::Term(_) => self.clone(),
            Self::And(parts) => match left(parts) {
                parts if parts.contains(&never) => never,
                parts => Self::and(parts.into_iter().filter(|part| *part != Self::All)),
            },
            Self::Or(parts) => match left(parts) {
                parts if parts.contains(&Self::All) => Self::All,
                parts => Self::or(parts.into_iter().filter(|part| *part != never)),
            },
            Self::Not(part) => match part.taking(is_hidden, !truth) {
                Self::Not(part) if *part == Self::All => Self::All,
                part => Self::negated(part),
            },
        }
    }

    /// Every term in it, from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::All => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Term(term) => vec![term],
        }
    }
}
