//! Parquet files, written in parts so that a job can go on where it was.
//!
//! Each row group is a file of its own, `ID.part-N`, whole and on disk before the job's cursor
//! moves beyond it. At the end the groups are put behind each other as they are, without being
//! encoded again. Text is UTF-8, numbers are 64-bit, times are UTC timestamps in nanoseconds; a
//! field that an event lacks is null.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annals_api::wire::column::{CellKind, Column, Words};
use annals_record::Timestamp;
use annals_views::Found;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use sha2::{Digest as _, Sha256};

use super::error::ExportError;
use super::hex::hex;
use crate::control::Progress;
use crate::found;
use crate::masks::Masks;

/// Rows of a group, at most up to a page more.
const GROUP_ROWS: usize = 64 << 10;
/// Bytes of a group's cells in memory, at most up to a page more.
const GROUP_BYTES: usize = 128 << 20;
const HASH_BUFFER_BYTES: usize = 1 << 20;

/// A Parquet file in the making.
pub(super) struct ParquetFile {
    path: PathBuf,
    columns: Vec<Column>,
    words: Words,
    schema: TypePtr,
    properties: WriterPropertiesPtr,
    /// The cells of the group at hand, by column.
    cells: Vec<Cells>,
    rows: usize,
    cell_bytes: usize,
    /// Groups on disk, and their bytes.
    parts: u32,
    part_bytes: u64,
    event: Vec<u8>,
}

/// The cells of one column: the values that are there, and where.
enum Cells {
    Text { values: Vec<ByteArray>, present: Vec<i16> },
    Number { values: Vec<i64>, present: Vec<i16> },
}

impl ParquetFile {
    pub(super) fn open(
        path: &Path,
        columns: Vec<Column>,
        words: Words,
        progress: &mut Progress,
    ) -> Result<Self, ExportError> {
        let failed = ExportError::parquet(path);
        let schema = Arc::new(schema(&columns).map_err(failed)?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("annals".to_owned())
            .build();
        let mut file = Self {
            path: path.to_owned(),
            cells: columns.iter().map(Cells::of).collect(),
            columns,
            words,
            schema,
            properties: Arc::new(properties),
            rows: 0,
            cell_bytes: 0,
            parts: 0,
            part_bytes: 0,
            event: Vec::new(),
        };
        while file.part_bytes < progress.bytes {
            match std::fs::metadata(file.part(file.parts)) {
                Ok(metadata) => file.part_bytes += metadata.len(),
                Err(_) => break,
            }
            file.parts += 1;
        }
        if file.part_bytes != progress.bytes {
            *progress = Progress::default();
            (file.parts, file.part_bytes) = (0, 0);
        }
        Ok(file)
    }

    fn part(&self, number: u32) -> PathBuf {
        self.path.with_extension(format!("part-{number}"))
    }

    pub(super) fn push(&mut self, found: &Found, masks: Masks) -> Result<(), ExportError> {
        self.event.clear();
        found::print(found, masks, &mut self.event);
        let event = serde_json::from_slice(&self.event).unwrap_or_default();
        for (column, cells) in self.columns.iter().zip(&mut self.cells) {
            let cell = column.cell(&event, &self.words);
            self.cell_bytes += cell.as_ref().map_or(0, |cell| cell.len());
            cells.push(column.kind(), cell.as_deref());
        }
        self.rows += 1;
        Ok(())
    }

    /// True if the group at hand is large enough to be written.
    pub(super) fn is_whole(&self) -> bool {
        self.rows >= GROUP_ROWS || self.cell_bytes >= GROUP_BYTES
    }

    pub(super) fn sync(&mut self) -> Result<u64, ExportError> {
        if self.rows > 0 {
            let path = self.part(self.parts);
            let file = File::create(&path).map_err(ExportError::file(&path))?;
            self.write_group(&file).map_err(ExportError::parquet(&path))?;
            file.sync_all().map_err(ExportError::file(&path))?;
            self.part_bytes += file.metadata().map_err(ExportError::file(&path))?.len();
            self.parts += 1;
            (self.rows, self.cell_bytes) = (0, 0);
        }
        Ok(self.part_bytes)
    }

    fn write_group(&mut self, file: &File) -> Result<(), ParquetError> {
        let (schema, properties) = (self.schema.clone(), self.properties.clone());
        let mut writer = SerializedFileWriter::new(file, schema, properties)?;
        let mut group = writer.next_row_group()?;
        for cells in &mut self.cells {
            cells.write(&mut group)?;
        }
        group.close()?;
        writer.close().map(|_| ())
    }

    pub(super) fn finish(mut self) -> Result<(u64, String), ExportError> {
        self.sync()?;
        let file = File::create(&self.path).map_err(ExportError::file(&self.path))?;
        self.join(&file).map_err(ExportError::parquet(&self.path))?;
        file.sync_all().map_err(ExportError::file(&self.path))?;
        for part in 0..self.parts {
            // One that stays is removed with the job.
            let _ = std::fs::remove_file(self.part(part));
        }
        digest(&self.path).map_err(ExportError::file(&self.path))
    }

    /// Puts the groups of all parts behind each other, as they are.
    fn join(&self, file: &File) -> Result<(), ParquetError> {
        let (schema, properties) = (self.schema.clone(), self.properties.clone());
        let mut writer = SerializedFileWriter::new(file, schema, properties)?;
        for part in 0..self.parts {
            let part = File::open(self.part(part)).map_err(|e| ParquetError::External(e.into()))?;
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&part)?;
            for from in metadata.row_groups() {
                let mut group = writer.next_row_group()?;
                for column in from.columns() {
                    let bytes_written = u64::try_from(column.compressed_size()).unwrap_or(0);
                    let close = ColumnCloseResult {
                        bytes_written,
                        rows_written: u64::try_from(from.num_rows()).unwrap_or(0),
                        metadata: column.clone(),
                        bloom_filter: None,
                        column_index: None,
                        offset_index: None,
                    };
                    group.append_column(&part, close)?;
                }
                group.close()?;
            }
        }
        writer.close().map(|_| ())
    }
}

