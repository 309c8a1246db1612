//! Histograms: matching events by time, in buckets of the calendar.
//!
//! Rows stand in the order of time, so a bucket is a range of rows and its count is one of bits.
//! Between the first and the last bucket none is left out, though it be empty.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use smallvec::SmallVec;

use crate::QueryError;
use crate::calendar::Interval;
use crate::codes::{Codes, texts_of};
use crate::docset::DocSet;
use crate::facet::{facet, tallies};
use crate::fields::Field;
use crate::index::SearchIndex;
use crate::part::Part;
use crate::question::{Answer, Progress, Question};
use crate::search::Search;
use crate::threads;

/// The events of one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its first nanosecond since 1970.
    pub start: i64,
    /// Matching events in it.
    pub count: u64,
}

/// The events of one bucket, by the commonest values of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackedBucket {
    /// Its first nanosecond since 1970.
    pub start: i64,
    /// Matching events in it.
    pub count: u64,
    /// Those of the values that are there, the commonest over all buckets first, with the number
    /// of events that have them. Other values are not listed.
    pub by: Vec<(String, u64)>,
}

impl SearchIndex {
    /// The matching events by time. The buckets cover `from` and `to` of the question; an open
    /// end begins or ends with the first or last matching event.
    ///
    /// # Errors
    /// `TooManyBuckets`, else as [`SearchIndex::page`].
    pub fn histogram(
        &self,
        question: &Question,
        interval: Interval,
        zone: &TimeZone,
        progress: &Progress,
    ) -> Result<Answer<Vec<Bucket>>, QueryError> {
        let search = Search::new(self, question, progress)?;
        let matched = search.matched()?;
        let borders = borders(&search, &matched, interval, zone)?;
        let counted = threads::each(matched.len(), |number| {
            let (part, rows) = (&search.parts()[number], &matched[number]);
            let docs = docs_of(part, &borders);
            Ok(docs.windows(2).map(|pair| rows.count_range(pair[0]..pair[1])).collect::<Vec<_>>())
        })?;
        let buckets = borders.iter().take(borders.len().saturating_sub(1)).enumerate();
        let bucket = |(number, start): (usize, &i64)| {
            let count = counted.iter().map(|counts| u64::from(counts[number])).sum();
            Bucket { start: *start, count }
        };
        search.answer(buckets.map(bucket).collect())
    }

    /// The same, each bucket parted by the `top` commonest values of a field.
    ///
    /// # Errors
    /// As [`SearchIndex::histogram`] and [`SearchIndex::facets`].
    pub fn histogram_by(
        &self,
        question: &Question,
        interval: Interval,
        zone: &TimeZone,
        field: Field,
        top: usize,
        progress: &Progress,
    ) -> Result<Answer<Vec<StackedBucket>>, QueryError> {
        let search = Search::new(self, question, progress)?;
        let matched = search.matched()?;
        let borders = borders(&search, &matched, interval, zone)?;
        let tally = tallies(&search, &matched, &[field])?.pop().unwrap_or_default();
        let values = facet(field, tally, top).values.into_iter();
        let values: Vec<String> = values.map(|(value, _)| value).collect();
        let layers = Layers { search: &search, field, values: &values, borders: &borders };
        let counted = threads::each(matched.len(), |number| {
            search.progress.go_on()?;
            layers.count(&search.parts()[number], &matched[number])
        })?;
        let mut counts = vec![0; layers.len()];
        for part in counted {
            counts.iter_mut().zip(part).for_each(|(count, more)| *count += more);
        }
        let buckets = counts.chunks(layers.width()).zip(&borders).map(|(counts, start)| {
            let (count, counts) = counts.split_last().unwrap_or((&0, &[]));
            let by = values.iter().cloned().zip(counts.iter().copied());
            StackedBucket { start: *start, count: *count, by: by.filter(|it| it.1 > 0).collect() }
        });
        search.answer(buckets.collect())
    }
}

/// The borders of the buckets that cover the question and what matches.
fn borders(
    search: &Search<'_>,
    matched: &[DocSet],
    interval: Interval,
    zone: &TimeZone,
) -> Result<Vec<i64>, QueryError> {
    let parts = || search.parts().iter().zip(matched);
    let first = || parts().filter_map(|(part, rows)| Some(part.at(rows.iter().next()?))).min();
    let last_of =
        |(part, rows): (&Part, &DocSet)| Some(part.at(rows.iter_rev_from(part.len()).next()?));
    let last = || parts().filter_map(last_of).max();
    let (from, to) = (search.question.from, search.question.to);
    let from = from.or_else(first);
    let to = to.or_else(|| last().map(|last| last.saturating_add(1)));
    match (from, to) {
        (Some(from), Some(to)) => interval.borders(from..to, zone),
        _ => Ok(Vec::new()),
    }
}

/// The first row at or after each border.
fn docs_of(part: &Part, borders: &[i64]) -> Vec<u32> {
    borders.iter().map(|border| part.first_doc_at(*border)).collect()
}

/// Counts by bucket and value; the last place of a bucket is for all of its events.
struct Layers<'l> {
    search: &'l Search<'l>,
    field: Field,
    values: &'l [String],
    borders: &'l [i64],
}

impl Layers<'_> {
    fn width(&self) -> usize {
        self.values.len() + 1
    }

    fn len(&self) -> usize {
        self.borders.len().saturating_sub(1) * self.width()
    }

    fn count(&self, part: &Part, rows: &DocSet) -> Result<Vec<u64>, QueryError> {
        let mut counts = vec![0; self.len()];
        let docs: Vec<u32> = docs_of(part, self.borders);
        for (bucket, ends) in docs.windows(2).enumerate() {
            let all = bucket * self.width() + self.values.len();
            counts[all] = u64::from(rows.count_range(ends[0]..ends[1]));
        }
        let places: HashMap<&str, usize> =
            self.values.iter().map(String::as_str).zip(0..).collect();
        let mut to_read = rows.clone();
        if let Some(codes) = Codes::of(part, self.field, self.search.catalogue()) {
            match self.search.reopened(part) {
                Some(reopened) => to_read.and(&reopened),
                None => to_read = DocSet::new_empty(part.len()),
            }
            let mut rows = rows.clone();
            rows.and_not(&to_read);
            self.count_codes(&docs, &rows, &codes, &places, &mut counts);
        }
        self.search.read_part(part, &to_read, &mut |found| {
            let after = self.borders.partition_point(|border| *border <= found.position.at);
            if let Some(bucket) = after.checked_sub(1).filter(|_| after < self.borders.len()) {
                for text in texts_of(&found.row(), self.field, self.search.catalogue()) {
                    if let Some(place) = places.get(&*text) {
                        counts[bucket * self.width() + place] += 1;
                    }
                }
            }
            Ok(())
        })?;
        Ok(counts)
    }

    fn count_codes(
        &self,
        ends: &[u32],
        rows: &DocSet,
        codes: &Codes<'_>,
        places: &HashMap<&str, usize>,
        counts: &mut [u64],
    ) {
        let mut place_of = vec![None; codes.len() as usize];
        codes.for_each(&mut |number, text| {
            place_of[number as usize] = places.get(text).copied();
        });
        let mut values = SmallVec::new();
        for (bucket, ends) in ends.windows(2).enumerate() {
            for doc in rows.iter_from(ends[0]).take_while(|doc| *doc < ends[1]) {
                codes.row(doc, &mut values);
                for place in values.iter().filter_map(|value| place_of[*value as usize]) {
                    counts[bucket * self.width() + place] += 1;
                }
            }
        }
    }
}
