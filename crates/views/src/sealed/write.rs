//! Writes a part to disk.

use std::path::Path;

use tantivy::directory::MmapDirectory;
use tantivy::{IndexBuilder, SingleSegmentIndexWriter, TantivyDocument};

use super::schema::{Fields, schema};
use crate::columns::{ColumnId, NumberId, POSTING_BYTES_MAX, PostingId};
use crate::error::IndexError;
use crate::fold::fold;
use crate::memory::MemoryPart;

/// Bytes that tantivy may take beyond what the rows themselves need. It does not end a segment at
/// it: a part is one segment.
const WRITER_BYTES: usize = 64 << 20;

/// Rows between two looks whether to stop.
const STOP_ROWS: u32 = 1024;

/// Writes the rows of `part` into `folder`, which is made. Its files are durable when this
/// returns; its name is not before its parent is synced. False if it was stopped before the end.
///
/// # Errors
/// `Part` if they cannot be written.
pub(crate) fn write(
    part: &MemoryPart,
    folder: &Path,
    is_stopped: &dyn Fn() -> bool,
) -> Result<bool, IndexError> {
    std::fs::create_dir_all(folder)
        .map_err(|source| IndexError::File { path: folder.to_owned(), source })?;
    let fault = |source| IndexError::Part { folder: folder.to_owned(), source };
    write_segment(part, folder, is_stopped).map_err(fault)
}

fn write_segment(
    part: &MemoryPart,
    folder: &Path,
    is_stopped: &dyn Fn() -> bool,
) -> tantivy::Result<bool> {
    let directory = MmapDirectory::open(folder)?;
    let schema = schema();
    let writer = RowWriter { part, fields: Fields::of(&schema)?, folded: folded_columns(part) };
    let mut index: SingleSegmentIndexWriter =
        IndexBuilder::new().schema(schema).single_segment_index_writer(directory, WRITER_BYTES)?;
    for doc in 0..part.len() {
        if doc % STOP_ROWS == 0 && is_stopped() {
            return Ok(false);
        }
        index.add_document(writer.document(doc))?;
    }
    index.finalize()?;
    Ok(true)
}

/// Folded texts by ordinal.
type Folded = Vec<String>;

/// Names are folded once a dictionary, not once a row.
fn folded_columns(part: &MemoryPart) -> [Folded; 4] {
    let columns =
        [ColumnId::Operator, ColumnId::Username, ColumnId::ObjectName, ColumnId::RelatedName];
    columns.map(|id| part.column(id).dictionary().iter().map(fold).collect())
}

struct RowWriter<'p> {
    part: &'p MemoryPart,
    fields: Fields,
    folded: [Folded; 4],
}

impl RowWriter<'_> {
    fn document(&self, doc: u32) -> TantivyDocument {
        let (part, fields) = (self.part, &self.fields);
        let mut document = TantivyDocument::new();
        document.add_i64(fields.at, part.at(doc));
        document.add_u64(fields.index, part.index(doc));
        document.add_u64(fields.by_index, part.doc_by_rank(doc).into());
        for (field, id) in
            [(fields.duration_ms, NumberId::DurationMs), (fields.partner, NumberId::Partner)]
        {
            if let Some(number) = part.number(id, doc) {
                document.add_u64(field, number);
            }
        }
        document.add_text(fields.flags, format!("{:x}", part.flags(doc).0));
        // Of fields that no row has nothing is written, not a million empty texts. Columns of
        // objects go together.
        let columns = ColumnId::ALL.into_iter().map(|id| (id, part.column(id)));
        for (id, column) in columns.filter(|(id, it)| id.is_many() || it.dictionary().len() > 0) {
            for place in column.places(doc) {
                document.add_text(fields.column(id), column.text(place));
            }
        }
        self.add_names(&mut document, doc);
        document
    }

    /// Folded names, for their posting lists.
    fn add_names(&self, document: &mut TantivyDocument, doc: u32) {
        let names = [
            (ColumnId::Operator, PostingId::Operator),
            (ColumnId::Username, PostingId::Username),
            (ColumnId::ObjectName, PostingId::ObjectName),
            (ColumnId::RelatedName, PostingId::ObjectName),
        ];
        for ((column, posting), folded) in names.into_iter().zip(&self.folded) {
            let (column, field) = (self.part.column(column), self.fields.posting(posting));
            let ords = column.places(doc).filter_map(|place| column.ord(place));
            for name in ords.map(|ord| &folded[ord as usize]) {
                if name.len() <= POSTING_BYTES_MAX {
                    document.add_text(field, name);
                }
            }
        }
    }
}
