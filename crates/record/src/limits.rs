//! Every maximum of an event, named with its unit.
//!
//! `_CHARS_MAX` counts Unicode scalar values, `_BYTES_MAX` bytes of UTF-8. Source: the contract,
//! section "An event"; `docs/formats/event.md` lists them beside the fields.

/// The sender's id of an event.
pub const ID_CHARS_MAX: usize = 64;
/// Region and stack id, each.
pub const PLACE_CHARS_MAX: usize = 64;
/// Service and operation as sent (code or name).
pub const NAME_OF_CODE_CHARS_MAX: usize = 128;
/// Operator, username, operator_id and operator_name, each.
pub const ACCOUNT_CHARS_MAX: usize = 128;
/// The type of an object.
pub const OBJECT_TYPE_CHARS_MAX: usize = 64;
/// The id of an object.
pub const OBJECT_ID_CHARS_MAX: usize = 1024;
/// The name of an object; a longer one is cut.
pub const OBJECT_NAME_CHARS_MAX: usize = 4096;
/// Entries of `objects`.
pub const OBJECTS_COUNT_MAX: usize = 1000;
/// All of `objects` in the form that is kept.
pub const OBJECTS_BYTES_MAX: usize = 256 * 1024;
/// Entries of `related`.
pub const RELATED_COUNT_MAX: usize = 200;
/// All of `related` in the form that is kept.
pub const RELATED_BYTES_MAX: usize = 256 * 1024;
/// The role of a related object.
pub const ROLE_CHARS_MAX: usize = 64;
/// Request data after masking; of a larger one the first so many bytes are kept.
pub const REQUEST_DATA_BYTES_MAX: usize = 48 * 1024;
/// Changes, after masking.
pub const CHANGES_BYTES_MAX: usize = 48 * 1024;
/// The reason; a longer one is cut.
pub const REASON_CHARS_MAX: usize = 1024;
/// request_id, session_id and cause_id, each.
pub const CORRELATION_CHARS_MAX: usize = 128;
/// Origin as sent by a collector.
pub const ORIGIN_BYTES_MAX: usize = 64 * 1024;
/// Origin of the server's own events: a quarantined line of 64 KiB grows when it is escaped.
pub const ORIGIN_OF_SERVER_BYTES_MAX: usize = 512 * 1024;
/// The kind of authentication.
pub const AUTH_METHOD_CHARS_MAX: usize = 64;
/// The user agent; a longer one is cut.
pub const USER_AGENT_CHARS_MAX: usize = 256;
/// Nesting of arrays and objects inside an event's JSON values.
pub const JSON_DEPTH_MAX: usize = 64;
/// Integers of the envelope: the largest that every JSON reader keeps exactly, 2^53 - 1.
pub const INTEGER_MAX: u64 = (1 << 53) - 1;
/// How far `time` may lie ahead of `received_time` before it is marked `clock_skew`.
pub const CLOCK_SKEW_NANOS_MAX: i64 = 10 * 60 * 1_000_000_000;
/// 2000-01-01T00:00:00Z in nanoseconds since 1970: nothing older is an event of this platform.
pub const TIME_NANOS_MIN: i64 = 946_684_800 * 1_000_000_000;

/// The canonical core of a leaf.
pub const CORE_BYTES_MAX: usize = 16 * 1024;
/// Sealed fields of a leaf.
pub const SEALED_COUNT_MAX: usize = 64;
/// The value of one sealed field.
pub const VALUE_BYTES_MAX: usize = 1024 * 1024;
/// Faults listed of one event.
pub const FAULTS_COUNT_MAX: usize = 64;
