//! Merges parts of either body to one in memory, without the rows that were deleted.
//!
//! A value that only deleted rows had is in no dictionary of the result: this is also how an
//! erased value leaves the index.

use std::borrow::Cow;

use crate::columns::{ColumnId, NumberId};
use crate::memory::{Dictionary, MemoryColumn, MemoryPart, NO_NUMBER, by_index};
use crate::part::Part;

/// Where a row of the result stands: number of its part, row in it.
type Source = (u32, u32);

/// The rows of `parts` that are not deleted, in one part.
pub(crate) fn merge(parts: &[&Part]) -> MemoryPart {
    let order = order(parts);
    let part = |source: &Source| parts[source.0 as usize];
    let numbers = |id: NumberId| {
        let number = |source: &Source| part(source).number(id, source.1).unwrap_or(NO_NUMBER);
        let all: Vec<_> = order.iter().map(number).collect();
        if all.iter().all(|number| *number == NO_NUMBER) { Vec::new() } else { all }
    };
    let index: Vec<_> = order.iter().map(|source| part(source).index(source.1)).collect();
    MemoryPart {
        at: order.iter().map(|source| part(source).at(source.1)).collect(),
        by_index: by_index(&index),
        index,
        flags: order.iter().map(|source| part(source).flags(source.1)).collect(),
        duration_ms: numbers(NumberId::DurationMs),
        partner: numbers(NumberId::Partner),
        columns: ColumnId::ALL.iter().map(|id| merge_column(parts, &order, *id)).collect(),
    }
}

fn order(parts: &[&Part]) -> Vec<Source> {
    let mut keyed = Vec::new();
    for (number, part) in (0..).zip(parts) {
        let deleted = part.deleted();
        let docs = (0..part.len()).filter(|doc| !deleted.contains(*doc));
        keyed.extend(docs.map(|doc| (part.at(doc), part.index(doc), (number, doc))));
    }
    // A stable sort finds the runs, which the parts are.
    keyed.sort_by_key(|(at, index, _)| (*at, *index));
    keyed.into_iter().map(|(.., source)| source).collect()
}

fn merge_column(parts: &[&Part], order: &[Source], id: ColumnId) -> MemoryColumn {
    let columns: Vec<Cow<'_, MemoryColumn>> =
        parts.iter().map(|part| part.memory_column(id)).collect();
    let (dictionary, places) = merge_dictionaries(&columns, order);
    let value = |number: u32, place: usize| {
        places[number as usize][columns[number as usize].values.get(place) as usize]
    };
    if !id.is_many() {
        let values = order.iter().map(|(number, doc)| value(*number, *doc as usize));
        return MemoryColumn::new(dictionary, None, values);
    }
    let range = |(number, doc): &Source| columns[*number as usize].places(*doc);
    let mut starts = Vec::with_capacity(order.len() + 1);
    starts.push(0);
    let mut end = 0;
    for source in order {
        end += range(source).len() as u32;
        starts.push(end);
    }
    let values = order
        .iter()
        .flat_map(|source| range(source).map(move |place| (source.0, place)))
        .map(|(number, place)| value(number, place));
    MemoryColumn::new(dictionary, Some(starts), values)
}

/// The texts that the rows of `order` have, and for each part the new ordinal + 1 by the old one.
fn merge_dictionaries(
    columns: &[Cow<'_, MemoryColumn>],
    order: &[Source],
) -> (Dictionary, Vec<Vec<u32>>) {
    let table = |column: &Cow<'_, MemoryColumn>| vec![0; column.dictionary.len() as usize + 1];
    let mut places: Vec<Vec<u32>> = columns.iter().map(table).collect();
    for (number, doc) in order {
        let column = &columns[*number as usize];
        for place in column.places(*doc) {
            places[*number as usize][column.values.get(place) as usize] = 1;
        }
    }
    let mut terms = Vec::new();
    for (number, column) in columns.iter().enumerate() {
        let used = (1..).zip(column.dictionary.iter());
        let used = used.filter(|(value, _)| places[number][*value as usize] > 0);
        terms.extend(used.map(|(value, text)| (text, number, value)));
    }
    terms.sort_by_key(|(text, ..)| *text);
    let mut dictionary = Dictionary::default();
    let mut last = "";
    for (text, number, value) in terms {
        if text != last {
            dictionary.push(text);
            last = text;
        }
        places[number][value as usize] = dictionary.len();
    }
    places.iter_mut().for_each(|places| places[0] = 0);
    (dictionary, places)
}
