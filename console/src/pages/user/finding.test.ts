// A finding names its reason and leads to exactly the events it speaks of.

import { expect, test } from "vitest";
import { Catalogue } from "../../api/catalogue";
import { user as words } from "../../i18n/en/user";
import { Format } from "../../i18n/format";
import { markedHours, toldAll } from "./finding";
import type { Finding } from "./profile";

const CATALOGUE = new Catalogue({ fields: [], stacks: [], services: [] }, "en");
const FORMAT = new Format("en", "Asia/Shanghai");

function check(findings: Finding[], expected: string[]) {
  const told = toldAll(findings, words, CATALOGUE, FORMAT);
  const lines = told.map((one) =>
    [one.title, one.reason, one.term ?? one.each?.map((it) => it.term).join(" "), one.range]
      .filter((part) => part)
      .join(" | "),
  );
  expect(lines).toEqual(expected);
}

test("addresses and operations that are new", () => {
  check(
    [
      { rule: "new_operation", operation: "desktop.delete", events: 2 },
      { rule: "new_address", address: "2001:db8::1", events: 1 },
      { rule: "new_operation", operation: "cluster.delete", events: 1 },
    ],
    [
      "First time from 2001:db8::1 | 1 event from there, none before | source_ip:2001:db8::1",
      "For the first time | 3 events, none of these before | operation:desktop.delete operation:cluster.delete",
    ],
  );
});

test("a burst leads to its hour, in the reader's zone", () => {
  check(
    [{ rule: "burst", start: "2026-11-26T00:00:00Z", events: 923, usual: 1.9999999999999996 }],
    [
      "923 events in the hour from 2026-11-26 08:00 | an active hour usually has 2 | 2026-11-26T00:00:00Z..2026-11-26T01:00:00Z",
    ],
  );
});

test("unusual hours are named and marked", () => {
  const findings: Finding[] = [
    {
      rule: "unusual_hours",
      hours: [
        [33, 2],
        [57, 1],
      ],
      events: 3,
      usual: 0,
    },
  ];
  check(findings, [
    "At unusual hours: Tue 09:00 and Wed 09:00 | 3 events at these hours, 0 in all the time before",
  ]);
  expect([...markedHours(findings)]).toEqual([33, 57]);
});

test("more refusals than expected lead to the refusals", () => {
  check(
    [{ rule: "more_refusals", events: 40, expected: 3.25 }],
    ["40 failures and refusals | 3.3 were to be expected | outcome:(failure OR denied)"],
  );
});
