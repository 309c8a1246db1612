// An operation in two phases is one event: each value comes from the leaf that knows it, as the server
// prints it (crates/api/src/wire/event/print.rs).

import { expect, test } from "vitest";
import type { SealedField } from "./leaf";
import { differences, type ProvedLeaf, provedEvent } from "./proved";

function leaf(core: Record<string, unknown>, fields: Record<string, string>): ProvedLeaf {
  const sealed = Object.entries(fields).map(
    ([name, value], tag): SealedField => ({ tag, name, verdict: "disclosed", value }),
  );
  return { core: { v: 1, ...core }, fields: sealed };
}

const INTENT = leaf(
  {
    id: "a",
    time: "t1",
    received_time: "r1",
    phase: "intent",
    outcome: "pending",
    object_type: "desktop",
  },
  { operator: "zhang3", "object.id": "d-42", source_ip: "10.0.0.8:5022", reason: "asked" },
);
const OUTCOME = leaf(
  {
    id: "b",
    time: "t2",
    received_time: "r2",
    phase: "outcome",
    of: "a",
    outcome: "failure",
    duration_ms: 9,
  },
  { operator: "zhang3", reason: "quota", changes: '{"after":{"on":true}}' },
);

function check(leaves: ProvedLeaf[], expected: Record<string, unknown>) {
  expect(JSON.parse(JSON.stringify(provedEvent(leaves)))).toEqual(expected);
}

const COMMON = {
  id: "a",
  time: "t1",
  received_time: "r1",
  operator: "zhang3",
  source_ip: "10.0.0.8",
  source_port: 5022,
  object: { type: "desktop", id: "d-42" },
};

test("an intent alone says that it is one", () => {
  check([INTENT], { ...COMMON, phase: "intent", outcome: "pending", reason: "asked" });
});

test("the outcome says how it ended, the intent who and when", () => {
  check([INTENT, OUTCOME], {
    ...COMMON,
    outcome: "failure",
    duration_ms: 9,
    reason: "quota",
    changes: { after: { on: true } },
  });
});

test("what the outcome acted on replaces what was intended", () => {
  const outcome = leaf({ outcome: "partial" }, { objects: '[{"id":"d-1"},{"id":"d-2"}]' });
  const event = provedEvent([INTENT, outcome]);
  expect(event.objects).toEqual([{ id: "d-1" }, { id: "d-2" }]);
  expect(event.object).toBeUndefined();
});

test("an object of which only the type is known is an object", () => {
  check([leaf({ object_type: "ledger" }, {})], { object: { type: "ledger" } });
});

test("that an end is unknown need not be proved, any other end must be", () => {
  const proved = provedEvent([INTENT]);
  expect(differences({ ...proved, outcome: "unknown" }, proved, new Set())).toEqual([]);
  expect(differences({ ...proved, outcome: "success" }, proved, new Set())).toEqual(["outcome"]);
});
