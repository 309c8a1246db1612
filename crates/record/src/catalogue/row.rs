//! One line of a catalogue file, checked by itself.

use super::{Access, Severity};
use crate::error::RecordError;

/// The columns, in their order.
const COLUMNS: [&str; 12] = [
    "service",
    "service_en",
    "service_zh",
    "operation",
    "operation_en",
    "operation_zh",
    "access",
    "severity",
    "object_type",
    "pairs_with",
    "mask",
    "notes",
];

/// Longest code of a service, an operation or an object type.
const CODE_BYTES_MAX: usize = 64;
/// Longest name of a service or an operation.
const NAME_BYTES_MAX: usize = 256;

pub(super) struct Row {
    pub(super) service: String,
    pub(super) service_en: String,
    pub(super) service_zh: String,
    pub(super) operation: String,
    pub(super) operation_en: String,
    pub(super) operation_zh: String,
    pub(super) access: Access,
    pub(super) severity: Severity,
    pub(super) object_type: String,
    pub(super) pairs_with: Option<String>,
    pub(super) mask: Vec<String>,
    pub(super) notes: String,
}

/// The rows of a file with their line numbers.
pub(super) fn read(csv: &str) -> Result<Vec<(u64, Row)>, RecordError> {
    let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut seen_heading = false;
    for record in reader.records() {
        let record = record.map_err(|fault| RecordError::Catalogue {
            line: fault.position().map_or(1, csv::Position::line),
            reason: fault.to_string(),
        })?;
        let line = record.position().map_or(1, csv::Position::line);
        let fail = |reason| RecordError::Catalogue { line, reason };
        if !seen_heading {
            if record.iter().ne(COLUMNS) {
                return Err(fail(format!("the heading must be {}", COLUMNS.join(","))));
            }
            seen_heading = true;
            continue;
        }
        rows.push((line, Row::from_record(&record).map_err(fail)?));
    }
    match seen_heading {
        true => Ok(rows),
        false => {
            let reason = format!("the file is empty; it must begin with {}", COLUMNS.join(","));
            Err(RecordError::Catalogue { line: 1, reason })
        }
    }
}

impl Row {
    fn from_record(record: &csv::StringRecord) -> Result<Self, String> {
        let cell = |place: usize| &record[place];
        Ok(Self {
            service: code(cell(0), COLUMNS[0])?,
            service_en: name(cell(1), COLUMNS[1])?,
            service_zh: name(cell(2), COLUMNS[2])?,
            operation: code(cell(3), COLUMNS[3])?,
            operation_en: name(cell(4), COLUMNS[4])?,
            operation_zh: name(cell(5), COLUMNS[5])?,
            access: access(cell(6))?,
            severity: severity(cell(7))?,
            object_type: cell(8)
                .split('|')
                .map(|kind| code(kind, COLUMNS[8]))
                .collect::<Result<Vec<_>, _>>()?
                .join("|"),
            pairs_with: Some(cell(9)).filter(|text| !text.is_empty()).map(str::to_owned),
            mask: cell(10)
                .split(';')
                .map(str::trim)
                .filter(|key| !key.is_empty())
                .map(str::to_owned)
                .collect(),
            notes: cell(11).to_owned(),
        })
    }
}

fn code(text: &str, column: &str) -> Result<String, String> {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.".contains(&byte);
    if text.is_empty() || text.len() > CODE_BYTES_MAX || !text.bytes().all(plain) {
        return Err(format!(
            "{column} \"{text}\" must be 1 to {CODE_BYTES_MAX} of a-z, 0-9, \"_\", \"-\" and \".\""
        ));
    }
    Ok(text.to_owned())
}

fn name(text: &str, column: &str) -> Result<String, String> {
    if text.is_empty() || text.len() > NAME_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(format!(
            "{column} must be 1 to {NAME_BYTES_MAX} bytes without control characters"
        ));
    }
    Ok(text.to_owned())
}

fn access(text: &str) -> Result<Access, String> {
    [Access::Read, Access::Write, Access::Session]
        .into_iter()
        .find(|access| access.as_str() == text)
        .ok_or_else(|| format!("access \"{text}\" must be read, write or session"))
}

fn severity(text: &str) -> Result<Severity, String> {
    [Severity::Low, Severity::Medium, Severity::High]
        .into_iter()
        .find(|severity| severity.as_str() == text)
        .ok_or_else(|| format!("severity \"{text}\" must be low, medium or high"))
}
