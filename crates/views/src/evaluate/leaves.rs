//! Rows by the leaves they are made of: those of some groups, or at some positions.
//!
//! A row of a two-phase operation has two leaves, and either may hold what is looked for.

use std::ops::Range;

use crate::columns::NumberId;
use crate::docset::DocSet;
use crate::part::Part;
use crate::text::{Probe, TextFilters};

/// The rows one of whose leaves stands in a group that may hold what `probe` looks for.
pub(super) fn may_hold(part: &Part, probe: &Probe, texts: &TextFilters) -> DocSet {
    let mut rows = DocSet::new_empty(part.len());
    texts.may_hold(probe, part.index_range(), &mut |indexes| part.docs_of(indexes, &mut rows));
    let mut paired = DocSet::new_empty(part.len());
    part.numbers_in(NumberId::Partner, 0, u64::MAX, &mut paired);
    paired.and_not(&rows);
    let partners = || paired.iter().filter_map(|doc| Some((doc, part.partner(doc)?)));
    let Some(first) = partners().map(|(_, partner)| partner).min() else { return rows };
    let last = partners().map(|(_, partner)| partner).max().unwrap_or(first);
    let mut passing: Vec<Range<u64>> = Vec::new();
    texts.may_hold(probe, first..last + 1, &mut |indexes| passing.push(indexes));
    for (doc, partner) in partners() {
        let after = passing.partition_point(|range| range.start <= partner);
        if after.checked_sub(1).is_some_and(|place| passing[place].contains(&partner)) {
            rows.insert(doc);
        }
    }
    rows
}

/// The rows one of whose leaves stands at one of these positions.
pub(super) fn at(part: &Part, positions: &[u64]) -> DocSet {
    let mut rows = DocSet::new_empty(part.len());
    for position in positions {
        part.docs_of(*position..*position + 1, &mut rows);
        part.numbers_in(NumberId::Partner, *position, *position, &mut rows);
    }
    rows
}
