// An object's life as places on one line: when it was there, and what happened to it.

import { placeOf } from "./timeAxis";

export type MarkKind = "created" | "deleted" | "renamed" | "changed";

export interface LifeMarkIn {
  kind: MarkKind;
  time: number;
  index: number;
}

export interface LifeIn {
  /** Its first and last event. */
  first: number;
  last: number;
  created: number | null;
  deleted: number | null;
  marks: LifeMarkIn[];
  /** Events over time. */
  buckets: { start: number; count: number }[];
  now: number;
}

export interface LifeOut {
  from: number;
  to: number;
  /** Where the line is drawn full: from creation to deletion or now. */
  alive: { left: number; width: number };
  isAlive: boolean;
  marks: (LifeMarkIn & { place: number })[];
  /** How much happened, 0 to 1, as columns over the line. */
  columns: {
    left: number;
    width: number;
    share: number;
    start: number;
    end: number;
    count: number;
  }[];
}

/** Room at both ends, as a share of the life, so that first and last marks are whole. */
const ROOM = 0.03;
const LIFE_MS_MIN = 60_000;

/** Lays a life out on a line of length 1. */
export function lifeOf(life: LifeIn): LifeOut {
  const isAlive = life.deleted === null && life.created !== null;
  const begin = Math.min(life.first, life.created ?? life.first);
  const end = Math.max(life.last, life.deleted ?? 0, isAlive ? life.now : 0);
  const room = Math.max(LIFE_MS_MIN, end - begin) * ROOM;
  const [from, to] = [begin - room, end + room];
  const place = (time: number) => placeOf(time, from, to);
  const born = place(life.created ?? begin);
  const most = Math.max(1, ...life.buckets.map((bucket) => bucket.count));
  const columns = life.buckets.flatMap((bucket, at) => {
    if (bucket.count === 0) return [];
    // A day's bucket reaches over a life that began at noon; its column does not.
    const until = life.buckets[at + 1]?.start ?? end;
    const left = place(Math.max(begin, bucket.start));
    return {
      left,
      width: Math.max(0, place(Math.min(end, until)) - left),
      share: Math.sqrt(bucket.count / most),
      start: bucket.start,
      end: until,
      count: bucket.count,
    };
  });
  return {
    from,
    to,
    alive: { left: born, width: place(life.deleted ?? (isAlive ? life.now : end)) - born },
    isAlive,
    marks: life.marks
      .toSorted((a, b) => a.time - b.time)
      .map((mark) => ({ ...mark, place: place(mark.time) })),
    columns,
  };
}
