//! Why a question has no answer, and why the index cannot be kept.
//!
//! The index can always be made anew from the ledger, so its errors say so; none of them touches
//! what is kept.

use std::path::PathBuf;

/// Everything that can go wrong with a question.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor was not made by this server for this call, or was damaged on its way.
    #[error(
        "the cursor is not one of this call; pass `next` of the page before, unchanged, or none"
    )]
    BadCursor,
    /// The cursor belongs to a walk with other parameters.
    #[error("`{parameter}` differs from the walk the cursor belongs to; start without a cursor")]
    CursorMismatch {
        /// The parameter.
        parameter: &'static str,
    },
    /// A cursor's walk, or a position to go on behind, lies beyond the end of this ledger.
    #[error("the cursor or position is beyond the end of this ledger; start without it")]
    CursorBeyond,
    /// The text is no filter.
    #[error(transparent)]
    Filter(#[from] crate::FilterError),
    /// Who asked gave it up.
    #[error("the question was given up")]
    Cancelled,
    /// The buckets of a histogram are too short for its range.
    #[error("the range has more than {limit} buckets; ask for longer ones or a shorter range")]
    TooManyBuckets {
        /// Most buckets of a histogram.
        limit: usize,
    },
    /// A field has a value of its own in almost every event.
    #[error("`{field}` has more than {limit} values; narrow the search before counting them")]
    TooManyValues {
        /// The field.
        field: &'static str,
        /// Most values that are counted.
        limit: usize,
    },
    /// A grouping by too many fields.
    #[error("events are grouped by at most {limit} fields")]
    TooManyFields {
        /// Most fields of a grouping.
        limit: usize,
    },
    /// A grouping has too many groups.
    #[error("there are more than {limit} groups; narrow the search or group by fewer fields")]
    TooManyGroups {
        /// Most groups that are counted.
        limit: usize,
    },
    /// Files of the index are damaged.
    #[error("a part of the index is damaged ({what}); run `annals views rebuild`")]
    PartDamaged {
        /// What is wrong, and where.
        what: String,
    },
    /// The ledger could not be read.
    #[error("the ledger cannot be read")]
    Ledger(#[from] annals_ledger::LedgerError),
}

/// Everything that can go wrong with the files of the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A file cannot be read or written.
    #[error(
        "{path}: cannot be read or written; free space or mend its rights, or delete the folder \
         of the views"
    )]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A part of the index cannot be read or written.
    #[error(
        "{folder}: this part of the index cannot be read or written; run `annals views rebuild`"
    )]
    Part {
        /// The folder of the part.
        folder: PathBuf,
        /// Why.
        #[source]
        source: tantivy::TantivyError,
    },
    /// The manifest says something that is not so.
    #[error("{path}: {what}; run `annals views rebuild`")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The ledger could not be read.
    #[error("the ledger cannot be read")]
    Ledger(#[from] annals_ledger::LedgerError),
    /// The thread that seals parts could not be started, or died.
    #[error("the thread that seals parts of the index cannot be started; restart the server")]
    Thread(#[source] std::io::Error),
}
