// The way of a case as steps of a vertical line: what happened, and which levels are still to come.

import type { AuditEvent } from "../../api/events";
import type { Decision, Dossier, Person } from "./cases";
import type { Tone } from "./tones";

export interface Step {
  key: string;
  kind: "request" | "decision" | "waiting" | "flow_edit" | "download" | "deletion" | "other";
  tone: Tone;
  /** The event; none of a level that has not decided yet. */
  event: AuditEvent | null;
  decision: Decision | null;
  /** The level that has not decided yet. */
  level: number | null;
}

const KINDS: Record<string, Step["kind"]> = {
  request: "request",
  decision: "decision",
  flow_edit: "flow_edit",
  download: "download",
  deletion: "deletion",
};

/** The steps, oldest first; levels that an open case waits for stand at the end. */
export function stepsOf(dossier: Dossier): Step[] {
  const { approval, decisions, findings } = dossier;
  const byIndex = new Map(decisions.map((decision) => [decision.index, decision]));
  const shown = new Set(findings.flatMap((finding) => finding.events));
  const steps = dossier.events.map(({ event, part }): Step => {
    const decision = byIndex.get(event.index ?? -1) ?? null;
    const kind = KINDS[part] ?? "other";
    const tone = toneOf(kind, decision, shown.has(event.index ?? -1));
    return {
      key: String(event.index),
      kind,
      tone,
      event: event as AuditEvent,
      decision,
      level: null,
    };
  });
  const last = approval.state === "open" ? (approval.levels ?? 0) : 0;
  const waiting = Array.from({ length: Math.max(0, last - approval.level) }, (_, place): Step => {
    const level = approval.level + place + 1;
    return {
      key: `level ${level}`,
      kind: "waiting",
      tone: "quiet",
      event: null,
      decision: null,
      level,
    };
  });
  return [...steps, ...waiting];
}

function toneOf(kind: Step["kind"], decision: Decision | null, isFound: boolean): Tone {
  if (decision?.by_requester && decision.effective && decision.verdict === "approved") return "bad";
  if (decision) {
    if (!decision.effective) return "doubtful";
    return decision.verdict === "approved" ? "good" : "bad";
  }
  return isFound && kind !== "request" ? "doubtful" : "quiet";
}

/** What somebody is called first: the login. */
export function loginOf(person: Person | null): string | null {
  return person?.operator ?? person?.username ?? person?.operator_id ?? null;
}

/** The other ways in which an event names somebody, as far as they say more. */
export function otherNamesOf(person: Person): string[] {
  const login = loginOf(person);
  const others = [person.operator_name, person.username, person.operator_id];
  return [...new Set(others)].filter((name) => name !== null && name !== login) as string[];
}
