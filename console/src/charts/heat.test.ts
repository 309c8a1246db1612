// A heat map shows every hour that had anything, and keys reach every cell without leaving the week.

import { expect, test } from "vitest";
import { heatOf, heatStep } from "./heat";

function week(counts: Record<number, number>): number[] {
  return Array.from({ length: 168 }, (_, place) => counts[place] ?? 0);
}

test("one event is seen beside a thousand, and nothing is level 0", () => {
  const rows = heatOf(week({ 0: 1, 25: 25, 167: 1000 }));
  expect(rows.map((row) => row.length)).toEqual([24, 24, 24, 24, 24, 24, 24]);
  expect(rows[0]?.[0]).toEqual({ day: 0, hour: 0, count: 1, level: 1 });
  expect(rows[1]?.[1]).toEqual({ day: 1, hour: 1, count: 25, level: 2 });
  expect(rows[6]?.[23]).toEqual({ day: 6, hour: 23, count: 1000, level: 4 });
  expect(rows.flat().filter((cell) => cell.level === 0)).toHaveLength(165);
});

test("arrow keys stay inside the week", () => {
  const check = (place: number, key: string, expected: number | null) =>
    expect(heatStep(place, key)).toBe(expected);
  check(0, "ArrowLeft", 0);
  check(0, "ArrowUp", 0);
  check(23, "ArrowRight", 23);
  check(23, "ArrowDown", 47);
  check(167, "ArrowDown", 167);
  check(30, "Home", 24);
  check(30, "End", 47);
  check(30, "a", null);
});
