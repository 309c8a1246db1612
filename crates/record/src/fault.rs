//! What is wrong with one field of one event, as a stable code and a message.
//!
//! `docs/formats/event.md` lists every code; a test keeps the list true.

use std::borrow::Cow;

/// One thing wrong with one field of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A stable code of [`codes`].
    pub code: &'static str,
    /// The field, `object.id` or `objects[3].type`; empty for the event as a whole.
    pub field: Cow<'static, str>,
    /// What to do about it, for people. Never holds a value that could be a secret.
    pub message: String,
}

impl Fault {
    /// A fault of `field`.
    pub fn new(
        code: &'static str,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self { code, field: field.into(), message: message.into() }
    }
}

/// The codes of faults; senders may rely on them.
pub mod codes {
    macro_rules! codes {
        ($($(#[$doc:meta])+ $name:ident = $text:literal;)*) => {
            $($(#[$doc])+ pub const $name: &str = $text;)*
            /// All of them.
            pub const ALL: &[&str] = &[$($text),*];
        };
    }
    codes! {
        /// A required field is missing.
        MISSING_FIELD = "missing_field";
        /// Neither the event nor the token nor the server names a region or stack.
        MISSING_STACK = "missing_stack";
        /// The JSON type is not the one of the field.
        WRONG_TYPE = "wrong_type";
        /// Longer than the limit of the field.
        TOO_LONG = "too_long";
        /// More entries than the limit of the field.
        TOO_MANY = "too_many";
        /// Not one of the allowed words.
        BAD_VALUE = "bad_value";
        /// Not an event id.
        BAD_ID = "bad_id";
        /// Not RFC 3339.
        BAD_TIME = "bad_time";
        /// Before the year 2000.
        TIME_TOO_OLD = "time_too_old";
        /// Not an IPv4 or IPv6 address.
        BAD_IP = "bad_ip";
        /// Not an integer of 0..2^53-1, or beyond the range of the field.
        INTEGER_RANGE = "integer_range";
        /// Not JSON.
        BAD_JSON = "bad_json";
        /// Not UTF-8.
        BAD_UTF8 = "bad_utf8";
        /// Half of a surrogate pair.
        LONE_SURROGATE = "lone_surrogate";
        /// The character U+0000.
        NUL_CHARACTER = "nul_character";
        /// A control character in an identifier.
        CONTROL_CHARACTER = "control_character";
        /// A character that changes the direction of writing, in an identifier.
        BIDI_CHARACTER = "bidi_character";
        /// Nested too deeply.
        TOO_DEEP = "too_deep";
        /// The same key twice.
        DUPLICATE_KEY = "duplicate_key";
        /// A key that no event has.
        UNKNOWN_FIELD = "unknown_field";
        /// A key that only the server may write.
        RESERVED_KEY = "reserved_key";
        /// No operation of this code or name.
        UNKNOWN_OPERATION = "unknown_operation";
        /// No service of this code or name.
        UNKNOWN_SERVICE = "unknown_service";
        /// Several services have an operation of this name.
        AMBIGUOUS_OPERATION = "ambiguous_operation";
        /// The operation belongs to another service than the one given.
        OTHER_SERVICE = "other_service";
        /// Only the server itself writes this service.
        RESERVED_SERVICE = "reserved_service";
        /// The token may not speak for the platform.
        SYSTEM_NOT_ALLOWED = "system_not_allowed";
        /// The token's scope does not cover the event.
        OUT_OF_SCOPE = "out_of_scope";
        /// More faults than are listed.
        MORE_FAULTS = "more_faults";
    }
}
