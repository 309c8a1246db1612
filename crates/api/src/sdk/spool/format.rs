//! The bytes of a spool's segment: `docs/formats/spool.md`.
//!
//! Pure. A block is what one write and one sync put there; each is chained to the one before, so
//! that what was changed, moved or left out is noticed. Only the last block of the last segment
//! may be torn: the next is not begun before the last is durable.

use sha2::{Digest, Sha256};

/// The first bytes of a segment.
pub const MAGIC: [u8; 8] = *b"annspl1\n";
/// Magic, number of the first item, chain before it.
pub const HEADER_BYTES: usize = 8 + 8 + CHAIN_BYTES;
/// Largest payload of one item; the server takes no longer line.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;
/// Bytes of a body at which a block takes no further item.
pub const BODY_BYTES_ENOUGH: usize = 1 << 20;
/// What an item costs beyond its payload, at most: its own head and a block of its own.
pub const ITEM_BYTES: usize = ITEM_HEAD_BYTES + BLOCK_HEAD_BYTES + CHAIN_BYTES;

const CHAIN_BYTES: usize = 32;
const CHECK_BYTES: usize = 4;
const BLOCK_HEAD_BYTES: usize = 4 + CHECK_BYTES;
const ITEM_HEAD_BYTES: usize = 1 + 4;

/// What the next block is chained to.
pub type Chain = [u8; CHAIN_BYTES];
/// Before the first block of a spool.
pub const FIRST_CHAIN: Chain = [0; CHAIN_BYTES];

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole event.
    Event = 1,
    /// An event that is about to happen.
    Intent = 2,
    /// How an earlier one ended: `{"id":…,"outcome":{…}}`.
    Outcome = 3,
}

/// One thing to be told to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// JSON text.
    pub payload: Vec<u8>,
}

/// The head of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Number of its first item.
    pub first: u64,
    /// The chain before its first block.
    pub chain: Chain,
}

impl Header {
    /// Its bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..16].copy_from_slice(&self.first.to_be_bytes());
        bytes[16..].copy_from_slice(&self.chain);
        bytes
    }

    /// What a segment begins with; none if it does not.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (first, rest) = rest.split_first_chunk()?;
        let chain = *rest.first_chunk()?;
        Some(Self { first: u64::from_be_bytes(*first), chain })
    }
}

/// Appends a block of `items`; the chain behind it.
pub fn write_block(chain: &Chain, items: &[Item], out: &mut Vec<u8>) -> Chain {
    let head = out.len();
    out.extend_from_slice(&[0; BLOCK_HEAD_BYTES]);
    for Item { kind, payload } in items {
        out.push(*kind as u8);
        out.extend_from_slice(&length(payload.len()));
        out.extend_from_slice(payload);
    }
    let body = head + BLOCK_HEAD_BYTES;
    let length = length(out.len() - body);
    out[head..head + 4].copy_from_slice(&length);
    out[head + 4..body].copy_from_slice(&check(chain, &length));
    let next = link(chain, &length, &out[body..]);
    out.extend_from_slice(&next);
    next
}

/// What stands behind the last good block.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// A block.
    Block {
        /// Its items.
        items: Vec<Item>,
        /// Its size with all that belongs to it.
        bytes: usize,
        /// The chain behind it.
        chain: Chain,
    },
    /// Nothing.
    End,
    /// The beginning of a block whose write did not come to its end: it was promised to nobody.
    Torn,
    /// Something that no crash leaves behind.
    Damaged,
}

/// Reads the next block from what is left of a segment.
#[must_use]
pub fn next_block(chain: &Chain, rest: &[u8]) -> Next {
    if rest.is_empty() {
        return Next::End;
    }
    let Some((head, behind)) = rest.split_first_chunk::<BLOCK_HEAD_BYTES>() else {
        return Next::Torn;
    };
    let (length, given) = head.split_at(4);
    if given != check(chain, length) {
        let is_empty = head.iter().all(|byte| *byte == 0);
        return if is_empty { Next::Torn } else { Next::Damaged };
    }
    let body_bytes = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
    let Some((body, tail)) = behind.split_at_checked(body_bytes) else { return Next::Torn };
    let Some((given, after)) = tail.split_first_chunk::<CHAIN_BYTES>() else { return Next::Torn };
    let expected = link(chain, length, body);
    if *given != expected {
        return if after.is_empty() { Next::Torn } else { Next::Damaged };
    }
    match items(body) {
        Some(items) => Next::Block {
            items,
            bytes: BLOCK_HEAD_BYTES + body_bytes + CHAIN_BYTES,
            chain: expected,
        },
        None => Next::Damaged,
    }
}

