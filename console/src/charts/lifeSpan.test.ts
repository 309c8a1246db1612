// A life line says from when to when a thing was there, and puts every mark where it belongs.

import { expect, test } from "vitest";
import { type LifeIn, lifeOf } from "./lifeSpan";

const HOUR = 3_600_000;
const LIFE: LifeIn = {
  first: 0,
  last: 100 * HOUR,
  created: 0,
  deleted: 100 * HOUR,
  marks: [],
  buckets: [],
  now: 200 * HOUR,
};

function check(life: Partial<LifeIn>, left: number, right: number, isAlive: boolean) {
  const { alive, isAlive: is } = lifeOf({ ...LIFE, ...life });
  expect([alive.left, alive.left + alive.width].map((it) => it.toFixed(3))).toEqual([
    left.toFixed(3),
    right.toFixed(3),
  ]);
  expect(is).toBe(isAlive);
}

test("from creation to deletion, with room at both ends", () => {
  check({}, 3 / 106, 103 / 106, false);
});

test("what was not deleted lives until now", () => {
  check({ deleted: null }, 6 / 212, 206 / 212, true);
});

test("what was never seen created is only known between its events", () => {
  check({ created: null, deleted: null }, 3 / 106, 103 / 106, false);
});

test("events after the deletion stand behind the line's end", () => {
  check({ deleted: 50 * HOUR }, 3 / 106, 53 / 106, false);
});

test("marks in order of time, empty buckets left out, the fullest one highest", () => {
  const life = lifeOf({
    ...LIFE,
    marks: [
      { kind: "deleted", time: 100 * HOUR, index: 9 },
      { kind: "created", time: 0, index: 1 },
    ],
    buckets: [
      { start: 0, count: 4 },
      { start: 24 * HOUR, count: 0 },
      { start: 48 * HOUR, count: 16 },
    ],
  });
  expect(life.marks.map((mark) => mark.index)).toEqual([1, 9]);
  expect(life.columns.map((column) => [column.count, column.share])).toEqual([
    [4, 0.5],
    [16, 1],
  ]);
});
