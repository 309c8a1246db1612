// The inclusion proof of RFC 9162, section 2.1.3.2: from a leaf's hash to the tree's root.

import { type Bytes, sha256 } from "./bytes";

const HASHES_MAX = 63;

async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(new Uint8Array([1]), left, right);
}

/** The root that a leaf at `index` in a tree of `size` leads to; null where the proof does not fit. */
export async function rootFrom(
  leaf: Bytes,
  index: bigint,
  size: bigint,
  proof: Bytes[],
): Promise<Bytes | null> {
  if (index >= size || proof.length > HASHES_MAX) return null;
  let fn = index;
  let sn = size - 1n;
  let root = leaf;
  for (const hash of proof) {
    if (sn === 0n) return null;
    if (fn % 2n === 1n || fn === sn) {
      root = await nodeHash(hash, root);
      while (fn % 2n === 0n && fn !== 0n) {
        fn /= 2n;
        sn /= 2n;
      }
    } else root = await nodeHash(root, hash);
    fn /= 2n;
    sn /= 2n;
  }
  return sn === 0n ? root : null;
}
