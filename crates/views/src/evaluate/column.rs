//! Questions to one column of a part.

use std::ops::RangeInclusive;

use smallvec::SmallVec;

use super::{Beside, evaluate};
use crate::column::Column;
use crate::columns::{ColumnId, NumberId};
use crate::docset::{DocSet, OrdSet};
use crate::eval::Matcher;
use crate::ordinals::ABSENT;
use crate::part::Part;
use crate::plan::{ObjectTest, TargetTest};

/// Where fewer than one row in so many is asked for, rows are looked up one by one.
const FEW: u32 = 64;

/// The ordinals of these texts.
pub(super) fn ords_of(column: &Column<'_>, values: &[String]) -> OrdSet {
    let mut ords = OrdSet::new_empty(column.terms());
    values.iter().filter_map(|value| column.ord_of(value)).for_each(|ord| ords.insert(ord));
    ords
}

/// Adds the rows with one of these ordinals; of others than `within` it may leave some out.
pub(super) fn docs_with(column: &Column<'_>, ords: &OrdSet, within: &DocSet, out: &mut DocSet) {
    if ords.is_empty() {
        return;
    }
    if within.count() > within.len() / FEW {
        return column.docs_with(ords, out);
    }
    let mut found = SmallVec::<[u32; 4]>::new();
    for doc in within.iter() {
        column.ords(doc, &mut found);
        if found.iter().any(|ord| ords.contains(*ord)) {
            out.insert(doc);
        }
    }
}

/// Adds the rows that have a value that passes; of others than `within` it may leave some out.
pub(super) fn matches(column: &Column<'_>, matcher: &Matcher, within: &DocSet, out: &mut DocSet) {
    let ords = passing(column, within, |text| matcher.matches(text));
    docs_with(column, &ords, within, out);
}

/// The ordinals whose texts pass, at least those that `rows` have: of few rows not the whole
/// dictionary is read.
fn passing(column: &Column<'_>, rows: &DocSet, passes: impl Fn(&str) -> bool) -> OrdSet {
    if rows.count() > rows.len() / FEW {
        return column.matching(passes);
    }
    let (mut seen, mut ords) = (OrdSet::new_empty(column.terms()), SmallVec::<[u32; 4]>::new());
    let (mut passing, mut buffer) = (seen.clone(), String::new());
    for doc in rows.iter() {
        column.ords(doc, &mut ords);
        for &ord in ords.iter().filter(|ord| **ord != ABSENT) {
            if !seen.contains(ord) {
                seen.insert(ord);
                if passes(column.term(ord, &mut buffer)) {
                    passing.insert(ord);
                }
            }
        }
    }
    passing
}

pub(super) fn durations(
    part: &Part,
    range: &RangeInclusive<u64>,
    within: &DocSet,
    out: &mut DocSet,
) {
    if within.count() > within.len() / FEW {
        return part.numbers_in(NumberId::DurationMs, |number| range.contains(&number), out);
    }
    let number = |doc: u32| part.number(NumberId::DurationMs, doc);
    let passes = |doc: &u32| number(*doc).is_some_and(|number| range.contains(&number));
    within.iter().filter(passes).for_each(|doc| out.insert(doc));
}

/// Rows of which one and the same target passes, or every one.
pub(super) fn targets(
    part: &Part,
    test: &ObjectTest,
    within: &DocSet,
    beside: &Beside<'_>,
    out: &mut DocSet,
) {
    let rows = evaluate(part, &test.per_event, within, beside);
    let rows = rows.may();
    let mut targets = Targets { part, rows, columns: Vec::new() };
    let asked = targets.resolve(&test.per_target);
    let mut row = vec![SmallVec::new(); targets.columns.len()];
    for doc in rows.iter() {
        for ((_, column), ords) in targets.columns.iter().zip(&mut row) {
            column.ords(doc, ords);
        }
        let count = row.iter().map(|ords: &SmallVec<[u32; 4]>| ords.len()).max().unwrap_or(0);
        let passes = match test.is_every {
            true => count > 0 && (0..count).all(|place| asked.passes(&row, place)),
            false => (0..count).any(|place| asked.passes(&row, place)),
        };
        if passes {
            out.insert(doc);
        }
    }
}

/// The columns of targets that a test asks, in the order of the places that [`Asked`] has.
struct Targets<'p> {
    part: &'p Part,
    /// What is asked.
    rows: &'p DocSet,
    columns: Vec<(ColumnId, Column<'p>)>,
}

/// A [`TargetTest`] in the ordinals of one part.
enum Asked {
    All(Vec<Asked>),
    Any(Vec<Asked>),
    Column { place: usize, passing: OrdSet },
}

impl Targets<'_> {
    fn resolve(&mut self, test: &TargetTest) -> Asked {
        match test {
            TargetTest::All(parts) => Asked::All(self.each(parts)),
            TargetTest::Any(parts) => Asked::Any(self.each(parts)),
            TargetTest::Passes(id, matcher) => {
                self.column(*id, |text| matcher.as_ref().is_none_or(|m| m.matches(text)))
            }
            TargetTest::Fails(id, matcher) => self.column(*id, |text| !matcher.matches(text)),
        }
    }

    fn column(&mut self, id: ColumnId, passes: impl Fn(&str) -> bool) -> Asked {
        let known = self.columns.iter().position(|(known, _)| *known == id);
        let place = known.unwrap_or_else(|| {
            self.columns.push((id, self.part.column(id)));
            self.columns.len() - 1
        });
        Asked::Column { place, passing: passing(&self.columns[place].1, self.rows, passes) }
    }

    fn each(&mut self, parts: &[TargetTest]) -> Vec<Asked> {
        parts.iter().map(|part| self.resolve(part)).collect()
    }
}

impl Asked {
    fn passes(&self, row: &[SmallVec<[u32; 4]>], target: usize) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.passes(row, target)),
            Self::Any(parts) => parts.iter().any(|part| part.passes(row, target)),
            Self::Column { place, passing } => {
                row[*place].get(target).is_some_and(|ord| passing.contains(*ord))
            }
        }
    }
}
