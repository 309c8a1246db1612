// What people type as a time is what the server is asked, in every zone and script.

import { describe, expect, test } from "vitest";
import { absolute, reachesNow, spanOf, wider, zoneless } from "./range";
import { instantOf } from "./zoned";

const NOW = Date.parse("2026-11-26T10:30:00Z");

function check(text: string, from: string | null, to: string | null, zone = "UTC") {
  const span = spanOf(text, { now: NOW, zone });
  const write = (instant: number | null) =>
    instant === null ? null : new Date(instant).toISOString().replace(":00.000Z", "Z");
  expect(span && [write(span.from), write(span.to)]).toEqual([from, to]);
}

describe("a range", () => {
  test("back from now", () => {
    check("2h", "2026-11-26T08:30Z", null);
    check("7d", "2026-11-19T10:30Z", null);
    check("last 3 days", "2026-11-23T10:30Z", null);
    check("最近3天", "2026-11-23T10:30Z", null);
    check("１５分钟", "2026-11-26T10:15Z", null);
    check("1mo", "2026-10-26T10:30Z", null);
    check("now-2h..now-1h", "2026-11-26T08:30Z", "2026-11-26T09:30Z");
  });

  test("days of the reader's zone, the last one whole", () => {
    check("today", "2026-11-26T00:00Z", "2026-11-27T00:00Z");
    check("today", "2026-11-25T16:00Z", "2026-11-26T16:00Z", "Asia/Shanghai");
    check("昨天", "2026-11-25T00:00Z", "2026-11-26T00:00Z");
    check("2026-11-07", "2026-11-07T00:00Z", "2026-11-08T00:00Z");
    check("2026-11-01..11-07", "2026-11-01T00:00Z", "2026-11-08T00:00Z");
    check("2026-11-01 至 2026-11-07", "2026-11-01T00:00Z", "2026-11-08T00:00Z");
    check("2026-12", "2026-12-01T00:00Z", "2027-01-01T00:00Z");
    check("11-07..", "2026-11-07T00:00Z", null);
    check("..2026-11-07", null, "2026-11-08T00:00Z");
  });

  test("times of day, on the day that is given or today", () => {
    check("08:00..09:30", "2026-11-26T08:00Z", "2026-11-26T09:30Z");
    check("11-07 22:00..23:30", "2026-11-07T22:00Z", "2026-11-07T23:30Z");
    check(
      "2026-11-07T08:30..2026-11-07T09:00",
      "2026-11-07T00:30Z",
      "2026-11-07T01:00Z",
      "Asia/Shanghai",
    );
  });

  test("what means nothing is refused, backwards ranges too", () => {
    for (const text of [
      "soon",
      "2026-13-01",
      "2026-02-30",
      "25:00..26:00",
      "2026-11-07..11-01",
      "..",
    ]) {
      expect(spanOf(text, { now: NOW, zone: "UTC" }), text).toBeNull();
    }
  });

  test("days are 23 and 25 hours long where clocks change", () => {
    const zone = "Europe/Berlin";
    check("2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z", zone);
    check("2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z", zone);
    const skipped = { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 };
    expect(new Date(instantOf(skipped, zone)).toISOString()).toBe("2026-03-29T01:30:00.000Z");
  });

  test("instants survive being written", () => {
    const text = absolute(NOW, NOW + 3_600_000);
    expect(spanOf(text, { now: 0, zone: "Asia/Shanghai" })).toEqual({
      from: NOW,
      to: NOW + 3_600_000,
    });
  });

  test("knows what a live tail can follow, and what is wider", () => {
    expect(["2h", "all", "today", "2026-11-01.."].every(reachesNow)).toBe(true);
    expect(["yesterday", "2026-11-01..11-07"].some(reachesNow)).toBe(false);
    const reader = { now: NOW, zone: "UTC" };
    expect(wider("2h", reader)).toBe("24h");
    expect(wider("90d", reader)).toBe("all");
    expect(wider("all", reader)).toBeNull();
  });
});

// An address is read in other zones than the one it was typed in.
test("a typed range of the calendar means the same in every zone", () => {
  const check = (text: string, expected: string) =>
    expect(zoneless(text, { now: NOW, zone: "Asia/Shanghai" })).toBe(expected);
  check("2026-11-01..2026-11-07", "2026-10-31T16:00:00Z..2026-11-07T16:00:00Z");
  check("2026-11", "2026-10-31T16:00:00Z..2026-11-30T16:00:00Z");
  check("11-07 08:00 至 09:30", "2026-11-07T00:00:00Z..2026-11-07T01:30:00Z");
  check("2026-11-01..", "2026-10-31T16:00:00Z..now");
  check("..2026-11-07", "..2026-11-07T16:00:00Z");
  check("2h", "2h");
  check("today", "today");
  check("now-2h..now-1h", "now-2h..now-1h");
  expect(reachesNow("2026-10-31T16:00:00Z..now")).toBe(true);
});
