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
    /// The ledger could not be read.
    #[error("the ledger cannot be read")]
    Ledger(#[from] annals_ledger::LedgerError),
}
