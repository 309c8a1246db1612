// "Last night" is the night a person means who asks in the morning, by day, or while it lasts.

import { expect, test } from "vitest";
import { spanOf } from "../../ask/range";
import { lastNight } from "./night";

function check(now: string, zone: string, expected: string) {
  const range = lastNight(Date.parse(now), zone);
  expect(range).toBe(expected);
  expect(spanOf(range, { now: Date.parse(now), zone })).not.toBeNull();
}

test("in the morning and by day: the night before", () => {
  check("2026-11-26T07:00Z", "UTC", "2026-11-25T20:00..2026-11-26T08:00");
  check("2026-12-01T15:00Z", "UTC", "2026-11-30T20:00..2026-12-01T08:00");
});

test("in the evening: the night that has begun", () => {
  check("2026-11-26T21:30Z", "UTC", "2026-11-26T20:00..2026-11-27T08:00");
});

test("of the reader's zone", () => {
  check("2026-11-26T01:00Z", "Asia/Shanghai", "2026-11-25T20:00..2026-11-26T08:00");
  check("2026-11-26T23:00Z", "Asia/Shanghai", "2026-11-26T20:00..2026-11-27T08:00");
});
