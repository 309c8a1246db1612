// A heat map shows every hour that had anything, and keys reach every cell without leaving the week.

import { expect, test } from "vitest";
import { heatOf, heatStep, weekOf } from "./heat";

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

// 2026-11-22 is a Sunday; in Shanghai its last hours in UTC are Monday's first.
test("hours are counted where the clocks of the zone show them", () => {
  const hours = [
    { start: "2026-11-22T15:00:00Z", count: 2 },
    { start: "2026-11-22T16:00:00Z", count: 3 },
    { start: "2026-11-29T16:00:00Z", count: 4 },
  ];
  expect(weekOf(hours, "Asia/Shanghai")).toEqual(week({ 0: 7, 167: 2 }));
  expect(weekOf(hours, "UTC")).toEqual(week({ 159: 2, 160: 7 }));
});
