//! Groups: how many matching events have each combination of values of some fields.
//!
//! An event that lacks one of the fields is in no group; one with several values is in several.

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::QueryError;
use crate::codes::{Codes, texts_of};
use crate::docset::DocSet;
use crate::facet::commonest;
use crate::fields::Field;
use crate::index::SearchIndex;
use crate::ordinals::ABSENT;
use crate::part::Part;
use crate::question::{Answer, Progress, Question};
use crate::search::Search;
use crate::threads;

/// Fields of one grouping.
pub const GROUP_FIELDS_MAX: usize = 3;
/// Groups that are counted.
pub const GROUPS_MAX: usize = 2_000_000;
/// Groups of one part that are counted in a table rather than a map.
const TABLE_CELLS_MAX: u64 = 1 << 22;
/// Rows whose values are read at a time.
const ROWS_AT_ONCE: usize = 1024;

/// One value of each field, and how many events have them all.
pub type Group = (Vec<String>, u64);

/// One value of each field, as numbers.
type Key = SmallVec<[u32; GROUP_FIELDS_MAX]>;

impl SearchIndex {
    /// The `top` commonest combinations of values, one of each field, among the matching events.
    ///
    /// # Errors
    /// `TooManyFields`, `TooManyGroups`, else as [`SearchIndex::page`].
    pub fn group(
        &self,
        question: &Question,
        fields: &[Field],
        top: usize,
        progress: &Progress,
    ) -> Result<Answer<Vec<Group>>, QueryError> {
        if fields.len() > GROUP_FIELDS_MAX {
            return Err(QueryError::TooManyFields { limit: GROUP_FIELDS_MAX });
        }
        let search = Search::new(self, question, progress)?;
        let matched = search.matched()?;
        let parts = search.parts();
        let counted = threads::each(parts.len(), |part| {
            search.progress.go_on()?;
            count_part(&search, &parts[part], &matched[part], fields)
        })?;
        let mut groups = Groups::new(fields.len());
        for part in counted {
            groups.add(part)?;
        }
        search.answer(groups.commonest(top))
    }
}

/// The groups of one part.
struct Counted<'p> {
    /// The values of each field, where all fields stand in columns.
    codes: Vec<Codes<'p>>,
    /// Groups by numbers of values.
    by_code: Vec<(Key, u64)>,
    /// Groups of events that had to be read.
    by_text: HashMap<Vec<String>, u64>,
}

fn count_part<'p>(
    search: &'p Search<'_>,
    part: &'p Part,
    rows: &DocSet,
    fields: &[Field],
) -> Result<Counted<'p>, QueryError> {
    let mut to_read = rows.clone();
    let codes = fields.iter().map(|field| Codes::of(part, *field, search.catalogue()));
    let codes = codes.collect::<Option<Vec<_>>>().unwrap_or_default();
    let mut by_code = Vec::new();
    if !codes.is_empty() {
        match search.reopened(part) {
            Some(reopened) => to_read.and(&reopened),
            None => to_read = DocSet::new_empty(part.len()),
        }
        let mut rows = rows.clone();
        rows.and_not(&to_read);
        by_code = count_codes(&codes, &rows);
    }
    let mut by_text = HashMap::new();
    search.read_part(part, &to_read, &mut |found| {
        let row = found.row();
        let values = fields.iter().map(|field| texts_of(&row, *field, search.catalogue()));
        let values: Vec<Vec<String>> = values.collect();
        let mut key = Vec::new();
        each_combination(&values, &mut key, &mut |key| {
            *by_text.entry(key.to_vec()).or_default() += 1;
        });
        bounded(by_text.len())
    })?;
    Ok(Counted { codes, by_code, by_text })
}

