// What the log shows to everyone: its newest checkpoint and its verifier keys.

import { queryOptions } from "@tanstack/react-query";
import { toBase64 } from "../proof/bytes";
import { readCheckpoint, readNote } from "../proof/note";
import { send } from "./client";
import { problemOf } from "./error";

const CHECKPOINT_MS = 5_000;

/** The newest checkpoint, read for people; whether it is signed is checked elsewhere. */
export interface LogHead {
  origin: string;
  size: number;
  /** The root hash in base64. */
  root: string;
  /** Who put a signature under it: the log, then witnesses. */
  signers: string[];
  /** The signed note itself. */
  note: string;
}

function readHead(text: string): LogHead {
  const note = readNote(text);
  const { origin, size, root } = readCheckpoint(note.text);
  const signers = [...new Set(note.signatures.map((signature) => signature.name))];
  return { origin, size: Number(size), root: toBase64(root), signers, note: text };
}

async function text(path: string): Promise<string> {
  const response = await send(path);
  if (!response.ok) {
    const body = await response.json().catch(() => undefined);
    throw problemOf(response.status, body, response.headers.get("x-request-id"));
  }
  return response.text();
}

export const headQuery = queryOptions({
  queryKey: ["log", "head"],
  queryFn: async () => readHead(await text("/log/checkpoint")),
  refetchInterval: CHECKPOINT_MS,
});

/** The current key first, then former ones. */
export const verifierKeysQuery = queryOptions({
  queryKey: ["log", "keys"],
  queryFn: async () => (await text("/log/vkey")).split("\n").filter((line) => line !== ""),
});
