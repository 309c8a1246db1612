// The ledger's newest checkpoint, its signature checked in this browser, and the last full check.

import { useQuery } from "@tanstack/react-query";
import { type AuditEvent, eventsPage, text } from "../../api/events";
import { toHex } from "../../proof/bytes";
import { checkSignature, readCheckpoint, readNote, readVerifierKey } from "../../proof/note";
import { judge, type PinStorage, type PinVerdict } from "../../proof/pin";
import { canVerify } from "../../proof/verify";

export interface LedgerState {
  origin: string;
  size: number;
  root: string;
  /** What this browser found of the signature. */
  signature: "signed" | "bad" | "unchecked";
  /** Whether the key is the one this browser knows; null where nothing was checked. */
  key: PinVerdict | null;
}

/** Reads a checkpoint and checks it by the log's keys. */
export async function judgeCheckpoint(
  whole: string,
  vkeys: string,
  storage?: PinStorage,
): Promise<LedgerState> {
  const note = readNote(whole);
  const { origin, size, root } = readCheckpoint(note.text);
  const state = { origin, size: Number(size), root: toHex(root) };
  if (!canVerify()) return { ...state, signature: "unchecked", key: null };
  for (const line of vkeys.split("\n").filter((one) => one !== "")) {
    const key = await readVerifierKey(line);
    const verdict = await checkSignature(note, key);
    if (verdict === "unsupported") return { ...state, signature: "unchecked", key: null };
    if (verdict === "signed") {
      return { ...state, signature: "signed", key: judge(origin, key.vkey, storage) };
    }
  }
  return { ...state, signature: "bad", key: null };
}

export function useLedger(every: number) {
  return useQuery({
    queryKey: ["ledger"],
    refetchInterval: every,
    queryFn: async () => {
      const [checkpoint, vkeys] = await Promise.all([text("/log/checkpoint"), text("/log/vkey")]);
      return judgeCheckpoint(checkpoint, vkeys);
    },
  });
}

export interface FullCheck {
  time: string;
  verdict: string;
  size: number | null;
  index: number | null;
}

/** The last check of the whole ledger, as the ledger itself records it. */
export function useLastCheck(every: number) {
  return useQuery({
    queryKey: ["last-check"],
    refetchInterval: every,
    queryFn: async ({ signal }): Promise<FullCheck | null> => {
      const page = await eventsPage({ q: "operation:verify.run" }, "-time", 1, null, signal);
      const event = page.events[0] as AuditEvent | undefined;
      if (!event) return null;
      const data = (event.request_data ?? {}) as Record<string, unknown>;
      return {
        time: event.time,
        verdict: typeof data.verdict === "string" ? data.verdict : "",
        size: typeof data.size === "number" ? data.size : null,
        index: event.index ?? null,
      };
    },
  });
}
