//! The peers: other places where the same events could be kept, measured in the same run.
//!
//! SQLite always; with `--peers` PostgreSQL and DuckDB too. A peer that is not installed or fails
//! becomes a line of the report that says so, never the end of the measurement.

use crate::arguments::Arguments;
use crate::events::Events;
use crate::report::Line;
use crate::{duckdb, postgres, sqlite};
use anyhow::Result;

/// Measures every peer that was asked for.
pub(crate) fn measure(arguments: &Arguments, events: &Events) -> Result<Vec<Line>> {
    let mut lines = vec![Line::Measured(sqlite::measure(arguments, events)?)];
    if arguments.peers {
        lines.extend(postgres::measure(arguments, events));
        lines.push(duckdb::measure(arguments, events));
    }
    Ok(lines)
}
