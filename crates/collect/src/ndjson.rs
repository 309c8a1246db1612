//! A record as one line of NDJSON.

use annals_api::wire::event::write_event;
use annals_record::Record;

use crate::error::CollectError;

/// Appends `record` and a line feed to `out`.
///
/// # Errors
/// A member that is no JSON, which no source writes.
pub fn write(record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), CollectError> {
    write_event(record, out).map_err(CollectError::Json)?;
    out.push(b'\n');
    Ok(())
}
