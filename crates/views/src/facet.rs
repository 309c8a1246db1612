//! Facets: how many matching events have each value of a field.
//!
//! Exact, over all parts: a value counts once an event, however many objects have it. Fields in
//! columns are counted by ordinal, others by reading the events.

use std::collections::HashMap;

use crate::QueryError;
use crate::codes::{Codes, texts_of};
use crate::docset::DocSet;
use crate::fields::Field;
use crate::found::Found;
use crate::index::SearchIndex;
use crate::part::Part;
use crate::question::{Answer, Progress, Question};
use crate::search::Search;
use crate::threads;

/// Distinct values that are counted of a field which stands in no column.
pub const FACET_VALUES_MAX: usize = 1_000_000;

/// How many matching events have each value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: Field,
    /// The commonest values, with the number of events that have them; of values equally common
    /// the smaller text first.
    pub values: Vec<(String, u64)>,
    /// The numbers of all other values, added up.
    pub other: u64,
    /// Distinct values in all.
    pub distinct: u64,
}

/// Numbers of events by value.
pub(crate) type Tally = HashMap<String, u64>;

impl SearchIndex {
    /// The `top` commonest values of each field among the matching events.
    ///
    /// # Errors
    /// `TooManyValues` for a field that stands in no column and has a value of its own in almost
    /// every event; else as [`SearchIndex::page`].
    pub fn facets(
        &self,
        question: &Question,
        fields: &[Field],
        top: usize,
        progress: &Progress,
    ) -> Result<Answer<Vec<Facet>>, QueryError> {
        let search = Search::new(self, question, progress)?;
        let tallies = tallies(&search, &search.matched()?, fields)?;
        let facets = fields.iter().zip(tallies).map(|(field, tally)| facet(*field, tally, top));
        search.answer(facets.collect())
    }
}

/// The commonest values of a tally.
pub(crate) fn facet(field: Field, tally: Tally, top: usize) -> Facet {
    let distinct = tally.len() as u64;
    let total: u64 = tally.values().sum();
    let values = commonest(tally, top);
    let other = total - values.iter().map(|(_, count)| count).sum::<u64>();
    Facet { field, values, other, distinct }
}

/// The commonest entries, of those equally common the smaller key first.
pub(crate) fn commonest<K: Ord>(
    tally: impl IntoIterator<Item = (K, u64)>,
    top: usize,
) -> Vec<(K, u64)> {
    let mut entries: Vec<(K, u64)> = tally.into_iter().collect();
    let order = |a: &(K, u64), b: &(K, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
    if top < entries.len() {
        entries.select_nth_unstable_by(top, order);
        entries.truncate(top);
    }
    entries.sort_unstable_by(order);
    entries
}

/// The tally of each field over the matched rows of all parts.
pub(crate) fn tallies(
    search: &Search<'_>,
    matched: &[DocSet],
    fields: &[Field],
) -> Result<Vec<Tally>, QueryError> {
    let parts = search.parts();
    let pieces = parts.len() * fields.len();
    let counted = threads::each(pieces, |piece| {
        search.progress.go_on()?;
        let (field, part) = (fields[piece / parts.len()], piece % parts.len());
        tally(search, &parts[part], &matched[part], field)
    })?;
    let mut tallies: Vec<Tally> = fields.iter().map(|_| Tally::new()).collect();
    for (piece, counted) in counted.into_iter().enumerate() {
        let (field, tally) = (fields[piece / parts.len()], &mut tallies[piece / parts.len()]);
        match tally.is_empty() {
            true => *tally = counted,
            false => counted.into_iter().for_each(|(text, n)| *tally.entry(text).or_default() += n),
        }
        if tally.len() > FACET_VALUES_MAX && crate::plan::columns_of(field).is_empty() {
            return Err(QueryError::TooManyValues { field: field.name(), limit: FACET_VALUES_MAX });
        }
    }
    Ok(tallies)
}

fn tally(
    search: &Search<'_>,
    part: &Part,
    rows: &DocSet,
    field: Field,
) -> Result<Tally, QueryError> {
    if rows.is_empty() {
        return Ok(Tally::new());
    }
    let Some(codes) = Codes::of(part, field, search.catalogue()) else {
        return tally_events(search, part, rows, field);
    };
    // The columns of these say more than was known as of the head.
    let reopened = search.reopened(part).map(|mut reopened| {
        reopened.and(rows);
        reopened
    });
    let Some(reopened) = reopened.filter(|reopened| !reopened.is_empty()) else {
        return Ok(tally_codes(search, part, &codes, rows));
    };
    let mut settled = rows.clone();
    settled.and_not(&reopened);
    let mut tally = tally_codes(search, part, &codes, &settled);
    for (text, count) in tally_events(search, part, &reopened, field)? {
        *tally.entry(text).or_default() += count;
    }
    Ok(tally)
}

fn tally_codes(search: &Search<'_>, part: &Part, codes: &Codes<'_>, rows: &DocSet) -> Tally {
    let counts = codes.count(rows, search.shown(part).as_deref());
    let there = counts.iter().filter(|count| **count > 0).count();
    let mut tally = Tally::with_capacity(there);
    if there < counts.len() / 8 {
        let counted = (0..).zip(&counts).filter(|(_, count)| **count > 0);
        tally.extend(counted.map(|(number, count)| (codes.text(number), u64::from(*count))));
    } else {
        codes.for_each(&mut |number, text| {
            let count = u64::from(counts[number as usize]);
            if count > 0 {
                tally.insert(text.to_owned(), count);
            }
        });
    }
    tally
}

/// Counts by reading the events.
fn tally_events(
    search: &Search<'_>,
    part: &Part,
    rows: &DocSet,
    field: Field,
) -> Result<Tally, QueryError> {
    let mut tally = Tally::new();
    search.read_part(part, rows, &mut |found: &Found| {
        for text in texts_of(&found.row(), field, search.catalogue()) {
            *tally.entry(text).or_default() += 1;
        }
        match tally.len() > FACET_VALUES_MAX {
            true => Err(QueryError::TooManyValues { field: field.name(), limit: FACET_VALUES_MAX }),
            false => Ok(()),
        }
    })?;
    Ok(tally)
}
