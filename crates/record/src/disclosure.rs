//! What a portable proof opens of a leaf: the entry, and values with their salts.
//!
//! ```text
//! entry_len u32 | entry | m u8 | m x { tag u16, salt[16], value_len u32, value }     big-endian
//! ```
//! A holder may drop values before passing it on; the entry and its hash stay.

use crate::entry::{Entry, Reader};
use crate::error::RecordError;
use crate::leaf::Leaf;
use crate::sealed::{Tag, commitment, leaf_hash};
use std::borrow::Cow;
use std::fmt;

/// What became of one sealed field, as a verifier sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Value and salt are there and match the commitment.
    Disclosed,
    /// No value; a redact control entry names the field.
    Redacted,
    /// No value: left out by whoever made the proof.
    Withheld,
    /// No value and no redact control entry: alarm.
    Missing,
    /// A value that does not match its commitment: alarm.
    Mismatch,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Disclosed => "DISCLOSED",
            Self::Redacted => "REDACTED",
            Self::Withheld => "WITHHELD",
            Self::Missing => "MISSING",
            Self::Mismatch => "MISMATCH",
        })
    }
}

/// The disclosure of one leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    entry: Vec<u8>,
    opened: Vec<Opened>,
}

/// A value with its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opened {
    tag: Tag,
    salt: [u8; 16],
    value: String,
}

/// One sealed field of a disclosure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisclosedField {
    /// Its tag.
    pub tag: Tag,
    /// Its name in an event; `tag 99` for a tag that this version does not know.
    pub name: Cow<'static, str>,
    /// What became of it.
    pub verdict: Verdict,
    /// The value, also one that does not match.
    pub value: Option<String>,
}

impl Leaf {
    /// The disclosure of all values that are still there.
    pub fn disclosure(&self) -> Disclosure {
        let open = |(tag, field): (Tag, crate::Field<'_>)| {
            let value = String::from_utf8(field.value()?.to_vec()).ok()?;
            Some(Opened { tag, salt: self.salt(tag)?, value })
        };
        Disclosure { entry: self.entry(), opened: self.fields().filter_map(open).collect() }
    }
}

