// Fetches an event's proof and the log's keys, and has them checked in this browser.
//
// It waits a moment first: who walks through events with j and k does not check each on the way.

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { type AuditEvent, proofOf, text } from "../../api/events";
import { judge, type Pinned, type PinVerdict, pin, pinned } from "../../proof/pin";
import { type Verification, verify } from "../../proof/verify";

const RESTING_MS = 300;

export interface KeyState {
  vkey: string;
  verdict: PinVerdict;
  known: Pinned[];
}

export interface EventVerification {
  /** Null while it is under way. */
  result: Verification | null;
  proof: string | null;
  vkeys: string[];
  error: unknown;
  key: KeyState | null;
  /** Keeps the key as known from now on. */
  accept: () => void;
}

export function useVerification(index: number, event: AuditEvent): EventVerification {
  const [rested, setRested] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(index), RESTING_MS);
    return () => clearTimeout(timer);
  }, [index]);
  const isOn = rested === index;
  const proof = useQuery({
    queryKey: ["proof", index],
    queryFn: () => proofOf(index),
    enabled: isOn,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const vkeys = useQuery({
    queryKey: ["vkeys"],
    queryFn: () => text("/log/vkey"),
    enabled: isOn,
    staleTime: 300_000,
  });
  const checked = useQuery({
    queryKey: ["verification", index, proof.data, vkeys.data, event],
    queryFn: () =>
      verify({
        proof: proof.data ?? "",
        vkeys: vkeys.data ?? "",
        shown: event as unknown as Record<string, unknown>,
      }),
    enabled: isOn && proof.data !== undefined && vkeys.data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { key, accept } = useKey(isOn ? (checked.data ?? null) : null);
  return {
    result: isOn ? (checked.data ?? null) : null,
    proof: proof.data ?? null,
    vkeys: (vkeys.data ?? "").split("\n").filter((line) => line.trim() !== ""),
    error: isOn ? (proof.error ?? vkeys.error) : null,
    key,
    accept,
  };
}

function useKey(result: Verification | null): { key: KeyState | null; accept: () => void } {
  const [key, setKey] = useState<KeyState | null>(null);
  const origin = result?.checkpoint?.origin ?? null;
  const vkey = result?.signedBy ?? null;
  useEffect(() => {
    if (origin === null || vkey === null) return setKey(null);
    const verdict = judge(origin, vkey);
    setKey({ vkey, verdict, known: pinned(origin) });
  }, [origin, vkey]);
  const accept = useCallback(() => {
    if (origin === null || vkey === null) return;
    pin(origin, vkey);
    setKey({ vkey, verdict: "known", known: pinned(origin) });
  }, [origin, vkey]);
  return { key, accept };
}
