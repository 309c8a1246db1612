//! SHA-256 of short messages: of one at once, or of several side by side.
//!
//! Sealing hashes two messages of a block or two for each field. The streaming interface of
//! `sha2` costs as much as the hashing there, so the padding (FIPS 180-4, section 5.1.1) is done
//! here, over the library's own compression function. Which messages, is not known here.

use sha2::block_api::compress256;

/// FIPS 180-4, section 5.3.3.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

const BLOCK_BYTES: usize = 64;
/// Bytes of the message length at the end of the last block.
const LENGTH_BYTES: usize = 8;

/// SHA-256 of `head` followed by `body`; `head` is shorter than a block.
pub(crate) fn sha256<const HEAD: usize>(head: &[u8; HEAD], body: &[u8]) -> [u8; 32] {
    const { assert!(HEAD < BLOCK_BYTES) };
    let mut state = INITIAL;
    let mut block = [0; BLOCK_BYTES];
    block[..HEAD].copy_from_slice(head);
    let mut filled = HEAD;
    let mut tail = body;
    if let Some((first, rest)) = body.split_at_checked(BLOCK_BYTES - HEAD) {
        block[HEAD..].copy_from_slice(first);
        compress256(&mut state, &[block]);
        let (blocks, last) = rest.as_chunks();
        compress256(&mut state, blocks);
        (filled, tail) = (0, last);
        block = [0; BLOCK_BYTES];
    }
    block[filled..filled + tail.len()].copy_from_slice(tail);
    filled += tail.len();
    block[filled] = 0x80;
    if filled >= BLOCK_BYTES - LENGTH_BYTES {
        compress256(&mut state, &[block]);
        block = [0; BLOCK_BYTES];
    }
    let bits = (HEAD + body.len()) as u64 * 8;
    block[BLOCK_BYTES - LENGTH_BYTES..].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, &[block]);
    to_bytes(state)
}

fn to_bytes(state: [u32; 8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (bytes, word) in out.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    out
}

/// Messages that are hashed side by side.
///
/// A block waits for the one before it in the same message, and blocks of different messages
/// overlap in the processor if they follow each other closely. So the blocks of the longest
/// message are dealt out among those of the others: a third less time than one by one.
#[derive(Default)]
pub(crate) struct Messages {
    /// The blocks of all messages, one message behind the other.
    blocks: Vec<[u8; BLOCK_BYTES]>,
    lanes: Vec<Lane>,
}

struct Lane {
    state: [u32; 8],
    /// What is left to hash: up to here in `blocks`, from the end of the lane before.
    end: usize,
}

/// Bodies longer than this are hashed up to their end at once, without a copy: such a message
/// has nobody to overlap with, and the buffer stays small.
const SIDE_BY_SIDE_BYTES_MAX: usize = 2048;

impl Messages {
    /// Forgets all messages, but not the room they took.
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.lanes.clear();
    }

    /// Adds the message `head` followed by `body`; `head` is shorter than a block.
    pub(crate) fn push<const HEAD: usize>(&mut self, head: &[u8; HEAD], body: &[u8]) {
        const { assert!(HEAD < BLOCK_BYTES) };
        let bits = (HEAD + body.len()) as u64 * 8;
        let mut state = INITIAL;
        let (mut head, mut body) = (&head[..], body);
        if body.len() > SIDE_BY_SIDE_BYTES_MAX {
            let (first, rest) = body.split_at(BLOCK_BYTES - HEAD);
            let mut block = [0; BLOCK_BYTES];
            block[..HEAD].copy_from_slice(head);
            block[HEAD..].copy_from_slice(first);
            compress256(&mut state, &[block]);
            let (blocks, tail) = rest.as_chunks();
            compress256(&mut state, blocks);
            (head, body) = (&[], tail);
        }
        let start = self.blocks.len();
        let len = head.len() + body.len();
        let end = start + (len + 1 + LENGTH_BYTES).div_ceil(BLOCK_BYTES);
        self.blocks.resize(end, [0; BLOCK_BYTES]);
        let bytes = self.blocks[start..].as_flattened_mut();
        bytes[..head.len()].copy_from_slice(head);
        bytes[head.len()..len].copy_from_slice(body);
        bytes[len] = 0x80;
        let length = bytes.len() - LENGTH_BYTES;
        bytes[length..].copy_from_slice(&bits.to_be_bytes());
        self.lanes.push(Lane { state, end });
    }

    /// The digests, in the order of the messages.
    pub(crate) fn digests(&mut self) -> impl Iterator<Item = [u8; 32]> {
        self.compress();
        self.lanes.iter().map(|lane| to_bytes(lane.state))
    }

    fn compress(&mut self) {
        let start = |lanes: &[Lane], place: usize| match place {
            0 => 0,
            _ => lanes[place - 1].end,
        };
        let places = 0..self.lanes.len();
        let blocks_of = |place: &usize| self.lanes[*place].end - start(&self.lanes, *place);
        let Some(longest) = places.clone().max_by_key(blocks_of) else { return };
        let mut dealt = self.blocks[start(&self.lanes, longest)..self.lanes[longest].end].iter();
        let mut state = self.lanes[longest].state;
        for place in places.filter(|place| *place != longest) {
            let blocks = start(&self.lanes, place)..self.lanes[place].end;
            let lane = &mut self.lanes[place].state;
            for block in &self.blocks[blocks] {
                compress256(lane, std::slice::from_ref(block));
                if let Some(block) = dealt.next() {
                    compress256(&mut state, std::slice::from_ref(block));
                }
            }
        }
        compress256(&mut state, dealt.as_slice());
        self.lanes[longest].state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    // Protects: the padding, at every length around the ends of blocks.
    #[test]
    fn same_as_the_streaming_interface() {
        let body: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for len in (0..300).chain([999, 1000]) {
            let body = &body[..len];
            assert_eq!(sha256(b"", body), <[u8; 32]>::from(Sha256::digest(body)), "{len}");
            let head = [7; 38];
            let expected = Sha256::new().chain_update(head).chain_update(body).finalize();
            assert_eq!(sha256(&head, body), <[u8; 32]>::from(expected), "{len}");
        }
    }

    // Protects: which block belongs to which message, at every length and in every company.
    #[test]
    fn side_by_side_as_one_by_one() {
        let body: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let mut messages = Messages::default();
        assert_eq!(messages.digests().count(), 0);
        for len in (0..300).chain([2047, 2048, 2049, 4999]) {
            messages.clear();
            let others = [0, 3, 17, 18, 90, 26 + len % 130, 500];
            let bodies = others.iter().chain([&len, &1]).map(|len| &body[..*len]);
            bodies.clone().for_each(|body| messages.push(&[7; 38], body));
            let expected: Vec<_> = bodies.map(|body| sha256(&[7; 38], body)).collect();
            assert_eq!(messages.digests().collect::<Vec<_>>(), expected, "{len}");
        }
    }
}
