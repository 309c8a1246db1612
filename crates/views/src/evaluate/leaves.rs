//! Rows by the leaves they are made of: those of some groups, or at some positions.
//!
//! A row of a two-phase operation has two leaves, and either may hold what is looked for.

use crate::columns::NumberId;
use crate::docset::DocSet;
use crate::part::Part;
use crate::text::{GROUP_LEAVES, Probe, TextFilters};

/// The rows one of whose leaves stands in a group that may hold what `probe` looks for.
pub(super) fn may_hold(part: &Part, probe: &Probe, texts: &TextFilters) -> DocSet {
    let mut rows = DocSet::new_empty(part.len());
    texts.may_hold(probe, part.index_range(), &mut |indexes| part.docs_of(indexes, &mut rows));
    let Some((least, most)) = part.number_bounds(NumberId::Partner) else { return rows };
    let base = least / GROUP_LEAVES;
    let group = |index: u64| (index / GROUP_LEAVES - base) as u32;
    let mut passing = DocSet::new_empty(group(most) + 1);
    texts.may_hold(probe, least..most + 1, &mut |indexes| {
        passing.insert_range(group(indexes.start)..group(indexes.end - 1) + 1);
    });
    if !passing.is_empty() {
        part.numbers_in(NumberId::Partner, |partner| passing.contains(group(partner)), &mut rows);
    }
    rows
}

/// The rows one of whose leaves stands at one of these positions.
pub(super) fn at(part: &Part, positions: &[u64]) -> DocSet {
    let mut rows = DocSet::new_empty(part.len());
    for position in positions {
        part.docs_of(*position..*position + 1, &mut rows);
        part.numbers_in(NumberId::Partner, |partner| partner == *position, &mut rows);
    }
    rows
}
