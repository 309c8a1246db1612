// The line of a case says what happened and what is awaited, and shows who approved their own request.

import { expect, test } from "vitest";
import type { Decision, Dossier } from "./cases";
import { loginOf, otherNamesOf, stepsOf } from "./steps";
import { toneOfState } from "./tones";

const person = (operator: string | null, more = {}) => ({
  operator,
  username: operator,
  operator_id: null,
  operator_name: null,
  ...more,
});

function decision(index: number, more: Partial<Decision> = {}): Decision {
  return {
    index,
    time: "2026-11-07T08:30:12Z",
    verdict: "approved",
    effective: true,
    level: 1,
    level_inferred: false,
    by: person("wu5"),
    source_ip: null,
    comment: null,
    by_requester: false,
    ...more,
  };
}

function dossier(more: {
  state?: string;
  level?: number;
  levels?: number | null;
  parts?: string[];
  decisions?: Decision[];
  found?: number[];
}): Dossier {
  const parts = more.parts ?? [];
  return {
    approval: {
      id: "ap-1",
      stack_id: null,
      name: null,
      index: 0,
      began: "2026-11-07T08:00:00Z",
      submitted: null,
      updated: "2026-11-07T08:00:00Z",
      requester: person("li4"),
      state: more.state ?? "open",
      decision: null,
      decided: null,
      level: more.level ?? 0,
      levels: more.levels ?? null,
      files: null,
      bytes: null,
      flags: [],
    },
    data: {
      files: null,
      bytes: null,
      manifest_sha256: null,
      objects: [],
      left: "staged",
      downloads: [],
      deletions: [],
    },
    decisions: more.decisions ?? [],
    policy: null,
    findings: (more.found ?? []).map((index) => ({ kind: "x", result: "found", events: [index] })),
    checks: [],
    events: parts.map((part, index) => ({
      part,
      event: { index, time: "2026-11-07T08:00:00Z", operation: part, operator: "li4" },
      cause: null,
      proof: "",
    })) as unknown as Dossier["events"],
    cut: false,
    limited: false,
    as_of: 9,
    settled_index: 9,
  };
}

const lines = (of: Dossier) =>
  stepsOf(of).map(({ kind, tone, level }) =>
    [kind, tone, level].filter((it) => it !== null).join(" "),
  );

test("an open case waits for the levels above", () => {
  const open = dossier({
    level: 1,
    levels: 3,
    parts: ["request", "decision"],
    decisions: [decision(1)],
  });
  expect(lines(open)).toEqual([
    "request quiet",
    "decision good",
    "waiting quiet 2",
    "waiting quiet 3",
  ]);
});

test("a decided case waits for nobody, nor does one whose levels are not known", () => {
  expect(lines(dossier({ state: "rejected", levels: 2, parts: ["request"] }))).toHaveLength(1);
  expect(lines(dossier({ parts: ["request"] }))).toHaveLength(1);
});

test("own approvals, refused attempts and rejections look different", () => {
  const decisions = [
    decision(0, { by_requester: true }),
    decision(1, { by_requester: true, effective: false }),
    decision(2, { verdict: "rejected" }),
    decision(3, { by_requester: true, verdict: "rejected" }),
  ];
  const parts = decisions.map(() => "decision");
  const shown = lines(dossier({ state: "rejected", parts, decisions }));
  expect(shown).toEqual(["decision bad", "decision doubtful", "decision bad", "decision bad"]);
});

test("what a finding names stands out, what is not known of is told all the same", () => {
  const odd = dossier({
    state: "deleted",
    parts: ["download", "deletion", "movement"],
    found: [0],
  });
  expect(lines(odd)).toEqual(["download doubtful", "deletion quiet", "other quiet"]);
});

test("a state keeps the colour of its decision", () => {
  expect(toneOfState({ state: "deleted", decision: "approved" })).toBe("good");
  expect(toneOfState({ state: "deleted", decision: "rejected" })).toBe("bad");
  expect(toneOfState({ state: "expired", decision: null })).toBe("quiet");
});

test("somebody's other names are told once, and only where they say more", () => {
  const root = person("root", { username: "li4", operator_id: "0", operator_name: "root" });
  expect([loginOf(root), ...otherNamesOf(root)]).toEqual(["root", "li4", "0"]);
  expect(otherNamesOf(person("li4"))).toEqual([]);
  expect(loginOf(null)).toBe(null);
});
