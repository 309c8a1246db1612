//! Tables in files: CSV in whatever encoding, XLSX, JSON. Their rows come one by one.
//!
//! What always holds: memory does not grow with the number of rows (of a workbook only the texts
//! its cells share are held); a row that can't be one (too few cells, no JSON) is given too, with
//! the reason. Cells are not interpreted, but for dates of a workbook, which become text.
//!
//! What it does not do: know what a column means (crate `map`).

mod csv;
mod encoding;
mod headings;
mod json;
mod xlsx;

use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use annals_map::{FileForm, FileFormat, Row};

use crate::error::CollectError;

/// The longest row of a text, bytes. A quote that is never closed would make one of all the rest.
pub(crate) const ROW_BYTES_MAX: u64 = 4 << 20;
/// What is looked at to find out what a file is, bytes.
const HEAD_BYTES: u64 = 64 * 1024;

/// What a table gives, in this order: headings (not of JSON), then rows.
#[derive(Clone, Debug, PartialEq)]
pub enum TablePart {
    /// The columns.
    Headings(Vec<Arc<str>>),
    /// A row.
    Row(Row),
    /// What stands where a row should, and what is wrong with it.
    Unfit(Row, String),
}

/// Takes the parts; false: enough.
pub type EachPart<'e> = dyn FnMut(TablePart) -> bool + 'e;

/// A file that holds a table.
pub struct TableFile {
    path: PathBuf,
    form: FileForm,
    format: FileFormat,
    text: encoding::Found,
    bytes: u64,
    read: Rc<Cell<u64>>,
}

impl TableFile {
    /// Finds out what a file is.
    ///
    /// # Errors
    /// A file that can't be read, or whose encoding is not known.
    pub fn open(path: &Path, form: &FileForm) -> Result<Self, CollectError> {
        let bytes = std::fs::metadata(path).map_err(CollectError::file("read", path))?.len();
        let format = match form.format {
            Some(format) => format,
            None => format_of(path)?,
        };
        let text = match format {
            FileFormat::Xlsx => encoding::Found::utf8(),
            _ => encoding::find(path, form.encoding.as_deref())?,
        };
        let (path, form, read) = (path.to_owned(), form.clone(), Rc::default());
        Ok(Self { path, form, format, text, bytes, read })
    }

    /// Size of the file.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes read so far; of a workbook none, as its rows are packed.
    pub fn bytes_read(&self) -> Rc<Cell<u64>> {
        self.read.clone()
    }

    /// What was assumed about the encoding.
    pub fn hint(&self) -> Option<&str> {
        self.text.hint.as_deref()
    }

    /// Gives all parts.
    ///
    /// # Errors
    /// A file that can't be read, or from some place on is not what it began as.
    pub fn read(&self, each: &mut EachPart<'_>) -> Result<(), CollectError> {
        let unfit = |message: String| CollectError::Table { path: self.path.clone(), message };
        match self.format {
            FileFormat::Xlsx => xlsx::read(&self.path, &self.form, each),
            FileFormat::Csv => {
                let delimiter = match self.form.delimiter {
                    Some(delimiter) => csv::delimiter(delimiter).map_err(unfit)?,
                    None => csv::guess_delimiter(&self.head()?),
                };
                let heading_row = self.form.heading_row.unwrap_or(1);
                csv::read(self.decoded()?, delimiter, heading_row, each).map_err(unfit)
            }
            FileFormat::Json | FileFormat::Ndjson => {
                let rows = self.form.rows.as_deref();
                let lines = self.format == FileFormat::Ndjson || json::is_lines(&self.head()?);
                json::read(self.decoded()?, lines, rows, each).map_err(unfit)
            }
        }
    }

    fn decoded(&self) -> Result<impl Read + use<>, CollectError> {
        let file = File::open(&self.path).map_err(CollectError::file("read", &self.path))?;
        self.read.set(0);
        let counted = Counted { file, read: self.read.clone() };
        Ok(encoding::Decoded::new(counted, self.text.encoding))
    }

    /// The beginning of the text.
    fn head(&self) -> Result<String, CollectError> {
        let mut head = Vec::new();
        let mut text = self.decoded()?.take(HEAD_BYTES);
        text.read_to_end(&mut head).map_err(CollectError::file("read", &self.path))?;
        Ok(String::from_utf8_lossy(&head).into_owned())
    }
}

/// Rows of an answer that came over the network: CSV or JSON in UTF-8.
pub(crate) fn read_text(
    text: &[u8],
    form: &FileForm,
    each: &mut EachPart<'_>,
) -> Result<(), String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let head = String::from_utf8_lossy(&text[..text.len().min(HEAD_BYTES as usize)]);
    let looks_json = head.trim_start().starts_with(['{', '[']);
    let format = form.format.unwrap_or(match looks_json {
        true => FileFormat::Json,
        false => FileFormat::Csv,
    });
    match format {
        FileFormat::Csv => {
            let delimiter =
                form.delimiter.map_or(Ok(csv::guess_delimiter(&head)), csv::delimiter)?;
            csv::read(text, delimiter, form.heading_row.unwrap_or(1), each)
        }
        FileFormat::Ndjson => json::read(text, true, form.rows.as_deref(), each),
        FileFormat::Json => json::read(text, json::is_lines(&head), form.rows.as_deref(), each),
        FileFormat::Xlsx => {
            Err("a workbook is read from a file only; use annals import".to_owned())
        }
    }
}

/// By the first bytes, else by the name.
fn format_of(path: &Path) -> Result<FileFormat, CollectError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(CollectError::file("read", path))?;
    file.take(HEAD_BYTES).read_to_end(&mut head).map_err(CollectError::file("read", path))?;
    let extension = path.extension().and_then(|text| text.to_str()).unwrap_or_default();
    if head.starts_with(b"PK\x03\x04") {
        return Ok(FileFormat::Xlsx);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        let message = "an old workbook (.xls); save it as .xlsx or CSV".to_owned();
        return Err(CollectError::Table { path: path.to_owned(), message });
    }
    match extension.to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" => return Ok(FileFormat::Ndjson),
        "csv" | "tsv" => return Ok(FileFormat::Csv),
        _ => {}
    }
    // Letters of every encoding but UTF-16 are where ASCII has them.
    let first = head.iter().find(|byte| !b"\xef\xbb\xbf\xff\xfe\0 \t\r\n".contains(byte));
    match first {
        Some(b'{' | b'[') => Ok(FileFormat::Json),
        _ => Ok(FileFormat::Csv),
    }
}

struct Counted {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
