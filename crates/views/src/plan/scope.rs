//! The events that a scope shows: those of which it is known to be true.
//!
//! A comparison with what is absent or erased is neither true nor false, so a negated term asks
//! for a value that does not pass, not merely for none that does. Columns do not tell the erased
//! from the absent; where that matters (`-operator:*`) the event itself is asked.

use super::object::{ObjectTest, TargetTest};
use super::{Node, Planner};
use crate::filter::{Bound, Filter, Test};
use crate::text::Probe;

impl Planner<'_> {
    /// The plan of what a scope shows.
    pub(crate) fn scope(&self, scope: &Bound) -> Node {
        match &**scope {
            Filter::All => Node::All,
            filter => Node::Scope { text: filter.to_string(), node: Box::new(self.holds(filter)) },
        }
    }

    /// Known to be true.
    fn holds(&self, filter: &Filter) -> Node {
        match filter {
            Filter::Not(part) => self.fails(part),
            Filter::Or(parts) => Node::or(parts.iter().map(|part| self.holds(part)).collect()),
            Filter::And(parts) => {
                let (of_object, others) = split(parts);
                let mut nodes: Vec<_> = others.iter().map(|part| self.holds(part)).collect();
                if !of_object.is_empty() {
                    nodes.push(Node::Targets(self.object(&of_object)));
                }
                Node::and(nodes)
            }
            Filter::All | Filter::Term(_) => self.filter(filter),
        }
    }

    /// Known to be false.
    fn fails(&self, filter: &Filter) -> Node {
        match filter {
            Filter::All => Node::not(Node::All),
            Filter::Not(part) => self.holds(part),
            filter if filter.is_of_one_object() => self.no_target(&[filter]),
            Filter::Or(parts) => Node::and(parts.iter().map(|part| self.fails(part)).collect()),
            Filter::And(parts) => {
                let (of_object, others) = split(parts);
                let mut nodes: Vec<_> = others.iter().map(|part| self.fails(part)).collect();
                if !of_object.is_empty() {
                    nodes.push(self.no_target(&of_object));
                }
                Node::or(nodes)
            }
            Filter::Term(term) => {
                let present = Node::any_present(term.field);
                match term.test {
                    Test::Exists => {
                        Node::and(vec![Node::not(present), Node::Row(Probe::default())])
                    }
                    _ => Node::and(vec![present, Node::not(self.term(term))]),
                }
            }
        }
    }

    /// Every target is known to fail one of these parts.
    fn no_target(&self, parts: &[&Filter]) -> Node {
        if parts.iter().flat_map(|part| part.terms()).any(|term| term.test == Test::Exists) {
            return Node::Row(Probe::default());
        }
        let failing = parts.iter().map(|part| self.target(part).negated()).collect();
        let per_target = TargetTest::Any(failing);
        Node::Targets(ObjectTest { per_event: Box::new(Node::All), per_target, is_every: true })
    }
}

/// The parts of an `And` that speak of one target, and the others.
pub(super) fn split(parts: &[Filter]) -> (Vec<&Filter>, Vec<&Filter>) {
    parts.iter().partition(|part| part.is_of_one_object())
}
