// Bars stand where they belong in time, and never on top of each other.

import { expect, test } from "vitest";
import { lanesOf, neighbour, type Spanned } from "./lanes";

function check(items: [string, string, number, number | null][], expected: string[]) {
  const spans: Spanned[] = items.map(([key, lane, from, to]) => ({ key, lane, from, to }));
  const seen = lanesOf(spans, 100, 200, 180).flatMap((lane) =>
    lane.bars.map((bar) => {
      const marks = `${bar.isCutLeft ? "<" : ""}${bar.isOpen ? ">" : ""}`;
      return `${lane.name}/${lane.rows} ${bar.item.key}@${bar.row} ${bar.left}+${bar.width.toFixed(2)}${marks}`;
    }),
  );
  expect(seen).toEqual(expected);
}

test("bars that overlap take rows of their own and give them back", () => {
  check(
    [
      ["a", "x", 110, 150],
      ["b", "x", 120, 130],
      ["c", "x", 130, 140],
      ["d", "x", 150, 160],
    ],
    ["x/2 a@0 0.1+0.40", "x/2 b@1 0.2+0.10", "x/2 c@1 0.3+0.10", "x/2 d@0 0.5+0.10"],
  );
});

test("what reaches over an edge is cut, what is open ends now, what is outside is left out", () => {
  check(
    [
      ["early", "x", 50, 120],
      ["open", "x", 150, null],
      ["gone", "x", 10, 90],
      ["later", "x", 210, 220],
    ],
    ["x/1 early@0 0+0.20<", "x/1 open@0 0.5+0.30>"],
  );
});

test("the fullest lane comes first", () => {
  check(
    [
      ["1", "few", 110, 120],
      ["2", "many", 110, 120],
      ["3", "many", 130, 140],
    ],
    ["many/1 2@0 0.1+0.10", "many/1 3@0 0.3+0.10", "few/1 1@0 0.1+0.10"],
  );
});

test("keys go along a lane, and to the nearest bar of the next one", () => {
  const spans: Spanned[] = [
    ["a1", 110],
    ["a2", 150],
    ["a3", 190],
    ["b1", 105],
    ["b2", 160],
  ].map(([key, from]) => {
    const start = Number(from);
    return { key: String(key), lane: String(key).slice(0, 1), from: start, to: start + 5 };
  });
  const lanes = lanesOf(spans, 100, 200, 180);
  const go = (lane: number, bar: number, key: string, expected: string | null) => {
    const to = neighbour(lanes, { lane, bar }, key);
    expect(to && lanes[to.lane]?.bars[to.bar]?.item.key).toBe(expected);
  };
  go(0, 0, "ArrowRight", "a2");
  go(0, 2, "ArrowRight", null);
  go(0, 2, "Home", "a1");
  go(0, 2, "ArrowDown", "b2");
  go(1, 0, "ArrowUp", "a1");
  go(1, 0, "ArrowDown", null);
  go(0, 0, "x", null);
});
