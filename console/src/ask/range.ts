// Ranges of time as people type them, and the instants they mean.
//
// `2h` `7d` `today` `yesterday` `2026-11` `2026-11-07` `2026-11-01..11-07` `08:00..09:30`
// `2026-11-07T08:30..` `now-2h..now-1h` `all`. Days are days of the reader's zone; the last day of a
// range is whole. The text is what an address and a saved view keep, so a relative range stays
// relative for whoever opens it later.

import { dayStart, instantOf, wallAt } from "./zoned";

/** From inclusive, to exclusive, milliseconds; null is open. */
export interface Span {
  from: number | null;
  to: number | null;
}

const SECOND_MS = 1_000;
const UNIT_MS: Record<string, number> = {
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  h: 3_600 * SECOND_MS,
  d: 86_400 * SECOND_MS,
  w: 7 * 86_400 * SECOND_MS,
};

export const RANGE_DEFAULT = "7d";
/** What the menu offers. */
export const RANGE_PRESETS = [
  "15m",
  "1h",
  "6h",
  "24h",
  "7d",
  "30d",
  "90d",
  "today",
  "yesterday",
  "all",
];

const WORDS: Record<string, string> = {
  今天: "today",
  昨天: "yesterday",
  全部: "all",
  现在: "now",
  秒: "s",
  分钟: "m",
  分: "m",
  小时: "h",
  时: "h",
  天: "d",
  日: "d",
  周: "w",
  个月: "mo",
  月: "mo",
  年: "y",
};

interface Reader {
  now: number;
  zone: string;
}

/** One spelling for what was typed: ASCII, no blanks around the dots, words in English. */
export function tidied(text: string): string {
  let tidy = text.normalize("NFKC").trim().toLowerCase();
  tidy = tidy.replace(/^(最近|近|last|past)\s*/, "");
  tidy = tidy.replace(/\s*(\.\.\.?|…|~|至|到|—|–|\s-\s|\sto\s)\s*/, "..");
  for (const [word, plain] of Object.entries(WORDS)) tidy = tidy.replaceAll(word, plain);
  return tidy
    .replace(/(\d)\s*(seconds?|secs?)$/, "$1s")
    .replace(/(\d)\s*(minutes?|mins?)$/, "$1m")
    .replace(/(\d)\s*(hours?|hrs?)$/, "$1h")
    .replace(/(\d)\s*days?$/, "$1d")
    .replace(/(\d)\s*weeks?$/, "$1w")
    .replace(/(\d)\s*months?$/, "$1mo")
    .replace(/(\d)\s+(s|m|h|d|w|mo|y)$/, "$1$2");
}

function back(now: number, count: number, unit: string, zone: string): number | null {
  const size = UNIT_MS[unit];
  if (size) return now - count * size;
  const wall = wallAt(now, zone);
  const months = unit === "mo" ? count : unit === "y" ? count * 12 : null;
  if (months === null) return null;
  const first = new Date(Date.UTC(wall.year, wall.month - 1 - months, 1));
  const year = first.getUTCFullYear();
  const month = first.getUTCMonth() + 1;
  const day = Math.min(wall.day, new Date(Date.UTC(year, month, 0)).getUTCDate());
  return instantOf({ ...wall, year, month, day }, zone);
}

