//! What must hold for any bytes in the files of a ledger; the promises stand beside the readers,
//! in `crates/ledger/src/foreign.rs`, where its tests run them too.

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target.
pub const BODIES: [(&str, Body); 3] = [
    ("ledger_block_header", annals_ledger::foreign::block_header),
    ("ledger_segment_ends", annals_ledger::foreign::segment_ends),
    ("ledger_frame", annals_ledger::foreign::frame),
];
