// Events of one kind right after each other as one: a script's 600 moves are one line to read.

import type { AuditEvent } from "../api/events";
import { outcomeOf } from "./outcome";

export interface Run {
  /** In the order they came; at least one. */
  events: AuditEvent[];
  first: AuditEvent;
}

/** From so many on, events of one kind are told as one. */
export const RUN_EVENTS_MIN = 4;

function kindOf(event: AuditEvent): string {
  return [event.operator, event.operation, outcomeOf(event), event.source_ip ?? ""].join("\n");
}

/** Parts a list into runs of the same person doing the same from the same place with the same end. */
export function runsOf(events: AuditEvent[]): Run[] {
  const runs: Run[] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last && kindOf(last.first) === kindOf(event)) last.events.push(event);
    else runs.push({ events: [event], first: event });
  }
  return runs.flatMap((run) =>
    run.events.length >= RUN_EVENTS_MIN
      ? run
      : run.events.map((event) => ({ events: [event], first: event })),
  );
}
