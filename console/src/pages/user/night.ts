// The last night in the reader's zone, as a range: from eight in the evening to eight in the morning.

import { wallAt } from "../../ask/zoned";

const EVENING_H = 20;
const MORNING_H = 8;

/** The night that is going on or was the last to end. */
export function lastNight(now: number, zone: string): string {
  const { year, month, day, hour } = wallAt(now, zone);
  // In the evening, the night that has begun ends tomorrow.
  const ends = hour >= EVENING_H ? day + 1 : day;
  const written = (date: number, clock: number) => {
    const at = new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10);
    return `${at}T${String(clock).padStart(2, "0")}:00`;
  };
  return `${written(ends - 1, EVENING_H)}..${written(ends, MORNING_H)}`;
}
