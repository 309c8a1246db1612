//! `ObjectTest`: what must hold in one and the same target, or in every one.

use super::{Node, Planner};
use crate::columns::ColumnId;
use crate::eval::Matcher;
use crate::filter::{Filter, Test};
use crate::plan::term::columns_of;

/// What must hold in the targets of an event.
#[derive(Debug)]
pub(crate) struct ObjectTest {
    /// Holds for every event that passes; asked first.
    pub(crate) per_event: Box<Node>,
    /// What one target is asked.
    pub(crate) per_target: TargetTest,
    /// True if every target must pass (and there must be one), false if one must.
    pub(crate) is_every: bool,
}

/// What one target is asked.
#[derive(Debug)]
pub(crate) enum TargetTest {
    /// All of these.
    All(Vec<TargetTest>),
    /// One of these or more.
    Any(Vec<TargetTest>),
    /// It has a value there that passes; without a matcher, any value.
    Passes(ColumnId, Option<Matcher>),
    /// It has a value there that does not pass.
    Fails(ColumnId, Matcher),
}

impl TargetTest {
    /// True where this is known to be false; of a test without a matcher nothing is known.
    pub(super) fn negated(self) -> Self {
        let each = |parts: Vec<Self>| parts.into_iter().map(Self::negated).collect();
        match self {
            Self::All(parts) => Self::Any(each(parts)),
            Self::Any(parts) => Self::All(each(parts)),
            Self::Passes(column, Some(matcher)) => Self::Fails(column, matcher),
            Self::Fails(column, matcher) => Self::Passes(column, Some(matcher)),
            Self::Passes(_, None) => Self::Any(Vec::new()),
        }
    }
}

impl Planner<'_> {
    /// The test of parts of one `And` that speak of targets only.
    pub(super) fn object(&self, parts: &[&Filter]) -> ObjectTest {
        let per_event = Node::and(parts.iter().map(|part| self.loose(part)).collect());
        let per_target = TargetTest::All(parts.iter().map(|part| self.target(part)).collect());
        ObjectTest { per_event: Box::new(per_event), per_target, is_every: false }
    }

    /// The same parts, each held by any target.
    fn loose(&self, filter: &Filter) -> Node {
        match filter {
            Filter::And(parts) => Node::and(parts.iter().map(|part| self.loose(part)).collect()),
            Filter::Or(parts) => Node::or(parts.iter().map(|part| self.loose(part)).collect()),
            Filter::All | Filter::Not(_) | Filter::Term(_) => self.filter(filter),
        }
    }

    /// What the parts ask of one target.
    pub(super) fn target(&self, filter: &Filter) -> TargetTest {
        let each = |parts: &[Filter]| parts.iter().map(|part| self.target(part)).collect();
        match filter {
            Filter::And(parts) => TargetTest::All(each(parts)),
            Filter::Or(parts) => TargetTest::Any(each(parts)),
            Filter::Term(term) => {
                let matcher = match &term.test {
                    Test::Exists => None,
                    test => Some(Matcher::new(term.field, test, self.catalogue)),
                };
                match columns_of(term.field) {
                    [column] => TargetTest::Passes(*column, matcher),
                    _ => TargetTest::Any(Vec::new()),
                }
            }
            // `Filter::is_of_one_object` lets none of these through.
            Filter::All | Filter::Not(_) => TargetTest::Any(Vec::new()),
        }
    }
}
