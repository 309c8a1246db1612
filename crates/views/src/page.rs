//! `PageToken`: the opaque, versioned cursor between two pages of one walk.
//!
//! It holds the whole walk (ledger head, order, bounds, what "now" means) and the last event
//! shown, and digests of the call and of filter and scope, so that a caller cannot change the
//! question unnoticed. Bytes: version, order, `as_of`, position (at, index), presence bits and
//! values of `from`, `to`, `after_index`, `now`, digest, call, then a CRC-32C against damage, all
//! big-endian, as unpadded base64url. It proves nothing: a forged token can only ask what its
//! sender may ask anyway.

use annals_record::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::QueryError;

const VERSION: u8 = 3;
/// Version, order, `as_of`, at, index, presence, three optional bounds, `now`, digest, call.
const BODY_BYTES: usize = 1 + 1 + 8 + 8 + 8 + 1 + 3 * 8 + 8 + 4 + 4;
const CRC_BYTES: usize = 4;

/// In which order events are walked. Events of the same time stand in the order of position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By (time, index), newest first.
    NewestFirst,
    /// By (time, index), oldest first.
    OldestFirst,
    /// By position, from the start.
    Index,
    /// By position, from the end.
    IndexBackwards,
}

impl Order {
    /// Every order with the name callers use.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("-time", Self::NewestFirst),
        ("time", Self::OldestFirst),
        ("index", Self::Index),
        ("-index", Self::IndexBackwards),
    ];

    /// The order called `name`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find_map(|(known, order)| (known == name).then_some(order))
    }

    /// True if the walk goes from great to small.
    #[must_use]
    pub fn is_backwards(self) -> bool {
        matches!(self, Self::NewestFirst | Self::IndexBackwards)
    }

    /// True if time comes before position.
    #[must_use]
    pub fn is_by_time(self) -> bool {
        matches!(self, Self::NewestFirst | Self::OldestFirst)
    }

    fn code(self) -> u8 {
        match self {
            Self::NewestFirst => 0,
            Self::OldestFirst => 1,
            Self::Index => 2,
            Self::IndexBackwards => 3,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::NAMES.into_iter().find_map(|(_, order)| (order.code() == code).then_some(order))
    }
}

/// Where an event stands: its time in ns since 1970, then its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// `time`, or `received_time` where the clock was skewed; ns since 1970.
    pub at: i64,
    /// Position in the ledger.
    pub index: u64,
}

/// One walk: which events, in which order, as of which ledger head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The order.
    pub order: Order,
    /// Only events below this position: the ledger's size when the walk began.
    pub as_of: u64,
    /// Only events at or after this time, ns since 1970.
    pub from: Option<i64>,
    /// Only events before this time, ns since 1970.
    pub to: Option<i64>,
    /// Only events after this position.
    pub after_index: Option<u64>,
}

/// A walk and how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken {
    /// The walk.
    pub walk: Walk,
    /// What `now` means in the filter, on all pages alike.
    pub now: Timestamp,
    /// [`crate::Question::digest`] of the walk's question.
    pub digest: u32,
    /// [`crate::Question::call`] of the walk's question.
    pub call: u32,
    /// The last event shown.
    pub last: Position,
}

impl PageToken {
    /// The same walk, to be gone on with behind another event.
    #[must_use]
    pub fn after(&self, last: Position) -> Self {
        Self { last, ..*self }
    }

