// Where the marks of a time axis stand: at full minutes, hours and days of the reader's zone.

import { dayStart, wallAt } from "../ask/zoned";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const STEPS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
  30 * DAY_MS,
  90 * DAY_MS,
  365 * DAY_MS,
];

export interface Ticks {
  /** Milliseconds between two marks, about. */
  step: number;
  at: number[];
}

/** At most `most` marks between two instants. */
export function ticksOf(from: number, to: number, zone: string, most: number): Ticks {
  const step = STEPS_MS.find((size) => (to - from) / size <= most) ?? to - from;
  const { year, month, day } = wallAt(from, zone);
  const days = Math.max(1, Math.round(step / DAY_MS));
  const at: number[] = [];
  for (let ahead = 0; ; ahead += days) {
    const start = dayStart(year, month, day + ahead, zone);
    if (start > to) break;
    if (step >= DAY_MS) {
      at.push(start);
      continue;
    }
    // A day whose clocks change has 23 or 25 hours; its marks count from its own midnight.
    const end = dayStart(year, month, day + ahead + 1, zone);
    for (let instant = start; instant < end; instant += step) at.push(instant);
  }
  return { step, at: at.filter((instant) => instant >= from && instant <= to) };
}

/** An instant's place between two others, 0 to 1; what lies outside is put at the edge. */
export function placeOf(instant: number, from: number, to: number): number {
  if (to <= from) return 0;
  return Math.min(1, Math.max(0, (instant - from) / (to - from)));
}
