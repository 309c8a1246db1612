// The quarantine page's state as its address writes it.

export const STATES = ["open", "replayed", "all"] as const;
export type QuarantineState = (typeof STATES)[number];

/** What an address asks to see; what still waits, unless it says otherwise. */
export function readState(value: unknown): QuarantineState {
  return STATES.find((state) => state === value) ?? "open";
}
