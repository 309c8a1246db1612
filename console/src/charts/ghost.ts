// The counts of the time before, laid over the bars of now.
//
// Days and months differ in length and bars begin where the calendar does, so a bar of before is
// counted to the bar of now in which its beginning falls once it is moved forward.

export interface Counted {
  /** Milliseconds. */
  start: number;
  count: number;
}

/** One total for each bar: what began `shift` milliseconds before it. */
export function ghostOf(starts: number[], end: number, before: Counted[], shift: number): number[] {
  const totals = starts.map(() => 0);
  for (const { start, count } of before) {
    const moved = start + shift;
    const at = Math.max(
      0,
      starts.findLastIndex((one) => one <= moved),
    );
    if (moved < end && totals[at] !== undefined) totals[at] += count;
  }
  return totals;
}
