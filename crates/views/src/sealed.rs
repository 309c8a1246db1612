//! A part on disk: a tantivy index of one segment, read as columns and posting lists.
//!
//! tantivy gives the bytes (bit-packed columns, dictionaries, posting lists, mapped into memory);
//! what they mean and how they are asked is ours. Rows stand in the order of (at, index). A fault
//! of the files is remembered and logged, and the row or value it hides is not there: whoever
//! asked looks at `fault` at the end.

mod column;
mod schema;
mod write;

pub(crate) use column::SealedColumn;
pub(crate) use write::write;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tantivy::columnar::Column;
use tantivy::directory::MmapDirectory;
use tantivy::postings::SegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, Index, SegmentReader, TERMINATED, Term};

use crate::columns::{ColumnId, Flags, NumberId, PostingId};
use crate::docset::DocSet;
use crate::error::IndexError;
use schema::{Fields, numbers};

/// Values read from a column at a time.
const BLOCK_ROWS: usize = 1024;

/// Rows on disk.
pub(crate) struct SealedPart {
    segment: SegmentReader,
    fields: Fields,
    at: Column<i64>,
    index: Column<u64>,
    by_index: Column<u64>,
    duration_ms: Column<u64>,
    partner: Column<u64>,
    /// Marks are words of a dictionary: rows share few combinations.
    flags: SealedColumn,
    flag_words: Vec<Flags>,
    columns: Vec<SealedColumn>,
    fault: Arc<Fault>,
}

/// The first fault met while reading a part.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    folder: PathBuf,
    first: OnceLock<String>,
}

impl Fault {
    /// The value, or its default with the fault remembered.
    fn catch<T: Default>(&self, value: std::io::Result<T>) -> T {
        value.unwrap_or_else(|error| {
            self.first.get_or_init(|| {
                let folder = self.folder.display();
                tracing::error!(%folder, %error, "a part is damaged: rebuild the views");
                error.to_string()
            });
            T::default()
        })
    }
}

impl SealedPart {
    /// Opens the part in `folder`.
    ///
    /// # Errors
    /// `Part` if its files are missing or damaged.
    pub(crate) fn open(folder: &Path) -> Result<Self, IndexError> {
        let part = |source| IndexError::Part { folder: folder.to_owned(), source };
        Self::open_segment(folder).map_err(part)
    }

    fn open_segment(folder: &Path) -> tantivy::Result<Self> {
        let directory = MmapDirectory::open(folder)?;
        let index = Index::open(directory)?;
        let segments = index.searchable_segments()?;
        let [segment] = segments.as_slice() else {
            let message = format!("{} segments where there is to be one", segments.len());
            return Err(tantivy::TantivyError::InvalidArgument(message));
        };
        let fields = Fields::of(&index.schema())?;
        let segment = SegmentReader::open(segment)?;
        let fault = Arc::new(Fault { folder: folder.to_owned(), first: OnceLock::new() });
        let fast = segment.fast_fields();
        let optional = |name| {
            let column = fast.column_opt::<u64>(name)?;
            tantivy::Result::Ok(
                column.unwrap_or_else(|| Column::build_empty_column(segment.max_doc())),
            )
        };
        let open = |name| SealedColumn::open(fast.str(name)?, segment.max_doc(), &fault);
        let flags = open(numbers::FLAGS)?;
        let mut flag_words = Vec::new();
        flags.for_each_term(&mut |_, word| {
            flag_words.push(Flags(u64::from_str_radix(word, 16).unwrap_or_default()));
        });
        Ok(Self {
            at: fast.i64(numbers::AT)?,
            index: fast.u64(numbers::INDEX)?,
            by_index: fast.u64(numbers::BY_INDEX)?,
            duration_ms: optional(numbers::DURATION_MS)?,
            partner: optional(numbers::PARTNER)?,
            flags,
            flag_words,
            columns: ColumnId::ALL.iter().map(|id| open(id.name())).collect::<Result<_, _>>()?,
            fields,
            fault,
            segment,
        })
    }

    /// Rows.
    pub(crate) fn len(&self) -> u32 {
        self.segment.max_doc()
    }

