//! Builds a part from rows in any order.

use super::column::MemoryColumn;
use super::dictionary::Interner;
use super::{MemoryPart, NO_NUMBER};
use crate::columns::ColumnId;
use crate::values::{RowValues, Thing};

/// Takes rows and becomes a part.
pub(crate) struct MemoryBuilder {
    part: MemoryPart,
    columns: Vec<ColumnBuilder>,
}

/// One of the texts of an object.
type Text = for<'t> fn(&'t Thing<'_>) -> &'t str;

#[derive(Default)]
struct ColumnBuilder {
    interner: Interner,
    /// Where each row's values end; only of columns with many values a row.
    ends: Vec<u32>,
    /// Provisional numbers.
    values: Vec<u32>,
}

impl MemoryBuilder {
    pub(crate) fn new() -> Self {
        let columns = ColumnId::ALL.map(|_| ColumnBuilder::default());
        Self { part: MemoryPart::default(), columns: columns.into() }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: &RowValues<'_>) {
        let part = &mut self.part;
        part.at.push(row.at);
        part.index.push(row.index);
        part.flags.push(row.flags);
        part.duration_ms.push(row.duration_ms.unwrap_or(NO_NUMBER));
        part.partner.push(row.partner.unwrap_or(NO_NUMBER));
        for (column, text) in self.columns.iter_mut().zip(&row.single) {
            column.values.push(column.interner.number(text));
        }
        let (objects, related) = (&row.objects, &row.related);
        self.push_many(ColumnId::ObjectType, objects, |thing| &thing.kind);
        self.push_many(ColumnId::ObjectId, objects, |thing| &thing.id);
        self.push_many(ColumnId::ObjectName, objects, |thing| &thing.name);
        self.push_many(ColumnId::RelatedType, related, |thing| &thing.kind);
        self.push_many(ColumnId::RelatedId, related, |thing| &thing.id);
        self.push_many(ColumnId::RelatedName, related, |thing| &thing.name);
        self.push_many(ColumnId::RelatedRole, related, |thing| &thing.role);
    }

    fn push_many(&mut self, id: ColumnId, things: &[Thing<'_>], text: Text) {
        let column = &mut self.columns[id.number()];
        for thing in things {
            column.values.push(column.interner.number(text(thing)));
        }
        column.ends.push(column.values.len() as u32);
    }

    /// The part, its rows in order.
    pub(crate) fn finish(self) -> MemoryPart {
        let Self { part, columns } = self;
        let mut order: Vec<u32> = (0..part.len()).collect();
        order.sort_by_key(|doc| (part.at(*doc), part.index(*doc)));
        let pick = |numbers: &[u64]| {
            let all: Vec<_> = order.iter().map(|doc| numbers[*doc as usize]).collect();
            if all.iter().all(|number| *number == NO_NUMBER) { Vec::new() } else { all }
        };
        let columns = ColumnId::ALL.iter().zip(columns);
        let columns = columns.map(|(id, column)| column.finish(*id, &order)).collect();
        let index: Vec<_> = order.iter().map(|doc| part.index(*doc)).collect();
        MemoryPart {
            at: order.iter().map(|doc| part.at(*doc)).collect(),
            by_index: by_index(&index),
            index,
            flags: order.iter().map(|doc| part.flags(*doc)).collect(),
            duration_ms: pick(&part.duration_ms),
            partner: pick(&part.partner),
            columns,
        }
    }
}

/// The rows in the order of position.
pub(crate) fn by_index(index: &[u64]) -> Vec<u32> {
    let mut docs: Vec<u32> = (0..index.len() as u32).collect();
    docs.sort_by_key(|doc| index[*doc as usize]);
    docs
}

impl ColumnBuilder {
    fn finish(self, id: ColumnId, order: &[u32]) -> MemoryColumn {
        let (dictionary, places) = self.interner.finish();
        let value = |place: usize| places[self.values[place] as usize];
        if !id.is_many() {
            let values = order.iter().map(|doc| value(*doc as usize));
            return MemoryColumn::new(dictionary, None, values);
        }
        let range = |doc: u32| {
            let doc = doc as usize;
            let start = doc.checked_sub(1).map_or(0, |before| self.ends[before]);
            start as usize..self.ends[doc] as usize
        };
        let mut starts = Vec::with_capacity(order.len() + 1);
        starts.push(0);
        let mut end = 0;
        for doc in order {
            end += range(*doc).len() as u32;
            starts.push(end);
        }
        let values = order.iter().flat_map(|doc| range(*doc)).map(value);
        MemoryColumn::new(dictionary, Some(starts), values)
    }
}