impl Cells {
    fn of(column: &Column) -> Self {
        match column.kind() {
            CellKind::Text => Self::Text { values: Vec::new(), present: Vec::new() },
            CellKind::Number | CellKind::Time => {
                Self::Number { values: Vec::new(), present: Vec::new() }
            }
        }
    }

    fn push(&mut self, kind: CellKind, cell: Option<&str>) {
        match self {
            Self::Text { values, present } => {
                present.push(i16::from(cell.is_some()));
                values.extend(cell.map(ByteArray::from));
            }
            Self::Number { values, present } => {
                let number = cell.and_then(|cell| match kind {
                    CellKind::Time => Timestamp::parse(cell).map(Timestamp::nanos),
                    CellKind::Text | CellKind::Number => cell.parse().ok(),
                });
                present.push(i16::from(number.is_some()));
                values.extend(number);
            }
        }
    }

    /// Writes the cells as the group's next column, and forgets them.
    fn write<W: std::io::Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        let missing = || ParquetError::General("the schema has fewer columns".to_owned());
        let mut column = group.next_column()?.ok_or_else(missing)?;
        match self {
            Self::Text { values, present } => {
                column.typed::<ByteArrayType>().write_batch(values, Some(present), None)?;
                values.clear();
                present.clear();
            }
            Self::Number { values, present } => {
                column.typed::<Int64Type>().write_batch(values, Some(present), None)?;
                values.clear();
                present.clear();
            }
        }
        column.close()
    }
}

fn schema(columns: &[Column]) -> Result<Type, ParquetError> {
    let field = |column: &Column| {
        let (physical, logical) = match column.kind() {
            CellKind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            CellKind::Number => (PhysicalType::INT64, None),
            CellKind::Time => {
                (PhysicalType::INT64, Some(LogicalType::timestamp(true, TimeUnit::NANOS)))
            }
        };
        Type::primitive_type_builder(&column.name(), physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL)
            .build()
            .map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
    Type::group_type_builder("event").with_fields(fields).build()
}

/// Length and SHA-256 of a file.
fn digest(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = BufReader::with_capacity(HASH_BUFFER_BYTES, File::open(path)?);
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; HASH_BUFFER_BYTES];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hex(&digest.finalize())));
        }
        digest.update(&piece[..read]);
        bytes += read as u64;
    }
}
