// New events and walked ones as one list, each event once.

import type { AuditEvent } from "../../api/events";

/** New events kept on top; older ones of them fall off, and a new question finds them. */
export const FRESH_ROWS_MAX = 2_000;

/** New events before older ones; one that comes again, its outcome known, replaces the one before. */
export function merged(
  fresh: AuditEvent[],
  before: AuditEvent[],
  rowsMax: number = FRESH_ROWS_MAX,
): AuditEvent[] {
  const replaced = new Set(fresh.flatMap((event) => [event.index, event.updates]));
  const rest = before.filter((event) => !replaced.has(event.index));
  return [...fresh, ...rest].slice(0, rowsMax);
}

/** New events above the walked rows. Costs nothing much where none of them is among the rows. */
export function joinRows(fresh: AuditEvent[], walked: AuditEvent[]): AuditEvent[] {
  const newest = walked.reduce((most, event) => Math.max(most, event.index ?? 0), 0);
  const isAllNew = fresh.every((event) => event.updates == null && (event.index ?? 0) > newest);
  return isAllNew ? [...fresh, ...walked] : merged(fresh, walked, Number.POSITIVE_INFINITY);
}
