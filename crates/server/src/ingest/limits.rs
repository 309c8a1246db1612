//! Every maximum of one request's events.

/// Most events of one request.
pub const EVENTS_MAX: usize = 100_000;
/// Longest line or element, bytes; a longer one is rejected alone.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Most events of a strict request.
pub const STRICT_EVENTS_MAX: usize = annals_ledger::limits::BATCH_EVENTS_MAX;
/// Most bytes of a strict request, expanded.
pub const STRICT_BYTES_MAX: usize = 16 << 20;
/// Bytes of masked text kept of one rejected line.
pub const QUARANTINE_RAW_BYTES_MAX: usize = 64 << 10;