const SPAN = /^(\d{1,5})(s|m|h|d|w|mo|y)$/;
const NOW = /^now(?:([+-])(\d{1,5})(s|m|h|d|w|mo|y))?$/;
const MONTH = /^(\d{4})-(\d{1,2})$/;
const DAY = /^(?:(\d{4})-)?(\d{1,2})-(\d{1,2})$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const WALL = /^(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[t\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/;

interface Edge {
  start: number;
  /** Where a whole day or month ends; an instant ends where it starts. */
  end: number;
  year?: number;
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function wholeDay(year: number, month: number, day: number, zone: string): Edge | null {
  if (!isDay(year, month, day)) return null;
  return {
    start: dayStart(year, month, day, zone),
    end: dayStart(year, month, day + 1, zone),
    year,
  };
}

/** One end of a range, or a whole range in one word. `near` is the day or year the other end gave. */
function edge(text: string, { now, zone }: Reader, near?: Edge): Edge | null {
  const today = wallAt(near ? near.start : now, zone);
  const point = (instant: number | null) =>
    instant === null || Number.isNaN(instant) ? null : { start: instant, end: instant };
  const read = NOW.exec(text);
  if (read) {
    const [, sign, count, unit = ""] = read;
    if (!sign) return point(now);
    return point(back(now, (sign === "-" ? 1 : -1) * Number(count), unit, zone));
  }
  if (text === "today" || text === "yesterday") {
    const here = wallAt(now, zone);
    const shift = text === "today" ? 0 : 1;
    return {
      start: dayStart(here.year, here.month, here.day - shift, zone),
      end: dayStart(here.year, here.month, here.day + 1 - shift, zone),
    };
  }
  const month = MONTH.exec(text);
  if (month && Number(month[2]) >= 1 && Number(month[2]) <= 12) {
    const [year, number] = [Number(month[1]), Number(month[2])];
    return {
      start: dayStart(year, number, 1, zone),
      end: dayStart(year, number + 1, 1, zone),
      year,
    };
  }
  const day = DAY.exec(text);
  if (day) {
    const year = day[1] ? Number(day[1]) : (near?.year ?? today.year);
    return wholeDay(year, Number(day[2]), Number(day[3]), zone);
  }
  const clock = CLOCK.exec(text);
  if (clock) {
    const [hour, minute, second] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hour > 24 || minute > 59 || second > 59) return null;
    return point(instantOf({ ...today, hour, minute, second }, zone));
  }
  const wall = WALL.exec(text);
  if (wall) {
    const year = wall[1] ? Number(wall[1]) : (near?.year ?? today.year);
    const [m, d] = [Number(wall[2]), Number(wall[3])];
    const [hour, minute, second] = [Number(wall[4]), Number(wall[5]), Number(wall[6] ?? 0)];
    if (!isDay(year, m, d) || hour > 24 || minute > 59 || second > 59) return null;
    return {
      ...point(instantOf({ year, month: m, day: d, hour, minute, second }, zone)),
      year,
    } as Edge;
  }
  if (/^\d{4}-\d\d-\d\dt.*(z|[+-]\d\d:?\d\d)$/.test(text)) return point(Date.parse(text));
  return null;
}

/** What a text means now in a zone; null if it means nothing. */
export function spanOf(text: string, reader: Reader): Span | null {
  const tidy = tidied(text);
  if (tidy === "all" || tidy === "") return { from: null, to: null };
  const span = SPAN.exec(tidy);
  if (span) {
    const from = back(reader.now, Number(span[1]), span[2] ?? "", reader.zone);
    return from === null ? null : { from, to: null };
  }
  const dots = tidy.indexOf("..");
  if (dots < 0) {
    const whole = edge(tidy, reader);
    if (!whole || whole.end === whole.start) return whole ? { from: whole.start, to: null } : null;
    return { from: whole.start, to: whole.end };
  }
  const [left, right] = [tidy.slice(0, dots).trim(), tidy.slice(dots + 2).trim()];
  const from = left ? edge(left, reader) : null;
  const to = right ? edge(right, reader, from ?? undefined) : null;
  if ((left && !from) || (right && !to) || (!left && !right)) return null;
  const read = { from: from ? from.start : null, to: to ? to.end : null };
  return read.from !== null && read.to !== null && read.from >= read.to ? null : read;
}

/** Two instants as a text that means exactly them; whole seconds. */
export function absolute(from: number, to: number): string {
  return `${written(from)}..${written(to)}`;
}

function written(instant: number): string {
  return new Date(Math.round(instant / SECOND_MS) * SECOND_MS).toISOString().replace(".000Z", "Z");
}

const CALENDAR = /\d-\d|\d:\d/;

/**
 * A range of calendar and clock as one that means the same in every zone; any other as it was typed,
 * for it moves with its reader.
 */
export function zoneless(text: string, reader: Reader): string {
  const span = CALENDAR.test(tidied(text)) ? spanOf(text, reader) : null;
  if (!span) return text.trim();
  const from = span.from === null ? "" : written(span.from);
  if (reachesNow(text)) return `${from}..now`;
  return `${from}..${span.to === null ? "" : written(span.to)}`;
}

/** True where the range moves with the clock and has no end: what a live tail can follow. */
export function reachesNow(text: string): boolean {
  const tidy = tidied(text);
  return (
    tidy === "" || tidy === "all" || SPAN.test(tidy) || tidy === "today" || /\.\.(now)?$/.test(tidy)
  );
}

/** The next wider of the usual ranges, for the button that widens; null if there is none. */
export function wider(text: string, reader: Reader): string | null {
  const span = spanOf(text, reader);
  if (!span || span.from === null) return span && span.to === null ? null : "all";
  const length = (span.to ?? reader.now) - span.from;
  const next = ["24h", "7d", "30d", "90d"].find((preset) => {
    const wide = spanOf(preset, reader);
    return (
      wide?.from != null && reader.now - wide.from > length * 1.01 && wide.from < (span.from ?? 0)
    );
  });
  return next ?? "all";
}
