//! SHA-256 of one short message at once.
//!
//! Sealing hashes two messages of a block or two for each field. The streaming interface of
//! `sha2` costs as much as the hashing there, so the padding (FIPS 180-4, section 5.1.1) is done
//! here, over the library's own compression function; no bytes are copied but the last block.

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
    let mut out = [0; 32];
    for (bytes, word) in out.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    out
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
}