    /// What is wrong with its files, if something was met.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.first.get().map(String::as_str)
    }

    pub(crate) fn at(&self, doc: u32) -> i64 {
        self.at.values.get_val(doc)
    }

    pub(crate) fn index(&self, doc: u32) -> u64 {
        self.index.values.get_val(doc)
    }

    pub(crate) fn flags(&self, doc: u32) -> Flags {
        let ord = self.flags.single(doc);
        self.flag_words.get(ord as usize).copied().unwrap_or_default()
    }

    pub(crate) fn number(&self, id: NumberId, doc: u32) -> Option<u64> {
        self.numbers(id).first(doc)
    }

    fn numbers(&self, id: NumberId) -> &Column<u64> {
        match id {
            NumberId::DurationMs => &self.duration_ms,
            NumberId::Partner => &self.partner,
        }
    }

    /// The row that is `rank`th in the order of position.
    pub(crate) fn doc_by_rank(&self, rank: u32) -> u32 {
        self.by_index.values.get_val(rank) as u32
    }

    /// Times of the first and the last row; none of an empty part.
    pub(crate) fn at_range(&self) -> Option<(i64, i64)> {
        let last = self.len().checked_sub(1)?;
        Some((self.at(0), self.at(last)))
    }

    /// From the smallest position to one past the greatest.
    pub(crate) fn index_range(&self) -> Range<u64> {
        match self.len().checked_sub(1) {
            Some(last) => {
                let index = |rank| self.index(self.doc_by_rank(rank));
                index(0)..index(last) + 1
            }
            None => 0..0,
        }
    }

    /// The rows with any of the marks.
    pub(crate) fn flagged(&self, marks: Flags) -> DocSet {
        let mut ords = DocSet::new_empty(self.flag_words.len() as u32);
        let words = (0..).zip(&self.flag_words).filter(|(_, word)| word.has(marks));
        words.for_each(|(ord, _)| ords.insert(ord));
        let mut set = DocSet::new_empty(self.len());
        self.flags.scan(&ords, &mut set);
        set
    }

    /// Adds the rows whose number passes.
    pub(crate) fn numbers_in(&self, id: NumberId, passes: impl Fn(u64) -> bool, out: &mut DocSet) {
        // Not tantivy's own search for a range: it errs where values share a great divisor.
        let numbers = self.numbers(id);
        let count = numbers.values.num_vals();
        let (mut hits, mut block) = (Vec::new(), vec![0; BLOCK_ROWS]);
        for start in (0..count).step_by(BLOCK_ROWS) {
            let block = &mut block[..((count - start) as usize).min(BLOCK_ROWS)];
            numbers.values.get_range(u64::from(start), block);
            let places = (start..).zip(&*block).filter(|(_, number)| passes(**number));
            hits.extend(places.map(|(place, _)| place));
        }
        numbers.index.select_batch_in_place(0, &mut hits);
        hits.into_iter().for_each(|doc| out.insert(doc));
    }

    /// A number that none is below and one that none is above; none where no row has one.
    pub(crate) fn number_bounds(&self, id: NumberId) -> Option<(u64, u64)> {
        let numbers = &self.numbers(id).values;
        (numbers.num_vals() > 0).then(|| (numbers.min_value(), numbers.max_value()))
    }

    pub(crate) fn column(&self, id: ColumnId) -> &SealedColumn {
        &self.columns[id.number()]
    }

    /// Adds the rows that have one of the values: by posting lists where they are few.
    pub(crate) fn docs_with(&self, id: ColumnId, ords: &DocSet, out: &mut DocSet) {
        /// A scan reads a row about this much faster than a posting list does.
        const SCAN_GAIN: u64 = 8;
        /// More lists than this are not worth looking up.
        const LISTS_MAX: u32 = 256;
        let column = self.column(id);
        if !id.has_postings() || ords.count() > LISTS_MAX {
            return column.scan(ords, out);
        }
        let mut lists = Vec::new();
        let (mut docs, mut text) = (0, String::new());
        for ord in ords.iter() {
            match self.list(self.fields.column(id), column.term(ord, &mut text)) {
                Some(list) => {
                    docs += u64::from(list.doc_freq());
                    lists.push(list);
                }
                None => return column.scan(ords, out),
            }
            if docs > u64::from(self.len()) / SCAN_GAIN {
                return column.scan(ords, out);
            }
        }
        lists.into_iter().for_each(|list| drain(list, out));
    }

    /// Adds the rows of a posting list that no column stands for.
    pub(crate) fn postings(&self, id: PostingId, key: &str, out: &mut DocSet) {
        if let Some(list) = self.list(self.fields.posting(id), key) {
            drain(list, out);
        }
    }

    fn list(&self, field: tantivy::schema::Field, text: &str) -> Option<SegmentPostings> {
        let term = Term::from_field_text(field, text);
        let read = || {
            let lists = self.segment.inverted_index(field).map_err(std::io::Error::other)?;
            lists.read_postings(&term, IndexRecordOption::Basic)
        };
        self.fault.catch(read())
    }
}

fn drain(mut list: SegmentPostings, out: &mut DocSet) {
    let mut doc = list.doc();
    while doc != TERMINATED {
        out.insert(doc);
        doc = list.advance();
    }
}
