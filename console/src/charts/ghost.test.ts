// What happened before is counted once, to the bar at the same distance from the beginning.

import { expect, test } from "vitest";
import { ghostOf } from "./ghost";

const bar = (start: number, count: number) => ({ start, count });

test("bars of the time before are moved forward", () => {
  expect(ghostOf([100, 110, 120], 130, [bar(70, 1), bar(80, 2), bar(90, 3)], 30)).toEqual([
    1, 2, 3,
  ]);
});

test("bars that begin elsewhere fall into the bar they then stand in", () => {
  expect(ghostOf([100, 110], 120, [bar(77, 1), bar(84, 2), bar(91, 4)], 20)).toEqual([3, 4]);
  expect(ghostOf([100, 110], 120, [bar(84, 2), bar(99, 4)], 20)).toEqual([2, 4]);
});

test("what would stand behind the end is left out", () => {
  expect(ghostOf([100], 110, [bar(90, 5)], 20)).toEqual([0]);
});