impl Disclosure {
    /// Reads foreign bytes. Their form is checked here, the values in [`Disclosure::fields`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut rest = Reader { part: "disclosure", rest: bytes };
        let entry_len = rest.u32()? as usize;
        let entry_bytes = rest.take(entry_len)?;
        let entry = Entry::parse(entry_bytes)?;
        let count = rest.array::<1>()?[0];
        let mut opened: Vec<Opened> = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            let tag = Tag(u16::from_be_bytes(rest.array()?));
            if opened.last().is_some_and(|last| last.tag >= tag) {
                return Err(RecordError::FieldOrder { tag: tag.0 });
            }
            if entry.commitment(tag).is_none() {
                return Err(RecordError::UnknownField { tag: tag.0 });
            }
            let salt = rest.array()?;
            let value_len = rest.u32()? as usize;
            let value = String::from_utf8(rest.take(value_len)?.to_vec());
            let value = value.map_err(|_| RecordError::ValueNotText { tag: tag.0 })?;
            opened.push(Opened { tag, salt, value });
        }
        rest.end()?;
        Ok(Self { entry: entry_bytes.to_vec(), opened })
    }

    /// The portable form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&(self.entry.len() as u32).to_be_bytes());
        out.extend_from_slice(&self.entry);
        out.push(self.opened.len() as u8);
        for Opened { tag, salt, value } in &self.opened {
            out.extend_from_slice(&tag.0.to_be_bytes());
            out.extend_from_slice(salt);
            out.extend_from_slice(&(value.len() as u32).to_be_bytes());
            out.extend_from_slice(value.as_bytes());
        }
        out
    }

    /// Drops the values of `tags`; they are then WITHHELD.
    pub fn withhold(&mut self, tags: &[Tag]) {
        self.opened.retain(|opened| !tags.contains(&opened.tag));
    }

    /// The entry whose hash stands in the tree.
    pub fn entry(&self) -> &[u8] {
        &self.entry
    }

    /// The hash in the tree.
    pub fn leaf_hash(&self) -> [u8; 32] {
        leaf_hash(&self.entry)
    }

    /// The canonical core as JSON text.
    pub fn core(&self) -> &str {
        self.parsed().core
    }

    /// Every sealed field of the leaf with its verdict. REDACTED and MISSING need the ledger's
    /// redact control entries, so here a field without a value is WITHHELD.
    pub fn fields(&self) -> Vec<DisclosedField> {
        let entry = self.parsed();
        let field = |(tag, expected): &(Tag, [u8; 32])| {
            let opened = self.opened.iter().find(|opened| opened.tag == *tag);
            let verdict = match opened {
                None => Verdict::Withheld,
                Some(Opened { salt, value, .. })
                    if commitment(salt, *tag, value.as_bytes()) == *expected =>
                {
                    Verdict::Disclosed
                }
                Some(_) => Verdict::Mismatch,
            };
            let name = tag.name().map_or_else(|| format!("tag {}", tag.0).into(), Cow::Borrowed);
            let value = opened.map(|opened| opened.value.clone());
            DisclosedField { tag: *tag, name, verdict, value }
        };
        entry.slots.iter().map(field).collect()
    }

    fn parsed(&self) -> Entry<'_> {
        Entry::parse(&self.entry).expect("parsed or written by this module before")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaf::Field;
    use proptest::prelude::*;

    fn leaf(fields: &[(u16, &str)]) -> Leaf {
        let parts = fields.iter().map(|(tag, value)| (Tag(*tag), Field::Whole(value.as_bytes())));
        Leaf::from_parts(br#"{"id":"e-1","v":1}"#, Some([7; 16]), parts).unwrap()
    }

    fn check(disclosure: &Disclosure, expected: &[(&str, Verdict, Option<&str>)]) {
        let fields = disclosure.fields();
        let found: Vec<_> =
            fields.iter().map(|f| (&*f.name, f.verdict, f.value.as_deref())).collect();
        assert_eq!(found, expected);
    }

    // Protects: each verdict that needs no ledger.
    #[test]
    fn verdicts() {
        let mut leaf = leaf(&[(6, "quota"), (8, "zhang3"), (9, ""), (99, "new")]);
        leaf.erase(&[Tag(9)]);
        let mut disclosure = leaf.disclosure();
        assert_eq!(disclosure.leaf_hash(), leaf.hash());
        assert_eq!(disclosure.core(), r#"{"id":"e-1","v":1}"#);
        disclosure.withhold(&[Tag(6)]);
        disclosure.opened[1].value.push('!');
        check(
            &disclosure,
            &[
                ("reason", Verdict::Withheld, None),
                ("operator", Verdict::Disclosed, Some("zhang3")),
                ("object.id", Verdict::Withheld, None),
                ("tag 99", Verdict::Mismatch, Some("new!")),
            ],
        );
        assert_eq!(format!("{:>9}|", Verdict::Mismatch), " MISMATCH|");
    }

    // Protects: foreign bytes that are no disclosure, each with its reason.
    #[test]
    fn refused() {
        let good = leaf(&[(8, "zhang3"), (9, "c-42")]).disclosure().to_bytes();
        let check = |change: fn(&mut Vec<u8>), part: &str| {
            let mut bytes = good.clone();
            change(&mut bytes);
            let message = Disclosure::parse(&bytes).map_err(|fault| fault.to_string());
            assert!(message.as_ref().is_err_and(|text| text.contains(part)), "{message:?}");
        };
        check(|bytes| bytes.truncate(3), "ends too early");
        check(|bytes| bytes.push(0), "1 bytes follow");
        check(|bytes| bytes[4] = b'a', "ANL1");
        check(|bytes| bytes[12] = b'[', "not canonical");
        check(|bytes| bytes[3] = 0xff, "ends too early");
        check(|bytes| bytes[8..12].fill(0xff), "at most 16384");
        check(|bytes| bytes[30] = 0, "0 sealed fields");
        check(|bytes| bytes[30] = 65, "65 sealed fields");
        check(|bytes| bytes[32] = 10, "out of order");
        // The count of opened values, then the first tag.
        check(|bytes| bytes[99] = 1, "follow the end");
        check(|bytes| bytes[101] = 7, "which the entry does not have");
        check(|bytes| bytes[121] = 0xff, "ends too early");
        check(|bytes| bytes[122] = 0xff, "field 8 is not UTF-8");
    }

    proptest! {
        // Protects: print and parse are inverse, and dropping values keeps the hash.
        #[test]
        fn round_trip(
            fields in prop::collection::btree_map(0..40u16, ".{0,40}", 1..20),
            withheld in prop::collection::vec(0..40u16, 0..5),
        ) {
            let fields: Vec<_> = fields.iter().map(|(tag, text)| (*tag, text.as_str())).collect();
            let leaf = leaf(&fields);
            let mut disclosure = leaf.disclosure();
            let tags: Vec<_> = withheld.iter().map(|tag| Tag(*tag)).collect();
            disclosure.withhold(&tags);
            let again = Disclosure::parse(&disclosure.to_bytes());
            prop_assert_eq!(again.as_ref(), Ok(&disclosure));
            prop_assert_eq!(disclosure.leaf_hash(), leaf.hash());
            for field in disclosure.fields() {
                let withheld = tags.contains(&field.tag);
                let expected = if withheld { Verdict::Withheld } else { Verdict::Disclosed };
                prop_assert_eq!(field.verdict, expected);
            }
        }

        // Protects: no bytes make the reader panic; what it takes, it prints again.
        #[test]
        fn never_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..200), whole in any::<bool>(), at in 0..150usize) {
            if whole {
                let mut good = leaf(&[(8, "zhang3"), (9, "c-42")]).disclosure().to_bytes();
                if let (Some(to), Some(from)) = (good.get_mut(at), bytes.first()) {
                    *to = *from;
                }
                bytes = good;
            }
            if let Ok(disclosure) = Disclosure::parse(&bytes) {
                prop_assert_eq!(disclosure.to_bytes(), bytes);
                let _ = disclosure.fields();
            }
        }
    }
}
