// The audit page's state as its address writes it.

export interface LogSearch {
  /** The filter. */
  q?: string;
  /** The range of time: `24h`, `today`, `2026-11-01..2026-11-07`. */
  range?: string;
  /** Position of the event in the drawer. */
  event?: string;
}

const KEYS = ["q", "range", "event"] as const;

/** Takes what the page knows out of an address and leaves the rest. */
export function readLogSearch(search: Record<string, unknown>): LogSearch {
  const read: LogSearch = {};
  for (const key of KEYS) {
    const value = search[key];
    if (typeof value === "string" && value !== "") read[key] = value;
  }
  return read;
}
