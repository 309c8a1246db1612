//! The map file: what the columns of a table mean. `docs/formats/import-map.md` is the reference.
//!
//! What it does not do: check that columns exist; a table with other columns may come tomorrow.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::MapError;

/// A map file as written. Every part may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportMap {
    /// Cells that say nothing, beside empty ones; default: `-` and `--`.
    pub empty: Option<Vec<String>>,
    /// Columns that have no field go into request data, beside `origin`.
    pub rest_in_request_data: bool,
    /// File name and row number stand in `origin`. Then a file may only grow at its end, and its
    /// name must stay.
    pub position: bool,
    /// How the file is read.
    pub file: FileForm,
    /// How times are written.
    pub time: TimeForm,
    /// How several objects stand in one cell.
    pub objects: ObjectForm,
    /// Heading -> field.
    pub columns: BTreeMap<String, String>,
    /// Field -> value where no column gives one.
    pub defaults: BTreeMap<String, String>,
    /// Field -> what the file says -> what the event says.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

/// `[file]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileForm {
    /// Default: by name and content.
    pub format: Option<FileFormat>,
    /// A label of the WHATWG encoding standard, such as `gbk`; default: found out.
    pub encoding: Option<String>,
    /// Between the cells of CSV; default: found out from the headings.
    pub delimiter: Option<char>,
    /// The sheet of XLSX; default: the first.
    pub sheet: Option<String>,
    /// The row that holds the headings, from 1.
    pub heading_row: Option<u32>,
    /// JSON: where the rows stand inside of a document, such as `data.items`.
    pub rows: Option<String>,
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Cells between delimiters.
    Csv,
    /// A workbook.
    Xlsx,
    /// An array, a document, or objects one after the other.
    Json,
    /// One object a line.
    Ndjson,
}

/// `[time]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeForm {
    /// Of times without one; default UTC.
    pub zone: Option<String>,
    /// Tried in order, before those that are known: `strptime`, or `unix`, `unix_ms`, `unix_us`,
    /// `unix_ns`.
    pub formats: Vec<String>,
}

/// `[objects]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectForm {
    /// `auto` (default), `none`, or the separator.
    pub split: Option<String>,
}

impl ImportMap {
    /// Reads the text of a map file.
    ///
    /// # Errors
    /// What is no TOML, an unknown key, a value of the wrong type; the text names the line.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        toml::from_str(text).map_err(|source| MapError::ImportMapSyntax(Box::new(source)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{RowIds, Table};

    /// The examples of the reference are maps that can be used.
    #[test]
    fn the_documents_examples() {
        let mut examples = 0;
        for text in [
            include_str!("../../../../docs/formats/import-map.md"),
            include_str!("../../../../docs/guide/integrate.md"),
        ] {
            let blocks = text.split("```toml\n").skip(1);
            // What a platform's own `Cargo.toml` needs stands in the guide, too.
            for block in blocks.filter(|block| !block.starts_with("[dependencies]")) {
                let map = ImportMap::parse(block.split("```").next().unwrap()).unwrap();
                Table::new(map, RowIds::new(b"test"), &[]).unwrap();
                examples += 1;
            }
        }
        assert!(examples >= 3);
    }
}
