// An event stands once among the rows, however often it arrives; columns keep their places.

import { expect, test } from "vitest";
import type { AuditEvent } from "../../api/events";
import { joinRows, merged } from "./merge";
import { moved, movedBefore } from "./order";

const event = (index: number, updates?: number): AuditEvent => ({
  index,
  time: "2026-11-07T00:00:00Z",
  operator: "a",
  operation: "x",
  ...(updates === undefined ? {} : { updates }),
});
const indexes = (list: AuditEvent[]) => list.map((one) => one.index);

test("new events stand above the walked ones", () => {
  expect(indexes(joinRows([event(9), event(8)], [event(7), event(6)]))).toEqual([9, 8, 7, 6]);
});

test("an event that was walked already is not shown twice", () => {
  expect(indexes(joinRows([event(9), event(7)], [event(7), event(6)]))).toEqual([9, 7, 6]);
});

test("an outcome replaces its intent", () => {
  expect(indexes(joinRows([event(9, 6)], [event(7), event(6), event(5)]))).toEqual([9, 7, 5]);
});

test("only so many new events are kept", () => {
  expect(indexes(merged([event(3), event(2)], [event(1)], 2))).toEqual([3, 2]);
});

test("columns move by a step or before another, and stay within the list", () => {
  expect(moved(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], "b", 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], "a", -1)).toEqual(["a", "b"]);
  expect(movedBefore(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
});
