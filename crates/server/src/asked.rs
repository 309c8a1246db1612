//! What a request for many events says, read once for calls and for jobs: filter, times, zone,
//! columns.

use annals_api::wire::column::Column;
use annals_api::wire::export::ExportRequest;
use annals_record::{Catalogue, Timestamp};
use annals_views::{Filter, FilterError, Question, Scope};
use jiff::tz::TimeZone;

use crate::masks::{MaskedField, Masks};

/// Most columns of a view or an export.
const COLUMNS_MAX: usize = 100;

/// What is wrong with a time zone that is none.
pub(crate) const NO_ZONE: &str = "is not a time zone such as Asia/Shanghai or UTC";

/// Why it cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// The text is no filter.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// It asks for what is masked.
    #[error(transparent)]
    Masked(#[from] MaskedField),
    /// A member holds what it may not.
    #[error("`{field}` {problem}")]
    Field {
        /// The member.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl AskError {
    pub(crate) fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }
}

/// The question and the columns of a request; `now` is what `now-7d` in its filter means.
pub(crate) fn asked(
    request: &ExportRequest,
    scope: Scope,
    masks: Masks,
    now: Timestamp,
    catalogue: &Catalogue,
) -> Result<(Question, Vec<Column>), AskError> {
    let time = |field, text: &Option<String>| {
        let parse = |text: &String| {
            moment(text)
                .ok_or_else(|| AskError::field(field, "is not a time like 2026-11-02T08:15:30Z"))
        };
        text.as_ref().map(parse).transpose()
    };
    let question = Question {
        filter: masks.narrow(Filter::parse(&request.q, catalogue)?, catalogue)?,
        from: time("from", &request.from)?,
        to: time("to", &request.to)?,
        zone: request.tz.as_deref().map_or(Ok(TimeZone::UTC), |name| {
            zone(name).ok_or_else(|| AskError::field("tz", NO_ZONE))
        })?,
        ..Question::everything(scope, now)
    };
    let columns = columns(&request.columns)?;
    Ok((question, if columns.is_empty() { Column::usual() } else { columns }))
}

/// Columns by their names in either language.
pub(crate) fn columns(names: &[String]) -> Result<Vec<Column>, AskError> {
    if names.len() > COLUMNS_MAX {
        return Err(AskError::field("columns", format!("has at most {COLUMNS_MAX} names")));
    }
    let parse = |name: &String| {
        let unknown = || AskError::field("columns", format!("names `{name}`, which is no field"));
        Column::parse(name).ok_or_else(unknown)
    };
    names.iter().map(parse).collect()
}

/// A time zone by its name in the IANA database.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// A time in ns since 1970.
pub(crate) fn moment(text: &str) -> Option<i64> {
    Timestamp::parse(text).map(Timestamp::nanos)
}
