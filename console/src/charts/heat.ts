// Counts by hour of the week, and as levels of a heat map.

import { wallAt } from "../ask/zoned";

export const DAYS = 7;
export const HOURS = 24;
/** Level 0 is nothing at all; the others part what there is. */
export const LEVELS = 5;

export interface HeatCell {
  day: number;
  hour: number;
  count: number;
  level: number;
}

/** Counts of hours as those of the week's hours in a zone: 168, Monday 0 h first. */
export function weekOf(hours: { start: string; count: number }[], zone: string): number[] {
  const week = new Array<number>(DAYS * HOURS).fill(0);
  for (const { start, count } of hours) {
    const { year, month, day, hour } = wallAt(Date.parse(start), zone);
    const sundayFirst = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    const place = ((sundayFirst + DAYS - 1) % DAYS) * HOURS + hour;
    week[place] = (week[place] ?? 0) + count;
  }
  return week;
}

/**
 * The 168 counts of a week, Monday 0 h first, as rows of cells. Levels grow with the logarithm of the
 * count, so that one busy hour does not turn all others pale.
 */
export function heatOf(week: number[]): HeatCell[][] {
  const most = Math.max(1, ...week);
  const levelOf = (count: number) =>
    count === 0 ? 0 : Math.max(1, Math.ceil((Math.log1p(count) / Math.log1p(most)) * (LEVELS - 1)));
  return Array.from({ length: DAYS }, (_, day) =>
    Array.from({ length: HOURS }, (_, hour) => {
      const count = week[day * HOURS + hour] ?? 0;
      return { day, hour, count, level: levelOf(count) };
    }),
  );
}

/** Where the arrow keys, Home and End lead; null for any other key. */
export function heatStep(place: number, key: string): number | null {
  const [day, hour] = [Math.floor(place / HOURS), place % HOURS];
  const to = (nextDay: number, nextHour: number) =>
    Math.min(DAYS - 1, Math.max(0, nextDay)) * HOURS + Math.min(HOURS - 1, Math.max(0, nextHour));
  switch (key) {
    case "ArrowLeft":
      return to(day, hour - 1);
    case "ArrowRight":
      return to(day, hour + 1);
    case "ArrowUp":
      return to(day - 1, hour);
    case "ArrowDown":
      return to(day + 1, hour);
    case "Home":
      return to(day, 0);
    case "End":
      return to(day, HOURS - 1);
    default:
      return null;
  }
}
