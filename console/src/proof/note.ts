// Signed notes, checkpoints and verifier keys of C2SP, as docs/formats/proofs.md says them.
//
// Signatures are checked by WebCrypto's Ed25519. A browser without it cannot tell, and says so.

import { type Bytes, equal, fromBase64, sha256, toHex, utf8 } from "./bytes";

const LINES_MAX = 100;
const ED25519 = 1;

export interface Signature {
  name: string;
  keyId: Bytes;
  bytes: Bytes;
}

export interface Note {
  /** What is signed, its last newline included. */
  text: string;
  signatures: Signature[];
}

export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Bytes;
}

export interface VerifierKey {
  vkey: string;
  name: string;
  id: Bytes;
  type: number;
  key: Bytes;
}

const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;

/** A decimal without sign and leading zeros; throws on anything else. */
export function decimal(text: string): bigint {
  if (!DECIMAL.test(text)) throw new Error("a number is not written as decimal");
  return BigInt(text);
}

export function readNote(whole: string): Note {
  const gap = whole.lastIndexOf("\n\n");
  if (gap < 0 || !whole.endsWith("\n")) throw new Error("the note has no signatures");
  const text = whole.slice(0, gap + 1);
  const lines = whole.slice(gap + 2, -1).split("\n");
  if (lines.length > LINES_MAX) throw new Error("the note has too many signatures");
  const signatures = lines.map((line) => {
    const match = /^— (\S+) (\S+)$/.exec(line);
    const bytes = match?.[2] ? fromBase64(match[2]) : null;
    if (!match?.[1] || !bytes || bytes.length < 5) throw new Error("a signature line is malformed");
    return {
      name: match[1],
      keyId: new Uint8Array(bytes.slice(0, 4)),
      bytes: new Uint8Array(bytes.slice(4)),
    };
  });
  return { text, signatures };
}

export function readCheckpoint(text: string): Checkpoint {
  const [origin, size, root] = text.split("\n");
  const bytes = root === undefined ? null : fromBase64(root);
  if (!origin || size === undefined || bytes?.length !== 32) {
    throw new Error("the checkpoint is malformed");
  }
  return { origin, size: decimal(size), root: bytes };
}

/** Reads a vkey line; throws if its id is not that of its name and key. */
export async function readVerifierKey(vkey: string): Promise<VerifierKey> {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey);
  const bytes = match?.[3] ? fromBase64(match[3]) : null;
  if (!match?.[1] || !bytes || bytes.length < 2) throw new Error("the verifier key is malformed");
  const id = (await sha256(utf8(`${match[1]}\n`), bytes)).slice(0, 4);
  if (toHex(id) !== match[2]) throw new Error("the verifier key's id is not that of its key");
  return {
    vkey,
    name: match[1],
    id: new Uint8Array(id),
    type: bytes[0] ?? 0,
    key: new Uint8Array(bytes.slice(1)),
  };
}

export type SignatureVerdict = "signed" | "not-signed" | "bad" | "unsupported";

/** Whether a log's key signed a note. */
export async function checkSignature(note: Note, key: VerifierKey): Promise<SignatureVerdict> {
  const found = note.signatures.filter((one) => one.name === key.name && equal(one.keyId, key.id));
  if (found.length === 0 || key.type !== ED25519) return "not-signed";
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", key.key, { name: "Ed25519" }, false, [
      "verify",
    ]);
  } catch {
    return "unsupported";
  }
  for (const one of found) {
    const isGood = await crypto.subtle.verify("Ed25519", imported, one.bytes, utf8(note.text));
    if (!isGood) return "bad";
  }
  return "signed";
}
