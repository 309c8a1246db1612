// What a proof says of an event, as an event again, and where a shown event says otherwise.
//
// A value that is shown but not proved is a difference too: a page must not show more than the log
// holds. Values that this reader does not see (masked, erased, withheld) are not compared.

import type { SealedField } from "./leaf";

/** A leaf that was proved: its core and its opened fields. */
export interface ProvedLeaf {
  core: Record<string, unknown>;
  fields: SealedField[];
}

/** Keys of an event that say something about the answer, not about the leaf. */
const NOT_IN_LEAF = new Set(["index", "cuts", "updates", "masked", "erased", "links"]);
const JSON_FIELDS = new Set(["request_data", "changes", "objects", "related", "origin"]);
/** Keys of the core that an event does not carry. */
const CORE_ONLY = new Set(["v", "phase", "of", "control", "object_type"]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function address(text: string): { source_ip: string; source_port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  if (!match) return { source_ip: text };
  return { source_ip: match[1] ?? match[2] ?? "", source_port: Number(match[3]) };
}

/** The event that the leaves of one operation prove, the intent before the outcome. */
export function provedEvent(leaves: ProvedLeaf[]): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  const object: Record<string, unknown> = {};
  leaves.forEach((leaf, at) => {
    const isOutcome = at > 0;
    for (const [key, value] of Object.entries(leaf.core)) {
      const isOfIntent = key === "time" || key === "id" || key === "received_time";
      if (!CORE_ONLY.has(key) && !(isOutcome && isOfIntent)) event[key] = value;
    }
    if (leaf.core.object_type !== undefined) object.type = leaf.core.object_type;
    for (const { name, value } of leaf.fields) {
      if (value === null) continue;
      if (name === "object.id") object.id = value;
      else if (name === "object.name") object.name = value;
      else if (name === "source_ip") Object.assign(event, address(value));
      else event[name] = JSON_FIELDS.has(name) ? parsed(value) : value;
    }
  });
  if (object.id !== undefined || object.name !== undefined) event.object = object;
  return event;
}

/** Equal as JSON; absent and null are the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    same(left[key], right[key]),
  );
}

/** Names of the shown event's fields that the proof does not bear out. */
export function differences(
  shown: Record<string, unknown>,
  proved: Record<string, unknown>,
  hidden: ReadonlySet<string>,
): string[] {
  const without = (value: Record<string, unknown>) => ({
    ...value,
    outcome: value.outcome ?? "success",
  });
  const [left, right] = [without(shown), without(proved)];
  const isCut = Array.isArray(shown.cuts) && shown.cuts.length > 0;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => !NOT_IN_LEAF.has(key) && !hidden.has(key))
    .filter((key) => !(key === "object" && [...hidden].some((name) => name.startsWith("object."))))
    .filter((key) => !(key === "source_port" && hidden.has("source_ip")))
    .filter((key) => !(key === "origin" && isCut))
    .filter((key) => !same(left[key as keyof typeof left], right[key as keyof typeof right]))
    .sort();
}
