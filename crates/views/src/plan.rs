//! `Plan`: what a filter and a scope ask of a part's columns. Pure; knows no part.
//!
//! Every term becomes a node that a part can answer from its columns alone, or a [`Node::Row`],
//! which only a look at the event itself can answer. A scope is planned as the set of events of
//! which it is *true*: the comparison with an absent field is neither true nor false, so under a
//! `Not` a term stands beside the demand that there is something to compare with.

mod object;
mod scope;
mod term;

pub(crate) use object::{ObjectTest, TargetTest};
pub(crate) use term::{columns_of, derived_value};

use std::ops::RangeInclusive;

use annals_record::Catalogue;

use crate::columns::{ColumnId, Flags, PostingId};
use crate::eval::Matcher;
use crate::fields::Field;
use crate::filter::{Bound, Filter};
use crate::text::Probe;

/// What a part is asked, as a tree.
#[derive(Debug)]
pub(crate) enum Node {
    /// Every event.
    All,
    /// All of these; the cheap ones first.
    And(Vec<Node>),
    /// One of these or more.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// The column has exactly one of these values.
    Values(ColumnId, Vec<String>),
    /// The column has a value that passes.
    Matches(ColumnId, Matcher),
    /// The column has a value.
    Present(ColumnId),
    /// A key of a posting list.
    Key(PostingId, String),
    /// The time of the event lies in this range, ns.
    At(RangeInclusive<i64>),
    /// The position of the event lies in this range.
    Index(RangeInclusive<u64>),
    /// The duration lies in this range, ms.
    Duration(RangeInclusive<u64>),
    /// The flag is set.
    Flag(Flags),
    /// One and the same target passes, or every one.
    Targets(ObjectTest),
    /// The event has this id, exactly; found in the ledger's own table.
    Id(String),
    /// What a scope with this text shows; a part keeps it for the next question.
    Scope { text: String, node: Box<Node> },
    /// Only the event itself can tell; it has to have the keys of this probe.
    Row(Probe),
}

/// What a plan is made with.
#[derive(Clone, Copy)]
pub(crate) struct Planner<'p> {
    pub(crate) catalogue: &'p Catalogue,
}

impl Planner<'_> {
    /// The plan of a filter.
    pub(crate) fn plan(&self, filter: &Bound) -> Node {
        self.filter(filter)
    }

    fn filter(&self, filter: &Filter) -> Node {
        match filter {
            Filter::All => Node::All,
            Filter::Not(part) => Node::not(self.filter(part)),
            Filter::Or(parts) => Node::or(parts.iter().map(|part| self.filter(part)).collect()),
            Filter::And(parts) => self.both(parts),
            Filter::Term(term) => self.term(term),
        }
    }

    /// Parts of one `And`. Those that speak of targets must hold in one and the same target.
    fn both(&self, parts: &[Filter]) -> Node {
        let (of_object, others) = scope::split(parts);
        let mut nodes: Vec<Node> = others.into_iter().map(|part| self.filter(part)).collect();
        match &of_object[..] {
            [] => {}
            [only] => nodes.push(self.filter(only)),
            several => nodes.push(Node::Targets(self.object(several))),
        }
        Node::and(nodes)
    }
}

impl Node {
    /// All of `nodes`, the cheap ones first, so that the dear ones see few events.
    pub(crate) fn and(mut nodes: Vec<Node>) -> Self {
        nodes.retain(|node| !matches!(node, Self::All));
        nodes.sort_by_key(Self::cost);
        match nodes.len() {
            0 => Self::All,
            1 => nodes.swap_remove(0),
            _ => Self::And(nodes),
        }
    }

    /// One of `nodes` or more; without any, no event.
    pub(crate) fn or(mut nodes: Vec<Node>) -> Self {
        nodes.sort_by_key(Self::cost);
        match nodes.len() {
            1 => nodes.swap_remove(0),
            _ => Self::Or(nodes),
        }
    }

    pub(crate) fn not(node: Self) -> Self {
        match node {
            Self::Not(node) => *node,
            node => Self::Not(Box::new(node)),
        }
    }

    /// The event has a value of the field, which stands in columns.
    fn any_present(field: Field) -> Self {
        Self::or(columns_of(field).iter().map(|column| Self::Present(*column)).collect())
    }

    /// How dear it is to ask, as a rank.
    fn cost(&self) -> u8 {
        match self {
            Self::All | Self::At(_) | Self::Index(_) | Self::Scope { .. } => 0,
            Self::Key(..) => 1,
            Self::Values(column, _) if column.has_postings() => 1,
            Self::Values(..) | Self::Present(_) => 2,
            Self::Matches(..) => 3,
            Self::Flag(_) | Self::Duration(_) => 4,
            Self::Targets(_) => 5,
            Self::Not(node) => node.cost(),
            Self::And(nodes) => nodes.iter().map(Self::cost).min().unwrap_or(0),
            Self::Or(nodes) => nodes.iter().map(Self::cost).max().unwrap_or(0),
            Self::Id(_) => 1,
            Self::Row(_) => 6,
        }
    }
}

#[cfg(test)]
mod tests;
