//! Faces of the errors of lower floors: taking events in, asking, the ledger.

use annals_ledger::LedgerError;
use annals_views::QueryError;
use axum::http::StatusCode;

use super::{BUSY_RETRY_SECONDS, DISK_FULL_RETRY_SECONDS, Face};
use crate::ingest::IngestError;

pub(super) fn of_ingest(error: &IngestError) -> Face {
    use StatusCode as S;
    match error {
        IngestError::NoEvents => Face(S::BAD_REQUEST, "no_events", None),
        IngestError::TooManyEvents => Face(S::PAYLOAD_TOO_LARGE, "too_many_events", None),
        IngestError::StrictTooLarge => Face(S::PAYLOAD_TOO_LARGE, "strict_too_large", None),
        IngestError::QuarantineFull => Face(S::INSUFFICIENT_STORAGE, "quarantine_full", None),
        IngestError::Ledger(source) | IngestError::Cut { source, .. } => of_ledger(source),
        IngestError::Random(_) | IngestError::Own(_) => {
            Face(S::INTERNAL_SERVER_ERROR, "internal", None)
        }
    }
}

pub(super) fn of_query(error: &QueryError) -> Face {
    use StatusCode as S;
    match error {
        QueryError::BadCursor => Face(S::BAD_REQUEST, "bad_cursor", None),
        QueryError::CursorMismatch { .. } => Face(S::BAD_REQUEST, "cursor_mismatch", None),
        QueryError::CursorBeyond => Face(S::BAD_REQUEST, "cursor_beyond", None),
        QueryError::Filter(_) => Face(S::BAD_REQUEST, "bad_filter", None),
        // Nobody is there any more to read this.
        QueryError::Cancelled => Face(S::SERVICE_UNAVAILABLE, "cancelled", None),
        QueryError::TooManyBuckets { .. } => Face(S::BAD_REQUEST, "too_many_buckets", None),
        QueryError::TooManyValues { .. } => Face(S::BAD_REQUEST, "too_many_values", None),
        QueryError::TooManyFields { .. } => Face(S::BAD_REQUEST, "too_many_fields", None),
        QueryError::TooManyGroups { .. } => Face(S::BAD_REQUEST, "too_many_groups", None),
        QueryError::PartDamaged { .. } => Face(S::INTERNAL_SERVER_ERROR, "index_damaged", None),
        QueryError::Ledger(error) => of_ledger(error),
    }
}

pub(super) fn of_ledger(error: &LedgerError) -> Face {
    use StatusCode as S;
    match error {
        LedgerError::Busy => Face(S::SERVICE_UNAVAILABLE, "busy", Some(BUSY_RETRY_SECONDS)),
        LedgerError::DiskFull { .. } => {
            Face(S::INSUFFICIENT_STORAGE, "disk_full", Some(DISK_FULL_RETRY_SECONDS))
        }
        LedgerError::Closed => Face(S::SERVICE_UNAVAILABLE, "stopping", Some(BUSY_RETRY_SECONDS)),
        LedgerError::Fatal { .. } => Face(S::INTERNAL_SERVER_ERROR, "ledger_stopped", None),
        LedgerError::OutOfRange { .. } | LedgerError::Pruned { .. } => {
            Face(S::NOT_FOUND, "not_found", None)
        }
        _ => Face(S::INTERNAL_SERVER_ERROR, "ledger_failed", None),
    }
}
