// A lag is told only where it can be known, and a comparison only with a period of the same length.

import { expect, test } from "vitest";
import { lagOf, periodBefore } from "./lag";

test("lags", () => {
  const check = (time: string, received: string | null, expected: number | null, skew = false) =>
    expect(lagOf({ time, received_time: received, clock_skew: skew })).toBe(expected);
  check("2026-11-07T08:30:12Z", "2026-11-07T08:30:12.450Z", 450);
  check("2026-11-07T08:30:12Z", null, null);
  check("2026-11-07T08:30:12Z", "2026-11-07T08:30:11Z", null);
  check("2026-11-07T08:30:12Z", "2026-11-07T08:30:13Z", null, true);
});

test("the period before", () => {
  expect(periodBefore({ from: 100, to: 150 }, 999)).toEqual({ from: 50, to: 100 });
  expect(periodBefore({ from: 100, to: null }, 130)).toEqual({ from: 70, to: 100 });
  expect(periodBefore({ from: null, to: 150 }, 999)).toBeNull();
});