fn items(mut body: &[u8]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    while let Some((kind, rest)) = body.split_first() {
        let kind = match kind {
            1 => Kind::Event,
            2 => Kind::Intent,
            3 => Kind::Outcome,
            _ => return None,
        };
        let (length, rest) = rest.split_first_chunk()?;
        let (payload, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        items.push(Item { kind, payload: payload.to_vec() });
        body = rest;
    }
    Some(items)
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}

/// Guards the length: a flipped bit in it must not look like a torn write.
fn check(chain: &Chain, length: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = Sha256::new().chain_update(b"length").chain_update(chain).chain_update(length);
    let digest: [u8; 32] = digest.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn link(chain: &Chain, length: &[u8], body: &[u8]) -> Chain {
    let digest = Sha256::new().chain_update(chain).chain_update(length).chain_update(body);
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: Kind, text: &str) -> Item {
        Item { kind, payload: text.as_bytes().to_vec() }
    }

    fn two_blocks() -> (Vec<u8>, usize) {
        let mut bytes = Vec::new();
        let first = [item(Kind::Intent, r#"{"id":"a"}"#), item(Kind::Event, "{}")];
        let chain = write_block(&FIRST_CHAIN, &first, &mut bytes);
        let middle = bytes.len();
        write_block(&chain, &[item(Kind::Outcome, r#"{"id":"a","outcome":{}}"#)], &mut bytes);
        (bytes, middle)
    }

    /// Whole blocks in the beginning, and what comes behind them.
    fn read(mut bytes: &[u8]) -> (usize, Next) {
        let (mut chain, mut blocks) = (FIRST_CHAIN, 0);
        loop {
            match next_block(&chain, bytes) {
                Next::Block { bytes: size, chain: next, .. } => {
                    (bytes, chain, blocks) = (&bytes[size..], next, blocks + 1);
                }
                end => return (blocks, end),
            }
        }
    }

    // Protects: a write that came to an end anywhere, or left zeros where data should be, loses
    // that block alone and is told from damage.
    #[test]
    fn every_torn_write_loses_the_last_block_alone() {
        let (bytes, middle) = two_blocks();
        assert_eq!(read(&bytes), (2, Next::End));
        for cut in 0..bytes.len() {
            let whole = usize::from(cut >= middle);
            let end = if cut == 0 || cut == middle { Next::End } else { Next::Torn };
            assert_eq!(read(&bytes[..cut]), (whole, end), "cut at {cut}");
            if cut > middle {
                let mut zeroed = bytes.clone();
                zeroed[cut..].fill(0);
                if zeroed != bytes && cut >= middle + BLOCK_HEAD_BYTES {
                    assert_eq!(read(&zeroed), (1, Next::Torn), "zeros from {cut}");
                }
            }
        }
        let mut lost = bytes.clone();
        lost[middle..].fill(0);
        assert_eq!(read(&lost), (1, Next::Torn));
    }

    // Protects: a changed byte before the last block is damage, never taken for a torn write: what
    // was promised must not be cut off in silence.
    #[test]
    fn every_changed_byte_is_noticed() {
        let (bytes, middle) = two_blocks();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let (blocks, end) = read(&changed);
            if at < middle {
                assert_eq!((blocks, end), (0, Next::Damaged), "byte {at}");
            } else {
                assert!(blocks == 1 && end != Next::End, "byte {at}: {end:?}");
            }
        }
    }

    // Protects: the bytes on disk, which other languages read and write too.
    #[test]
    fn known_bytes() {
        let header = Header { first: 7, chain: FIRST_CHAIN };
        assert_eq!(Header::parse(&header.to_bytes()), Some(header));
        assert_eq!(Header::parse(&header.to_bytes()[1..]), None);
        let mut bytes = Vec::new();
        write_block(&FIRST_CHAIN, &[item(Kind::Event, "{}")], &mut bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, KNOWN);
    }

    /// Computed independently, with Python's hashlib.
    const KNOWN: &str = "000000074c6b4d3501000000027b7d244ca9a117d1badb208523da8bd90244a7\
        2afa24247fb6657343ebc44499eee1";
}
