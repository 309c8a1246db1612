// Wall-clock times of a time zone as instants, by Intl alone.
//
// A wall time that a change of the clocks skips is read as the instant after the gap; one that comes
// twice as its first coming.

const MINUTE_MS = 60_000;

export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Writes year to second as the clocks of a zone show them, each in digits. */
export function digitsIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clocks of a zone show at an instant. */
export function wallAt(instant: number, zone: string): Wall {
  const wall: Record<string, number> = {};
  for (const part of digitsIn(zone).formatToParts(instant)) wall[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = wall;
  return { year, month, day, hour, minute, second };
}

function asUtc(wall: Wall): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** The instant, in milliseconds, at which the clocks of a zone show this. */
export function instantOf(wall: Wall, zone: string): number {
  const wanted = asUtc(wall);
  const offsetAt = (instant: number) => asUtc(wallAt(instant, zone)) - instant;
  // An offset holds before or after the wanted time; one of the two gives it, except in a gap.
  const before = wanted - offsetAt(wanted - 24 * 60 * MINUTE_MS);
  if (asUtc(wallAt(before, zone)) === wanted) return before;
  const after = wanted - offsetAt(wanted + 24 * 60 * MINUTE_MS);
  if (asUtc(wallAt(after, zone)) === wanted) return after;
  return Math.max(before, after);
}

/** The instant at which a day begins in a zone; months and days may overflow. */
export function dayStart(year: number, month: number, day: number, zone: string): number {
  const date = new Date(Date.UTC(year, month - 1, day));
  return instantOf(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: 0,
      minute: 0,
      second: 0,
    },
    zone,
  );
}
