// Counting sessions: by kind and end, how long they lasted, and those open from before the range.

import type { Session } from "../../entity/sessions";

/** How many there are of each; what has no name is not counted. */
export function counted(
  sessions: Session[],
  of: (session: Session) => string | null,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const session of sessions) {
    const name = of(session);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How long the middle one of the ended sessions lasted, milliseconds. */
export function medianOf(sessions: Session[]): number | null {
  const lengths = sessions
    .flatMap((session) => session.duration_ms ?? [])
    .toSorted((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? null;
}

/** The range's sessions and, behind them, older ones that are still open; none twice. */
export function withOpen(sessions: Session[], open: Session[]): Session[] {
  const known = new Set(sessions.map((session) => session.index));
  const older = open.filter((session) => !known.has(session.index));
  return older.length === 0 ? sessions : [...sessions, ...older];
}

/** A list with a name in it, or without it if it was; in the order of first adding. */
export function toggledIn(list: string[], name: string): string[] {
  return list.includes(name) ? list.filter((one) => one !== name) : [...list, name];
}
