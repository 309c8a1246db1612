// What this browser keeps for the reader between visits.
//
// A browser may forbid it (a frame of another site, a private window): then every call throws, the
// property itself included. Nothing is remembered there, and everything works all the same.

/** Text that was kept under a key; null for none. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text under a key, where that is possible. */
export function remember(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Forbidden, or full.
  }
}

/** A JSON value that was kept, as `read` understands it; what `read` gives for null otherwise. */
export function recallJson<T>(key: string, read: (kept: unknown) => T): T {
  try {
    return read(JSON.parse(recall(key) ?? "null"));
  } catch {
    return read(null);
  }
}