    /// The token as text: base64url, safe in URLs.
    #[must_use]
    pub fn encode(&self) -> String {
        let Walk { order, as_of, from, to, after_index } = self.walk;
        let bounds = [from.map(i64::to_be_bytes), to.map(i64::to_be_bytes)];
        let bounds = [bounds[0], bounds[1], after_index.map(u64::to_be_bytes)];
        let presence = (0..3).fold(0, |bits, bit| bits | (u8::from(bounds[bit].is_some()) << bit));
        let mut bytes = Vec::with_capacity(BODY_BYTES + CRC_BYTES);
        bytes.extend([VERSION, order.code()]);
        bytes.extend(as_of.to_be_bytes());
        bytes.extend(self.last.at.to_be_bytes());
        bytes.extend(self.last.index.to_be_bytes());
        bytes.push(presence);
        bounds.iter().for_each(|bound| bytes.extend(bound.unwrap_or_default()));
        bytes.extend(self.now.nanos().to_be_bytes());
        bytes.extend(self.digest.to_be_bytes());
        bytes.extend(self.call.to_be_bytes());
        bytes.extend(crc32c::crc32c(&bytes).to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token's text.
    ///
    /// # Errors
    /// `BadCursor` for anything `encode` did not write.
    pub fn decode(text: &str) -> Result<Self, QueryError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| QueryError::BadCursor)?;
        Self::from_bytes(&bytes).ok_or(QueryError::BadCursor)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (body, crc) = bytes.split_last_chunk::<CRC_BYTES>()?;
        if body.len() != BODY_BYTES || crc32c::crc32c(body).to_be_bytes() != *crc {
            return None;
        }
        let (&[version, order], rest) = body.split_first_chunk()?;
        let (as_of, rest) = rest.split_first_chunk()?;
        let (at, rest) = rest.split_first_chunk()?;
        let (index, rest) = rest.split_first_chunk()?;
        let (&presence, rest) = rest.split_first()?;
        let (from, rest) = rest.split_first_chunk()?;
        let (to, rest) = rest.split_first_chunk()?;
        let (after_index, rest) = rest.split_first_chunk()?;
        let (now, rest) = rest.split_first_chunk()?;
        let (digest, rest) = rest.split_first_chunk()?;
        let (call, _) = rest.split_first_chunk()?;
        if version != VERSION || presence > 0b111 {
            return None;
        }
        let present = |bit: u8| presence & (1 << bit) != 0;
        Some(Self {
            walk: Walk {
                order: Order::from_code(order)?,
                as_of: u64::from_be_bytes(*as_of),
                from: present(0).then(|| i64::from_be_bytes(*from)),
                to: present(1).then(|| i64::from_be_bytes(*to)),
                after_index: present(2).then(|| u64::from_be_bytes(*after_index)),
            },
            now: Timestamp::from_nanos(i64::from_be_bytes(*now)),
            digest: u32::from_be_bytes(*digest),
            call: u32::from_be_bytes(*call),
            last: Position { at: i64::from_be_bytes(*at), index: u64::from_be_bytes(*index) },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens() -> impl Strategy<Value = PageToken> {
        let bounds = any::<(Option<i64>, Option<i64>, Option<u64>)>();
        (0..4_u8, any::<(u64, i64, u64)>(), bounds, any::<(i64, u32, u32)>()).prop_map(
            |(code, (as_of, at, index), (from, to, after_index), (now, digest, call))| {
                let order = Order::from_code(code).expect("four orders");
                let walk = Walk { order, as_of, from, to, after_index };
                let now = Timestamp::from_nanos(now);
                PageToken { walk, now, digest, call, last: Position { at, index } }
            },
        )
    }

    proptest! {
        // A walk continues exactly where it was, whatever its bounds.
        #[test]
        fn decode_undoes_encode(token in tokens()) {
            let text = token.encode();
            prop_assert_eq!(PageToken::decode(&text).ok(), Some(token));
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }

        // A damaged cursor is refused, never read as another place in the walk.
        #[test]
        fn damage_is_refused(token in tokens(), place in any::<prop::sample::Index>(), bit in 0..8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(token.encode()).expect("our own text");
            let place = place.index(bytes.len());
            bytes[place] ^= 1_u8 << bit;
            prop_assert!(PageToken::decode(&URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }

        #[test]
        fn foreign_text_never_panics(text in ".*") {
            let _ = PageToken::decode(&text);
        }
    }
}
