// Marks stand where the reader's clocks show round times, also on days when the clocks change.

import { expect, test } from "vitest";
import { placeOf, ticksOf } from "./timeAxis";

function check(from: string, to: string, zone: string, most: number, expected: string[]) {
  const { at } = ticksOf(Date.parse(from), Date.parse(to), zone, most);
  expect(at.map((instant) => new Date(instant).toISOString().slice(0, 16))).toEqual(expected);
}

test("hours and days of the reader's zone", () => {
  check("2026-11-07T00:20Z", "2026-11-07T04:00Z", "UTC", 6, [
    "2026-11-07T01:00",
    "2026-11-07T02:00",
    "2026-11-07T03:00",
    "2026-11-07T04:00",
  ]);
  check("2026-11-07T00:00Z", "2026-11-09T20:00Z", "Asia/Shanghai", 4, [
    "2026-11-07T16:00",
    "2026-11-08T16:00",
    "2026-11-09T16:00",
  ]);
});

test("a day of 25 hours keeps its marks at midnight", () => {
  check("2026-10-24T22:00Z", "2026-10-26T23:00Z", "Europe/Berlin", 5, [
    "2026-10-24T22:00",
    "2026-10-25T10:00",
    "2026-10-25T22:00",
    "2026-10-25T23:00",
    "2026-10-26T11:00",
    "2026-10-26T23:00",
  ]);
});

test("places are held between the edges", () => {
  expect([0, 5, 10, 15, 20].map((instant) => placeOf(instant, 5, 15))).toEqual([0, 0, 0.5, 1, 1]);
  expect(placeOf(7, 7, 7)).toBe(0);
});
