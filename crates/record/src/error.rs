//! What can be wrong with bytes that claim to be a leaf, a disclosure or a catalogue.

/// Why foreign bytes were refused. Faults of events are [`crate::Fault`]s instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Fewer bytes than the format asks for.
    #[error("the {part} ends too early: {needed} bytes were expected, {found} are there")]
    Short {
        /// Which part of the format.
        part: &'static str,
        /// Bytes needed.
        needed: usize,
        /// Bytes found.
        found: usize,
    },
    /// Bytes after the end.
    #[error("{count} bytes follow the end of the {part}")]
    Trailing {
        /// Which part of the format.
        part: &'static str,
        /// Bytes too many.
        count: usize,
    },
    /// An entry does not begin with `ANL1`.
    #[error("not an entry of this log: it does not begin with ANL1")]
    Magic,
    /// The core is longer than `CORE_BYTES_MAX`.
    #[error("the core has {bytes} bytes; at most {limit} are allowed")]
    CoreTooLong {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The core is not UTF-8.
    #[error("the core is not UTF-8")]
    CoreNotText,
    /// The core is not canonical JSON (RFC 8785) of the allowed kinds.
    #[error("the core is not canonical JSON: {0}")]
    CoreNotCanonical(String),
    /// No sealed field, or too many.
    #[error("{count} sealed fields; between 1 and {limit} are allowed")]
    FieldCount {
        /// Fields found.
        count: usize,
        /// Fields allowed.
        limit: usize,
    },
    /// Tags must strictly ascend.
    #[error("sealed field {tag} stands out of order")]
    FieldOrder {
        /// The tag that is not above the one before it.
        tag: u16,
    },
    /// The value of a field is not UTF-8.
    #[error("the value of sealed field {tag} is not UTF-8")]
    ValueNotText {
        /// Which field.
        tag: u16,
    },
    /// The value of a field is too long.
    #[error("the value of sealed field {tag} has {bytes} bytes; at most {limit} are allowed")]
    ValueTooLong {
        /// Which field.
        tag: u16,
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A whole field needs the record salt; an erased one must not stand beside it.
    #[error("sealed field {tag} does not go with the record salt: {reason}")]
    SaltState {
        /// Which field.
        tag: u16,
        /// What does not fit.
        reason: &'static str,
    },
    /// A disclosure names a field that the entry does not have.
    #[error("the disclosure opens field {tag}, which the entry does not have")]
    UnknownField {
        /// Which field.
        tag: u16,
    },
    /// A `control` object that this version cannot read.
    #[error("the control entry cannot be read: {0}")]
    Control(String),
    /// A line of a catalogue file.
    #[error("catalogue line {line}: {reason}")]
    Catalogue {
        /// Line number, from 1; the heading is line 1.
        line: u64,
        /// What is wrong and what to do.
        reason: String,
    },
}
