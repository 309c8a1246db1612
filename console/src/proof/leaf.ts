// The leaf and what is disclosed with it: docs/formats/leaf.md.
//
// A disclosed value counts only if it gives the commitment in the entry. What the entry's core says
// is in the tree as it stands.

import { type Bytes, concat, equal, fromUtf8, Reader, sha256, u16, u32, utf8 } from "./bytes";

const MAGIC = "ANL1";
const CORE_BYTES_MAX = 16_384;
const SEALED_MAX = 64;

/** Names of sealed fields by their tags. */
export const TAGS: Record<number, string> = {
  1: "source_ip",
  2: "object.name",
  3: "request_data",
  4: "changes",
  5: "user_agent",
  6: "reason",
  7: "username",
  8: "operator",
  9: "object.id",
  10: "objects",
  11: "related",
  12: "request_id",
  13: "session_id",
  14: "cause_id",
  15: "origin",
  16: "operator_id",
  17: "operator_name",
};

export interface Entry {
  bytes: Bytes;
  core: Record<string, unknown>;
  commitments: Map<number, Bytes>;
}

export interface Disclosed {
  tag: number;
  salt: Bytes;
  value: Bytes;
}

export type FieldVerdict = "disclosed" | "withheld" | "mismatch";

export interface SealedField {
  tag: number;
  name: string;
  verdict: FieldVerdict;
  /** The value as text; null unless it is disclosed. */
  value: string | null;
}

/** Takes an entry apart; throws on anything that is not exactly one. */
export function readEntry(bytes: Bytes): Entry {
  const reader = new Reader(bytes);
  if (fromUtf8(reader.take(4)) !== MAGIC) throw new Error("the entry does not begin with ANL1");
  const length = reader.u32();
  if (length > CORE_BYTES_MAX) throw new Error("the entry's core is too long");
  const core: unknown = JSON.parse(fromUtf8(reader.take(length)));
  if (typeof core !== "object" || core === null) throw new Error("the entry's core is no object");
  const count = reader.u8();
  if (count < 1 || count > SEALED_MAX) throw new Error("the entry has no sealed fields");
  const commitments = new Map<number, Bytes>();
  let before = -1;
  for (let at = 0; at < count; at += 1) {
    const tag = reader.u16();
    if (tag <= before) throw new Error("the entry's tags do not ascend");
    before = tag;
    commitments.set(tag, reader.take(32));
  }
  if (!reader.isAtEnd) throw new Error("bytes follow the entry");
  return { bytes, core: core as Record<string, unknown>, commitments };
}

/** Takes the `extra` bytes of a proof file apart. */
export function readDisclosure(bytes: Bytes): { entry: Entry; disclosed: Disclosed[] } {
  const reader = new Reader(bytes);
  const entry = readEntry(reader.take(reader.u32()));
  const disclosed: Disclosed[] = [];
  const count = reader.u8();
  let before = -1;
  for (let at = 0; at < count; at += 1) {
    const tag = reader.u16();
    if (tag <= before) throw new Error("the disclosed tags do not ascend");
    before = tag;
    if (!entry.commitments.has(tag)) throw new Error("a disclosed field is not in the entry");
    disclosed.push({ tag, salt: reader.take(16), value: reader.take(reader.u32()) });
  }
  if (!reader.isAtEnd) throw new Error("bytes follow the disclosure");
  return { entry, disclosed };
}

export async function commitmentOf(tag: number, salt: Bytes, value: Bytes): Promise<Bytes> {
  const zero = new Uint8Array([0]);
  return sha256(utf8("annals/field/v1"), zero, salt, u16(tag), u32(value.length), value);
}

/** The hash of an entry as a leaf of the tree. */
export async function leafHash(entry: Bytes): Promise<Bytes> {
  return sha256(new Uint8Array([0]), entry);
}

/** The verdict on every sealed field of an entry. */
export async function sealedFields(entry: Entry, disclosed: Disclosed[]): Promise<SealedField[]> {
  const found: SealedField[] = [];
  for (const [tag, commitment] of entry.commitments) {
    const name = TAGS[tag] ?? `tag ${tag}`;
    const one = disclosed.find((it) => it.tag === tag);
    if (!one) {
      found.push({ tag, name, verdict: "withheld", value: null });
      continue;
    }
    const isSame = equal(await commitmentOf(tag, one.salt, one.value), commitment);
    found.push({
      tag,
      name,
      verdict: isSame ? "disclosed" : "mismatch",
      value: isSame ? fromUtf8(one.value) : null,
    });
  }
  return found;
}

/** The disclosure's bytes again; the inverse of `readDisclosure`. */
export function writeDisclosure(entry: Bytes, disclosed: Disclosed[]): Bytes {
  return concat(
    u32(entry.length),
    entry,
    new Uint8Array([disclosed.length]),
    ...disclosed.flatMap((one) => [u16(one.tag), one.salt, u32(one.value.length), one.value]),
  );
}
