// The `.tlog-proof` file: one proof, or two of an operation in two phases after each other.

import { type Bytes, fromBase64 } from "./bytes";
import { decimal, type Note, readNote } from "./note";

const HEADER = "c2sp.org/tlog-proof@v1";

export interface ProofFile {
  extra: Bytes;
  index: bigint;
  hashes: Bytes[];
  note: Note;
}

function readOne(text: string): ProofFile {
  const gap = text.indexOf("\n\n");
  if (gap < 0) throw new Error("the proof has no checkpoint");
  const lines = text.slice(0, gap).split("\n");
  const [header, extraLine, indexLine, ...rest] = lines;
  if (header !== HEADER) throw new Error("this is not a tlog-proof");
  const extra = extraLine?.startsWith("extra ") ? fromBase64(extraLine.slice(6)) : null;
  if (!extra) throw new Error("the proof carries no entry");
  if (!indexLine?.startsWith("index ")) throw new Error("the proof names no index");
  const hashes = rest.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== 32) throw new Error("a hash of the proof is malformed");
    return hash;
  });
  return {
    extra,
    index: decimal(indexLine.slice(6)),
    hashes,
    note: readNote(text.slice(gap + 2)),
  };
}

/** The proofs of a file, the intent's before the outcome's. */
export function readProofFile(text: string): ProofFile[] {
  const parts = text.split(new RegExp(`^(?=${HEADER.replaceAll(".", "\\.")}$)`, "m"));
  const proofs = parts.filter((part) => part !== "").map(readOne);
  if (proofs.length === 0 || proofs.length > 2) throw new Error("the file holds no proof");
  return proofs;
}
