// A change is told by what differs and nothing else.

import { expect, test } from "vitest";
import { differencesOf } from "./difference";

function check(before: unknown, after: unknown, expected: string[]) {
  const seen = differencesOf(before, after).map(
    (one) => `${one.kind} ${one.path} ${JSON.stringify(one.before)} ${JSON.stringify(one.after)}`,
  );
  expect(seen).toEqual(expected);
}

test("changed, added and removed values by their path", () => {
  check({ a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 4 }, e: "x" }, [
    "changed b.c 2 4",
    "removed b.d 3 undefined",
    'added e undefined "x"',
  ]);
});

test("places of arrays, and whole branches", () => {
  check({ list: [1, 2] }, { list: [1, 3, 4] }, [
    "changed list[1] 2 3",
    "added list[2] undefined 4",
  ]);
  check(null, { a: { b: 1 } }, ["added a.b undefined 1"]);
  check({ a: [1] }, { a: { x: 1 } }, ['changed a [1] {"x":1}']);
});

test("equal values differ in nothing", () => {
  check({ a: [1, { b: null }] }, { a: [1, { b: null }] }, []);
});
