// The verifier key as this browser saw it first.
//
// A key that comes with the page proves little by itself; a key that is the same as last time, and
// the time before, does. So the first key of a log is kept, and another one is reported until the
// reader accepts it.

import { recall, remember } from "../kept";

const PIN_KEY = "annals.verifier-keys";

export interface Pinned {
  vkey: string;
  /** When it was seen first, RFC 3339. */
  seen: string;
}

export type PinVerdict = "known" | "first" | "changed";

type Pins = Record<string, Pinned[]>;

/** Where keys are kept. */
export type PinStorage = Pick<Storage, "getItem" | "setItem">;

const BROWSER: PinStorage = { getItem: recall, setItem: remember };

function read(storage: PinStorage): Pins {
  try {
    const kept: unknown = JSON.parse(storage.getItem(PIN_KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Pins) : {};
  } catch {
    return {};
  }
}

/** The keys that were kept for a log. */
export function pinned(origin: string, storage: PinStorage = BROWSER): Pinned[] {
  return read(storage)[origin] ?? [];
}

/** Keeps a key of a log beside those kept before. */
export function pin(origin: string, vkey: string, storage: PinStorage = BROWSER): void {
  const pins = read(storage);
  const kept = (pins[origin] ?? []).filter((one) => one.vkey !== vkey);
  pins[origin] = [...kept, { vkey, seen: new Date().toISOString() }];
  storage.setItem(PIN_KEY, JSON.stringify(pins));
}

/** Compares a key with those kept; the first of a log is kept at once. */
export function judge(origin: string, vkey: string, storage: PinStorage = BROWSER): PinVerdict {
  const kept = pinned(origin, storage);
  if (kept.some((one) => one.vkey === vkey)) return "known";
  if (kept.length > 0) return "changed";
  pin(origin, vkey, storage);
  return "first";
}
