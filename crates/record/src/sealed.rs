//! Sealed fields: a salted commitment stands in the tree, the value beside the leaf.
//!
//! Formats, section 2. Nothing here allocates: two SHA-256 a field are the hot path of ingest.

use crate::digest::sha256;

/// The number of a sealed field. Readers accept numbers they do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u16);

impl Tag {
    /// Address of the request, with port if there is one: `10.0.0.8:5022`, `[2001:db8::1]:5022`.
    pub const SOURCE_IP: Self = Self(1);
    /// Name of the one object.
    pub const OBJECT_NAME: Self = Self(2);
    /// The request as JSON text, masked.
    pub const REQUEST_DATA: Self = Self(3);
    /// `{before, after}` as JSON text, masked.
    pub const CHANGES: Self = Self(4);
    /// The caller's program.
    pub const USER_AGENT: Self = Self(5);
    /// Error text or comment.
    pub const REASON: Self = Self(6);
    /// The account acted as or for.
    pub const USERNAME: Self = Self(7);
    /// The login that acted.
    pub const OPERATOR: Self = Self(8);
    /// Id of the one object.
    pub const OBJECT_ID: Self = Self(9);
    /// JSON array of `{type, id, name, outcome}`, when there are several objects.
    pub const OBJECTS: Self = Self(10);
    /// JSON array of `{type, id, name, role}`.
    pub const RELATED: Self = Self(11);
    /// Correlation with a request.
    pub const REQUEST_ID: Self = Self(12);
    /// Correlation with a session.
    pub const SESSION_ID: Self = Self(13);
    /// Id of the event that made this one happen.
    pub const CAUSE_ID: Self = Self(14);
    /// Where a collector took it from, and what was cut.
    pub const ORIGIN: Self = Self(15);
    /// The operator's stable id.
    pub const OPERATOR_ID: Self = Self(16);
    /// The operator's display name.
    pub const OPERATOR_NAME: Self = Self(17);

    /// The name of the field in an event, if this version knows the tag.
    pub fn name(self) -> Option<&'static str> {
        NAMES.get(usize::from(self.0).checked_sub(1)?).copied()
    }

    /// The tag of a field's name.
    pub fn named(name: &str) -> Option<Self> {
        let place = NAMES.iter().position(|known| *known == name)?;
        Some(Self(place as u16 + 1))
    }
}

/// Names in tag order, from tag 1.
const NAMES: [&str; 17] = [
    "source_ip",
    "object.name",
    "request_data",
    "changes",
    "user_agent",
    "reason",
    "username",
    "operator",
    "object.id",
    "objects",
    "related",
    "request_id",
    "session_id",
    "cause_id",
    "origin",
    "operator_id",
    "operator_name",
];

/// 16 bytes of a CSPRNG, fresh for each event, never derived from a long-lived key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordSalt(pub [u8; 16]);

impl RecordSalt {
    /// The salt of one field: the first 16 bytes of
    /// SHA-256("annals/salt/v1" 0x00 || record_salt || tag).
    pub fn of_field(&self, tag: Tag) -> [u8; 16] {
        let mut message = [0; SALT_LABEL.len() + 16 + 2];
        message[..15].copy_from_slice(SALT_LABEL);
        message[15..31].copy_from_slice(&self.0);
        message[31..].copy_from_slice(&tag.0.to_be_bytes());
        let digest = sha256(&message, b"");
        *digest.first_chunk().expect("a digest has 32 bytes")
    }
}

const SALT_LABEL: &[u8; 15] = b"annals/salt/v1\0";
const FIELD_LABEL: &[u8; 16] = b"annals/field/v1\0";

/// What the tree knows of a field:
/// SHA-256("annals/field/v1" 0x00 || salt || tag || value_len u32 || value).
pub fn commitment(salt: &[u8; 16], tag: Tag, value: &[u8]) -> [u8; 32] {
    sha256(&commitment_head(salt, tag, value), value)
}

/// What is hashed before the value.
pub(crate) fn commitment_head(salt: &[u8; 16], tag: Tag, value: &[u8]) -> [u8; 38] {
    let mut head = [0; FIELD_LABEL.len() + 16 + 2 + 4];
    head[..16].copy_from_slice(FIELD_LABEL);
    head[16..32].copy_from_slice(salt);
    head[32..34].copy_from_slice(&tag.0.to_be_bytes());
    head[34..].copy_from_slice(&(value.len() as u32).to_be_bytes());
    head
}

/// The leaf hash of RFC 6962, section 2.1: SHA-256(0x00 || entry).
pub fn leaf_hash(entry: &[u8]) -> [u8; 32] {
    sha256(&[0], entry)
}
