// Which of the server's intervals gives a readable number of bars.

const INTERVALS = [
  ["1m", 60_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["1d", 86_400_000],
  ["1w", 7 * 86_400_000],
  ["1mo", 30 * 86_400_000],
] as const;

const BARS_MAX = 300;

export type Interval = (typeof INTERVALS)[number][0];

/** The finest interval that does not give too many bars over a length of time. */
export function intervalFor(length: number): Interval {
  return INTERVALS.find(([, size]) => length / size <= BARS_MAX)?.[0] ?? "1mo";
}

/** How long an interval is, about. */
export function lengthOf(interval: Interval): number {
  return INTERVALS.find(([name]) => name === interval)?.[1] ?? 0;
}
