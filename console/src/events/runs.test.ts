// Folding never hides that something else happened in between, or ended otherwise.

import { expect, test } from "vitest";
import { runsOf } from "./runs";

/** Letters are operations, capitals failed ones. */
function check(kinds: string, expected: string) {
  const events = [...kinds].map((kind, index) => ({
    index,
    time: "2026-11-07T08:30:12Z",
    operator: "zhang3",
    operation: kind.toLowerCase(),
    ...(kind === kind.toLowerCase() ? {} : { outcome: "failure" }),
  }));
  const runs = runsOf(events);
  expect(runs.map((run) => `${run.first.operation}${run.events.length}`).join(" ")).toBe(expected);
  expect(runs.flatMap((run) => run.events)).toEqual(events);
}

test("four of a kind in a row are one", () => {
  check("aaaab", "a4 b1");
  check("aaab", "a1 a1 a1 b1");
  check("aabaa", "a1 a1 b1 a1 a1");
});

test("one that failed stands alone", () => {
  check("aaaaAaaaa", "a4 a1 a4");
});
