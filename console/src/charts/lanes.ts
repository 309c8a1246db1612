// Spans of time as bars in lanes: one lane for each name, bars that overlap below each other.

import { placeOf } from "./timeAxis";

/** Something that lasted; `to` is null while it still does. */
export interface Spanned {
  key: string;
  lane: string;
  from: number;
  to: number | null;
}

/** A bar's place: `left` and `width` are shares of the lane, `row` its place among overlapping ones. */
export interface PlacedBar<Item> {
  item: Item;
  left: number;
  width: number;
  row: number;
  /** It began before the lane does. */
  isCutLeft: boolean;
  isOpen: boolean;
}

export interface Lane<Item> {
  name: string;
  rows: number;
  bars: PlacedBar<Item>[];
}

/** Everything that touches `from`..`to`, in lanes; lanes with most bars first. */
export function lanesOf<Item extends Spanned>(
  items: Item[],
  from: number,
  to: number,
  now: number,
): Lane<Item>[] {
  const byName = new Map<string, Item[]>();
  for (const item of items) {
    if (item.from > to || (item.to ?? now) < from) continue;
    const lane = byName.get(item.lane);
    if (lane) lane.push(item);
    else byName.set(item.lane, [item]);
  }
  return [...byName]
    .map(([name, list]) => laneOf(name, list, from, to, now))
    .sort((a, b) => b.bars.length - a.bars.length || a.name.localeCompare(b.name));
}

function laneOf<Item extends Spanned>(
  name: string,
  items: Item[],
  from: number,
  to: number,
  now: number,
): Lane<Item> {
  // The end of the last bar in each row: a bar takes the first row that is free when it begins.
  const ends: number[] = [];
  const bars = items
    .toSorted((a, b) => a.from - b.from || a.key.localeCompare(b.key))
    .map((item) => {
      const end = item.to ?? now;
      const free = ends.findIndex((last) => last <= item.from);
      const row = free < 0 ? ends.length : free;
      ends[row] = end;
      const left = placeOf(item.from, from, to);
      return {
        item,
        left,
        width: placeOf(end, from, to) - left,
        row,
        isCutLeft: item.from < from,
        isOpen: item.to === null,
      };
    });
  return { name, rows: ends.length, bars };
}

/** A bar by its lane and its place in it. */
export interface BarAt {
  lane: number;
  bar: number;
}

/** The bar that an arrow key, Home or End leads to; null for any other key, or where there is none. */
export function neighbour<Item>(lanes: Lane<Item>[], at: BarAt, key: string): BarAt | null {
  const bars = lanes[at.lane]?.bars ?? [];
  const inLane = (bar: number) => (bars[bar] ? { lane: at.lane, bar } : null);
  switch (key) {
    case "ArrowLeft":
      return inLane(at.bar - 1);
    case "ArrowRight":
      return inLane(at.bar + 1);
    case "Home":
      return inLane(0);
    case "End":
      return inLane(bars.length - 1);
    case "ArrowUp":
    case "ArrowDown": {
      const lane = at.lane + (key === "ArrowUp" ? -1 : 1);
      const left = bars[at.bar]?.left ?? 0;
      const others = lanes[lane]?.bars ?? [];
      if (others.length === 0) return null;
      const distance = (bar: number) => Math.abs((others[bar]?.left ?? 0) - left);
      const nearest = others.reduce(
        (best, _, bar) => (distance(bar) < distance(best) ? bar : best),
        0,
      );
      return { lane, bar: nearest };
    }
    default:
      return null;
  }
}