fn count_codes(codes: &[Codes<'_>], rows: &DocSet) -> Vec<(Key, u64)> {
    let cells = codes.iter().try_fold(1_u64, |cells, codes| cells.checked_mul(codes.len().into()));
    let mut table = match cells {
        Some(cells @ 0..=TABLE_CELLS_MAX) => vec![0_u32; cells as usize],
        _ => Vec::new(),
    };
    let mut map = HashMap::<Key, u64>::new();
    let mut add = |key: &[u32]| match table.is_empty() {
        true => *map.entry(Key::from_slice(key)).or_default() += 1,
        false => {
            let cell = key
                .iter()
                .zip(codes)
                .fold(0, |cell, (number, codes)| cell * codes.len() as usize + *number as usize);
            table[cell] += 1;
        }
    };
    let mut docs = Vec::with_capacity(ROWS_AT_ONCE);
    let mut values = vec![Vec::new(); codes.len()];
    let mut rows = rows.iter();
    loop {
        docs.clear();
        docs.extend(rows.by_ref().take(ROWS_AT_ONCE));
        if docs.is_empty() {
            break;
        }
        count_rows(codes, &docs, &mut values, &mut add);
    }
    let in_table = (0..).zip(&table).filter(|(_, count)| **count > 0);
    let in_table = in_table.map(|(cell, count)| (key_of(cell, codes), u64::from(*count)));
    in_table.chain(map).collect()
}

/// Calls with every combination of values of each row.
fn count_rows(
    codes: &[Codes<'_>],
    docs: &[u32],
    values: &mut [Vec<u32>],
    add: &mut dyn FnMut(&[u32]),
) {
    let mut are_single = true;
    for (codes, values) in codes.iter().zip(values.iter_mut()) {
        values.clear();
        are_single &= codes.firsts(docs, values);
    }
    let mut key = Vec::with_capacity(codes.len());
    for (place, doc) in docs.iter().enumerate() {
        key.clear();
        if are_single {
            key.extend(values.iter().map(|values| values[place]));
            if !key.contains(&ABSENT) {
                add(&key);
            }
            continue;
        }
        let of_row = codes.iter().map(|codes| {
            let mut values = SmallVec::<[u32; 4]>::new();
            codes.row(*doc, &mut values);
            values
        });
        each_combination(&of_row.collect::<Vec<_>>(), &mut key, add);
    }
}

/// Calls with each combination of one value of every list.
fn each_combination<T: Clone>(
    lists: &[impl AsRef<[T]>],
    key: &mut Vec<T>,
    call: &mut dyn FnMut(&[T]),
) {
    let Some((first, rest)) = lists.split_first() else { return call(key) };
    for value in first.as_ref() {
        key.push(value.clone());
        each_combination(rest, key, call);
        key.pop();
    }
}

/// The numbers that a cell of the table stands for.
fn key_of(mut cell: usize, codes: &[Codes<'_>]) -> Key {
    let mut key: Key = codes
        .iter()
        .rev()
        .map(|codes| {
            let number = cell % codes.len() as usize;
            cell /= codes.len() as usize;
            number as u32
        })
        .collect();
    key.reverse();
    key
}

fn bounded(groups: usize) -> Result<(), QueryError> {
    match groups > GROUPS_MAX {
        true => Err(QueryError::TooManyGroups { limit: GROUPS_MAX }),
        false => Ok(()),
    }
}

/// The groups of all parts.
struct Groups {
    /// Of each field, the number of each text and the text of each number.
    numbers: Vec<HashMap<String, u32>>,
    texts: Vec<Vec<String>>,
    counts: HashMap<Key, u64>,
}

impl Groups {
    fn new(fields: usize) -> Self {
        let (numbers, texts) = (vec![HashMap::new(); fields], vec![Vec::new(); fields]);
        Self { numbers, texts, counts: HashMap::new() }
    }

    fn add(&mut self, part: Counted<'_>) -> Result<(), QueryError> {
        // Each text is looked up once a part.
        let mut known: Vec<Vec<u32>> =
            part.codes.iter().map(|codes| vec![ABSENT; codes.len() as usize]).collect();
        for (mut key, count) in part.by_code {
            for (field, number) in key.iter_mut().enumerate() {
                let place = &mut known[field][*number as usize];
                if *place == ABSENT {
                    *place = self.number(field, part.codes[field].text(*number));
                }
                *number = *place;
            }
            *self.counts.entry(key).or_default() += count;
        }
        for (texts, count) in part.by_text {
            let numbers = texts.into_iter().enumerate();
            let key = numbers.map(|(field, text)| self.number(field, text)).collect();
            *self.counts.entry(key).or_default() += count;
        }
        bounded(self.counts.len())
    }

    fn number(&mut self, field: usize, text: String) -> u32 {
        if let Some(number) = self.numbers[field].get(&text) {
            return *number;
        }
        let number = self.texts[field].len() as u32;
        self.texts[field].push(text.clone());
        self.numbers[field].insert(text, number);
        number
    }

    fn commonest(&self, top: usize) -> Vec<Group> {
        let text = |(field, number): (usize, &u32)| self.texts[field][*number as usize].as_str();
        let groups = self.counts.iter().map(|(key, count)| {
            let texts: SmallVec<[&str; GROUP_FIELDS_MAX]> =
                key.iter().enumerate().map(text).collect();
            (texts, *count)
        });
        let owned = |(texts, count): (SmallVec<[&str; GROUP_FIELDS_MAX]>, u64)| {
            (texts.into_iter().map(str::to_owned).collect(), count)
        };
        commonest(groups, top).into_iter().map(owned).collect()
    }
}
