//! Control entries: by these the ledger rules itself.
//!
//! They hold only kind, indexes, tags, ranges, hashes and keys: filter and policy text are sealed
//! in the request data, the reason and the people in their own fields. No wire input can make one,
//! and only the server's own records carry one.

use crate::canonical::{write_integer, write_string};
use crate::error::RecordError;
use crate::sealed::Tag;
use crate::timestamp::Timestamp;
use serde_json::{Map, Value};

/// What a control entry orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// These fields of one leaf are erased.
    Redact {
        /// The leaf.
        index: u64,
        /// The fields, ascending.
        tags: Vec<Tag>,
    },
    /// What no policy and no hold keeps of a range becomes its leaf hash.
    Prune {
        /// First leaf of the range.
        first: u64,
        /// One past the last leaf.
        end: u64,
        /// Root of the tree of the first `end` leaves.
        root: [u8; 32],
        /// Only what was received before this goes.
        cut_off: Timestamp,
        /// SHA-256 of the policy's text, which is sealed in the request data.
        policy: [u8; 32],
        /// SHA-256 of the bitmap of what is kept.
        kept: [u8; 32],
    },
    /// A legal hold is placed, or lifted.
    Hold {
        /// SHA-256 of the hold's filter, which is sealed in the request data.
        filter: [u8; 32],
        /// True when placed, false when lifted.
        placed: bool,
    },
    /// From the leaf after this one on, another key signs.
    Key {
        /// The new verifier key in the form of signed-note.
        vkey: String,
    },
}

impl Control {
    /// The word in `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Redact { .. } => "redact",
            Self::Prune { .. } => "prune",
            Self::Hold { .. } => "hold",
            Self::Key { .. } => "key",
        }
    }

    /// Appends the canonical JSON object.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Redact { index, tags } => {
                out.extend_from_slice(b"{\"index\":");
                write_integer(out, *index);
                out.extend_from_slice(b",\"kind\":\"redact\",\"tags\":[");
                for (place, tag) in tags.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    write_integer(out, u64::from(tag.0));
                }
                out.extend_from_slice(b"]}");
            }
            Self::Prune { first, end, root, cut_off, policy, kept } => {
                out.extend_from_slice(b"{\"cut_off\":\"");
                out.extend_from_slice(&cut_off.to_bytes());
                out.extend_from_slice(b"\",\"end\":");
                write_integer(out, *end);
                out.extend_from_slice(b",\"first\":");
                write_integer(out, *first);
                out.extend_from_slice(b",\"kept\":\"");
                write_hex(out, kept);
                out.extend_from_slice(b"\",\"kind\":\"prune\",\"policy\":\"");
                write_hex(out, policy);
                out.extend_from_slice(b"\",\"root\":\"");
                write_hex(out, root);
                out.extend_from_slice(b"\"}");
            }
            Self::Hold { filter, placed } => {
                out.extend_from_slice(b"{\"filter\":\"");
                write_hex(out, filter);
                out.extend_from_slice(b"\",\"kind\":\"hold\",\"placed\":");
                out.extend_from_slice(if *placed { b"true}" } else { b"false}" });
            }
            Self::Key { vkey } => {
                out.extend_from_slice(b"{\"kind\":\"key\",\"vkey\":");
                write_string(out, vkey);
                out.push(b'}');
            }
        }
    }

    /// Reads what [`Control::write`] wrote. Unknown kinds and keys are errors: a reader that
    /// does not understand an order must not pass over it.
    pub fn parse(text: &str) -> Result<Self, RecordError> {
        let value: Value =
            serde_json::from_str(text).map_err(|fault| RecordError::Control(fault.to_string()))?;
        let Value::Object(pairs) = value else {
            return Err(RecordError::Control("it is not an object".into()));
        };
        let mut fields = Fields { pairs };
        let control = match fields.text("kind")?.as_str() {
            "redact" => Self::Redact { index: fields.integer("index")?, tags: fields.tags()? },
            "prune" => Self::Prune {
                first: fields.integer("first")?,
                end: fields.integer("end")?,
                root: fields.hash("root")?,
                cut_off: fields.moment("cut_off")?,
                policy: fields.hash("policy")?,
                kept: fields.hash("kept")?,
            },
            "hold" => Self::Hold { filter: fields.hash("filter")?, placed: fields.flag("placed")? },
            "key" => Self::Key { vkey: fields.text("vkey")? },
            other => return Err(RecordError::Control(format!("unknown kind {other}"))),
        };
        match fields.pairs.keys().next() {
            Some(key) => Err(RecordError::Control(format!("unknown key {key}"))),
            None => Ok(control),
        }
    }
}

