// A finding in words: what is unusual, compared with what, and where in the log it stands.

import type { Catalogue } from "../../api/catalogue";
import { comparison } from "../../ask/edit";
import { absolute } from "../../ask/range";
import { HOURS } from "../../charts/heat";
import { all, REFUSED } from "../../entity/filter";
import type { Format } from "../../i18n/format";
import type { MoreMessages } from "../../i18n/messages";
import type { Finding } from "./profile";

export interface ToldFinding {
  key: string;
  title: string;
  reason: string;
  /** What the log is asked to show it: more of a filter, another range. */
  term?: string;
  range?: string;
  /** Several things that one rule found, each with its own way into the log. */
  each?: { name: string; term: string }[];
}

const HOURS_NAMED_MAX = 5;
const HOUR_MS = 3_600_000;

/** Tells the findings; what one rule found of many operations is told at once. */
export function toldAll(
  findings: Finding[],
  t: MoreMessages["user"],
  catalogue: Catalogue,
  format: Format,
): ToldFinding[] {
  const fresh = findings.filter((one) => one.rule === "new_operation");
  const others = findings.filter((one) => one.rule !== "new_operation");
  const list = others.map((one) => told(one, t, format));
  if (fresh.length === 0) return list;
  const events = fresh.reduce((sum, one) => sum + one.events, 0);
  return [
    ...list,
    {
      key: "operations",
      title: t.newOperations,
      reason: t.newOperationsWhy(format.number(events), events),
      each: fresh.map((one) => ({
        name: catalogue.operation(one.operation),
        term: comparison("operation", one.operation),
      })),
    },
  ];
}

type Other = Exclude<Finding, { rule: "new_operation" }>;

function told(finding: Other, t: MoreMessages["user"], format: Format): ToldFinding {
  const count = (value: number) => format.number(Math.round(value * 10) / 10);
  switch (finding.rule) {
    case "new_address":
      return {
        key: `address ${finding.address}`,
        title: t.newAddress(finding.address),
        reason: t.newAddressWhy(count(finding.events), finding.events),
        term: comparison("source_ip", finding.address),
      };
    case "unusual_hours":
      return {
        key: "hours",
        title: t.unusualHours(hoursText(finding.hours, format)),
        reason: t.unusualHoursWhy(count(finding.events), count(finding.usual), finding.events),
      };
    case "more_refusals":
      return {
        key: "refusals",
        title: t.moreRefusals(count(finding.events)),
        reason: t.moreRefusalsWhy(count(finding.expected)),
        term: all(REFUSED),
      };
    case "burst": {
      const start = Date.parse(finding.start);
      return {
        key: `burst ${finding.start}`,
        title: t.burst(count(finding.events), format.stamp(start).slice(0, 16)),
        reason: t.burstWhy(count(finding.usual)),
        range: absolute(start, start + HOUR_MS),
      };
    }
    case "dormant": {
      const again = Date.parse(finding.again);
      return {
        key: "dormant",
        title: t.dormant(format.duration(again - Date.parse(finding.last))),
        reason: t.dormantWhy(format.date(finding.last), format.date(finding.again)),
        range: absolute(again, again + HOUR_MS),
      };
    }
  }
}

function hoursText(hours: [number, number][], format: Format): string {
  const named = hours.slice(0, HOURS_NAMED_MAX).map(([place]) => {
    const hour = String(place % HOURS).padStart(2, "0");
    return `${format.weekday(Math.floor(place / HOURS))} ${hour}:00`;
  });
  return format.list(hours.length > named.length ? [...named, "…"] : named);
}

/** The hours of the week that a finding says are unusual. */
export function markedHours(findings: Finding[]): Set<number> {
  return new Set(
    findings.flatMap((finding) =>
      finding.rule === "unusual_hours" ? finding.hours.map(([place]) => place) : [],
    ),
  );
}
