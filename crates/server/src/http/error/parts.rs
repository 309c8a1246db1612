//! What is said of an error beyond its code: where a filter is wrong, what became of lines, and its
//! causes, for our own log.

use annals_api::wire::problem::{AppendRefused, FilterPlace};
use annals_views::{FilterError, FilterFault};

use crate::ingest::Outcome;

/// Where a filter cannot be read, and what to write there.
pub(super) fn place(error: &FilterError) -> FilterPlace {
    use FilterFault::*;
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let (expected, nearest) = match &error.fault {
        Expected { expected, .. } | BadValue { expected, .. } => (owned(&[expected]), None),
        UnknownField { nearest, .. } | UnknownValue { nearest, .. } => {
            (Vec::new(), nearest.clone())
        }
        NotListed { values, .. } => (owned(values), None),
        NotInScope { fields, .. } => (owned(fields), None),
        NoOrder { .. } => (owned(&[":", "!="]), None),
        SingleEquals { .. } => (owned(&[":"]), None),
        OpenQuote => (owned(&["\""]), None),
        TooLong { .. } | TooDeep { .. } | TooManyTerms { .. } | Nul => (Vec::new(), None),
    };
    FilterPlace { column: error.place.column, offset: error.place.offset, expected, nearest }
}

/// What became of the lines of a request.
pub(super) fn refused(outcome: &Outcome) -> AppendRefused {
    AppendRefused {
        accepted: outcome.accepted,
        duplicates: outcome.duplicates,
        rejected: outcome.rejected.clone(),
        first_index: outcome.first_index,
        last_index: outcome.last_index,
    }
}

/// The error and its causes on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
