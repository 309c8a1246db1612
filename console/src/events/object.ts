// The objects of an event, one or many, as one list.

import type { AuditEvent } from "../api/events";

export interface EventObject {
  type: string;
  id: string;
  name: string;
  outcome?: string;
}

function read(value: unknown): EventObject {
  const fields = (value ?? {}) as Record<string, unknown>;
  const text = (key: string) => (typeof fields[key] === "string" ? (fields[key] as string) : "");
  const outcome = text("outcome");
  return {
    type: text("type"),
    id: text("id"),
    name: text("name"),
    ...(outcome ? { outcome } : {}),
  };
}

/** The targets of an event, in its own order. */
export function objectsOf(event: AuditEvent): EventObject[] {
  if (event.objects && event.objects.length > 0) return event.objects.map(read);
  return event.object ? [read(event.object)] : [];
}

/** What a person calls it: its name, else its id. */
export function labelOf(object: EventObject): string {
  return object.name || object.id || object.type;
}
