// A session is counted once, however it was found, and only ended ones say how long they lasted.

import { expect, test } from "vitest";
import type { Session } from "../../entity/sessions";
import { counted, medianOf, toggledIn, withOpen } from "./tally";

function session(index: number, duration: number | null, cause?: string): Session {
  return {
    index,
    event_id: `e-${index}`,
    began: "2026-11-07T08:30:12Z",
    ended: null,
    duration_ms: duration,
    state: duration === null ? "open" : "ended",
    operation: "desktop.webrdp.create",
    operator: "zhang3",
    username: "zhang3",
    service: "desktops",
    session_id: null,
    source_ip: null,
    object: null,
    related: [],
    end: cause ? { cause, by: null, index: index + 1, inferred: false, operation: "x" } : null,
  };
}

test("open sessions from before the range are added once", () => {
  const found = withOpen([session(9, 5), session(8, null)], [session(8, null), session(3, null)]);
  expect(found.map((one) => one.index)).toEqual([9, 8, 3]);
});

test("ends are counted by cause, the unknown ones not at all", () => {
  const counts = counted(
    [session(1, 5, "user"), session(2, 5, "user"), session(3, 5, "admin"), session(4, null)],
    (one) => one.end?.cause ?? null,
  );
  expect([...counts]).toEqual([
    ["user", 2],
    ["admin", 1],
  ]);
});

test("the median leaves out what is still open", () => {
  const check = (lengths: (number | null)[], expected: number | null) =>
    expect(medianOf(lengths.map((length, at) => session(at, length)))).toBe(expected);
  check([30, null, 10, 20], 20);
  check([null], null);
});

test("a name is put in and taken out", () => {
  expect(toggledIn(["a", "b"], "a")).toEqual(["b"]);
  expect(toggledIn(["b"], "a")).toEqual(["b", "a"]);
});
