//! Every maximum of the ledger, named, with its unit last.
//!
//! Formats depend on those under "Format": changing one makes old ledgers unreadable.

use std::time::Duration;

// Format.

/// Raw bytes of one frame; a larger event has a frame of its own.
pub const FRAME_BYTES_MAX: usize = 64 << 10;
/// Raw bytes of a frame that holds one large event: far above what the record limits allow.
pub const FRAME_LONE_BYTES_MAX: usize = 16 << 20;
/// Leaves in one frame.
pub const FRAME_LEAVES_MAX: u32 = 4_096;
/// Bytes of a block header.
pub const BLOCK_HEADER_BYTES_MAX: usize = 4 << 20;
/// Bytes of a checkpoint note kept in a block header or in `checkpoint`.
pub const NOTE_BYTES_MAX: usize = 64 << 10;
/// Bytes of a segment's zstd dictionary.
pub const DICTIONARY_BYTES_MAX: usize = 1 << 20;
/// Entries of one file of an array (`hashes/<level>/<number>`, `ids/<number>`).
pub const ARRAY_FILE_ENTRIES: u64 = 1 << 20;
/// Levels of hash arrays: 256^8 leaves are more than a `u64` counts.
pub const ARRAY_LEVELS: usize = 8;
/// Leaves of a ledger: the identifier table keeps 36 bits of an index.
pub const LEDGER_LEAVES_MAX: u64 = (1 << 36) - 1;

// Running.

/// Events of one batch.
pub const BATCH_EVENTS_MAX: usize = 10_000;
/// Bytes of one batch: cores and values.
pub const BATCH_BYTES_MAX: usize = 16 << 20;
/// A block takes no further batch once it holds this many raw bytes.
pub const BLOCK_BYTES_FULL: usize = 8 << 20;
/// A block takes no further batch once it holds this many events.
pub const BLOCK_EVENTS_FULL: usize = 32_768;
/// Bytes waiting in the queue, by default.
pub const QUEUE_BYTES_MAX: usize = 64 << 20;
/// Bytes of a segment before it is sealed, by default.
pub const SEGMENT_BYTES_MAX: u64 = 256 << 20;
/// Age of a segment at which it is sealed, in nanoseconds: one day.
pub const SEGMENT_AGE_NANOS_MAX: i64 = 86_400 * 1_000_000_000;
/// The open segment is reserved in steps of this many bytes.
pub const SEGMENT_RESERVE_BYTES: u64 = 4 << 20;
/// An array's last file is reserved in steps of this many bytes.
pub const ARRAY_RESERVE_BYTES: u64 = 1 << 20;
/// Decoded frames kept for reading.
pub const FRAME_CACHE_FRAMES_MAX: usize = 64;
/// Leaves handed to a follower at a time.
pub const FOLLOW_LEAVES_MAX: usize = 4_096;
/// First pause after a follower's error, by default.
pub const FOLLOW_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause after a follower's errors.
pub const FOLLOW_PAUSE_MAX: Duration = Duration::from_secs(30);
/// zstd level of new blocks: on the way in the disk must not wait for the processor.
pub const INGEST_ZSTD_LEVEL: i32 = -3;
/// zstd level of compacted segments: nobody waits for them, and beyond it seconds grow faster
/// than bytes shrink.
pub const COMPACT_ZSTD_LEVEL: i32 = 9;
/// Bytes of a trained dictionary.
pub const DICTIONARY_BYTES: usize = 112 << 10;
/// Raw bytes of leaves that a dictionary is trained on.
pub const DICTIONARY_SAMPLE_BYTES_MAX: u64 = 12 << 20;
/// A rewrite syncs its file after this many bytes, so that a commit never waits for many.
pub const COMPACT_SYNC_BYTES: usize = 256 << 10;
/// Compaction begins only if so much is free beside the room for a second file of the segment:
/// the last of the disk belongs to new events.
pub const COMPACT_FREE_BYTES_MIN: u64 = 256 << 20;

const _: () = assert!(DICTIONARY_BYTES <= DICTIONARY_BYTES_MAX);
const _: () =
    assert!(BATCH_BYTES_MAX >= BLOCK_BYTES_FULL && FRAME_BYTES_MAX < FRAME_LONE_BYTES_MAX);
const _: () = assert!(BATCH_EVENTS_MAX <= BLOCK_EVENTS_FULL);
