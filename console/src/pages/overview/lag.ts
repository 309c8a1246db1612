// How late an event came: from when it happened to when the log had it.

/** Milliseconds; null where one of the times is missing or the sender's clock ran ahead. */
export function lagOf(event: {
  time: string;
  received_time?: string | null;
  clock_skew?: boolean | null;
}): number | null {
  if (!event.received_time || event.clock_skew) return null;
  const lag = Date.parse(event.received_time) - Date.parse(event.time);
  return Number.isNaN(lag) || lag < 0 ? null : lag;
}

/** The period of the same length before a range; null where the range has no begin. */
export function periodBefore(
  span: { from: number | null; to: number | null },
  now: number,
): { from: number; to: number } | null {
  if (span.from === null) return null;
  return { from: span.from - ((span.to ?? now) - span.from), to: span.from };
}
