//! Why a question has no answer.

/// Everything that can go wrong with a question.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The cursor was not made by this server, or was damaged on its way.
    #[error("the cursor is not one of ours; pass `next` of the page before, unchanged")]
    BadCursor,
    /// The cursor belongs to a walk with other parameters.
    #[error("`{parameter}` differs from the walk the cursor belongs to; start without a cursor")]
    CursorMismatch {
        /// The parameter.
        parameter: &'static str,
    },
    /// The cursor's walk is bound to a ledger larger than this one.
    #[error("the cursor is of another ledger; start without a cursor")]
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
    /// The ledger could not be read.
    #[error("the ledger cannot be read")]
    Ledger(#[from] annals_ledger::LedgerError),
}