/// The pairs not yet taken.
struct Fields {
    pairs: Map<String, Value>,
}

impl Fields {
    fn take<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, RecordError> {
        let value = self.pairs.remove(key);
        let read = value.as_ref().and_then(read);
        read.ok_or_else(|| RecordError::Control(format!("{key} is missing or of a wrong type")))
    }

    fn text(&mut self, key: &str) -> Result<String, RecordError> {
        self.take(key, |value| value.as_str().map(str::to_owned))
    }

    fn integer(&mut self, key: &str) -> Result<u64, RecordError> {
        self.take(key, Value::as_u64)
    }

    fn flag(&mut self, key: &str) -> Result<bool, RecordError> {
        self.take(key, Value::as_bool)
    }

    fn moment(&mut self, key: &str) -> Result<Timestamp, RecordError> {
        self.take(key, |value| Timestamp::parse(value.as_str()?))
    }

    fn hash(&mut self, key: &str) -> Result<[u8; 32], RecordError> {
        self.take(key, |value| read_hex(value.as_str()?))
    }

    fn tags(&mut self) -> Result<Vec<Tag>, RecordError> {
        let tag = |value: &Value| Some(Tag(u16::try_from(value.as_u64()?).ok()?));
        self.take("tags", |value| value.as_array()?.iter().map(tag).collect())
    }
}

/// Appends lower-case hex.
pub(crate) fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(b"0123456789abcdef"[usize::from(digit)]);
        }
    }
}

/// 32 bytes from lower-case hex.
fn read_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut out = [0; 32];
    if pairs.len() != out.len() {
        return None;
    }
    for (byte, [high, low]) in out.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical;

    fn check(control: &Control, expected: &str) {
        let mut out = Vec::new();
        control.write(&mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, expected);
        assert_eq!(canonical::check(text.as_bytes()), Ok(()));
        assert_eq!(Control::parse(&text).as_ref(), Ok(control));
    }

    // Protects: the form of every order, in canonical JSON, and its inverse.
    #[test]
    fn written_and_read() {
        check(
            &Control::Redact { index: 42, tags: vec![Tag(1), Tag(3)] },
            r#"{"index":42,"kind":"redact","tags":[1,3]}"#,
        );
        let (aa, bb, cc) = ([0xaa; 32], [0xbb; 32], [0xcc; 32]);
        let hex = |two: &str| two.repeat(32);
        check(
            &Control::Prune {
                first: 0,
                end: 256,
                root: aa,
                cut_off: Timestamp::from_nanos(0),
                policy: bb,
                kept: cc,
            },
            &format!(
                "{{\"cut_off\":\"1970-01-01T00:00:00.000000000Z\",\"end\":256,\"first\":0,\
                 \"kept\":\"{}\",\"kind\":\"prune\",\"policy\":\"{}\",\"root\":\"{}\"}}",
                hex("cc"),
                hex("bb"),
                hex("aa")
            ),
        );
        let filter = [0x0f; 32];
        check(
            &Control::Hold { filter, placed: true },
            &format!(r#"{{"filter":"{}","kind":"hold","placed":true}}"#, hex("0f")),
        );
        check(
            &Control::Key { vkey: "annals.local/x+00000000+AQ==".into() },
            r#"{"kind":"key","vkey":"annals.local/x+00000000+AQ=="}"#,
        );
    }

    // Protects: an order that is not wholly understood is never passed over.
    #[test]
    fn unknown_orders_are_errors() {
        for wrong in [
            "[]",
            "{}",
            r#"{"kind":"forget"}"#,
            r#"{"kind":"redact","index":1}"#,
            r#"{"kind":"redact","index":1,"tags":[65536]}"#,
            r#"{"kind":"redact","index":1,"tags":[1],"more":1}"#,
            r#"{"kind":"hold","filter":"00","placed":true}"#,
        ] {
            assert!(Control::parse(wrong).is_err(), "{wrong}");
        }
    }
}
