//! What a part says to a plan: which of its rows match for sure, and which may.
//!
//! Two sets of rows stand for three answers. What a column can tell is sure either way; where
//! only the event itself can tell, a row may match and is checked later. `Not` turns both round,
//! so a negated text is as right as a plain one.

mod column;
mod leaves;

use std::collections::HashMap;

use crate::docset::DocSet;
use crate::part::Part;
use crate::plan::Node;
use crate::sets::Sets;
use crate::text::TextFilters;

/// What a part does not know itself.
pub(crate) struct Beside<'b> {
    /// Which groups of leaves may hold a text.
    pub(crate) texts: &'b TextFilters,
    /// The positions of the ids that are asked for.
    pub(crate) ids: &'b HashMap<String, Vec<u64>>,
}

/// The rows of `within` that match.
pub(crate) fn evaluate(part: &Part, node: &Node, within: &DocSet, beside: &Beside<'_>) -> Sets {
    let unsure = |mut may: DocSet| {
        may.and(within);
        Sets { sure: DocSet::new_empty(part.len()), may: Some(may) }
    };
    match node {
        Node::All => Sets::exact(within.clone()),
        Node::And(nodes) => all(part, nodes, within, beside),
        Node::Or(nodes) => any(part, nodes, within, beside),
        Node::Scope { text, node } => {
            let all = || evaluate(part, node, &DocSet::full(part.len()), beside);
            let mut sets = Sets::clone(&part.scoped().of(text, all).sets);
            sets.keep(within);
            sets
        }
        Node::Not(node) => not(evaluate(part, node, within, beside), within),
        Node::Row(probe) if probe.passes_all() => unsure(within.clone()),
        Node::Row(probe) => unsure(leaves::may_hold(part, probe, beside.texts)),
        Node::Id(id) => unsure(leaves::at(part, beside.ids.get(id).map_or(&[], Vec::as_slice))),
        node => Sets::exact(exact(part, node, within, beside)),
    }
}

fn all(part: &Part, nodes: &[Node], within: &DocSet, beside: &Beside<'_>) -> Sets {
    let mut sets = Sets::exact(within.clone());
    for node in nodes {
        let next = evaluate(part, node, sets.may(), beside);
        match (&mut sets.may, &next.may) {
            (None, None) => {}
            (None, Some(may)) => sets.may = Some(may.clone()),
            (Some(mine), _) => mine.and(next.may()),
        }
        sets.sure.and(&next.sure);
        if sets.may().is_empty() {
            break;
        }
    }
    sets
}

fn any(part: &Part, nodes: &[Node], within: &DocSet, beside: &Beside<'_>) -> Sets {
    let mut sets = Sets::exact(DocSet::new_empty(part.len()));
    let mut left = within.clone();
    for node in nodes {
        let next = evaluate(part, node, &left, beside);
        if sets.may.is_some() || next.may.is_some() {
            sets.may.get_or_insert_with(|| sets.sure.clone()).or(next.may());
        }
        sets.sure.or(&next.sure);
        // What matches for sure need not be asked again.
        left.and_not(&next.sure);
        if left.is_empty() {
            break;
        }
    }
    sets
}

fn not(sets: Sets, within: &DocSet) -> Sets {
    let outside = |set: &DocSet| {
        let mut rest = within.clone();
        rest.and_not(set);
        rest
    };
    Sets { sure: outside(sets.may()), may: sets.may.is_some().then(|| outside(&sets.sure)) }
}

/// What columns alone can tell.
fn exact(part: &Part, node: &Node, within: &DocSet, beside: &Beside<'_>) -> DocSet {
    let mut out = DocSet::new_empty(part.len());
    match node {
        Node::Values(column, values) => {
            let column = part.column(*column);
            let ords = column::ords_of(&column, values);
            column::docs_with(&column, &ords, within, &mut out);
        }
        Node::Matches(column, matcher) => {
            column::matches(&part.column(*column), matcher, within, &mut out);
        }
        Node::Present(column) => part.column(*column).present(&mut out),
        Node::Key(postings, key) => part.postings(*postings, key, &mut out),
        Node::At(range) if range.is_empty() => {}
        Node::At(range) => {
            let end = range.end().checked_add(1).map_or(part.len(), |end| part.first_doc_at(end));
            out.insert_range(part.first_doc_at(*range.start())..end);
        }
        Node::Index(range) if range.is_empty() => {}
        Node::Index(range) => part.docs_of(*range.start()..range.end().saturating_add(1), &mut out),
        Node::Duration(range) => column::durations(part, range, within, &mut out),
        Node::Flag(flag) => out = part.flagged(*flag),
        Node::Targets(test) => column::targets(part, test, within, beside, &mut out),
        Node::All
        | Node::And(_)
        | Node::Or(_)
        | Node::Not(_)
        | Node::Scope { .. }
        | Node::Id(_)
        | Node::Row(_) => {
            unreachable!("`evaluate` answers these")
        }
    }
    out.and(within);
    out
}
