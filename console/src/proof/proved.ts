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
const NOT_IN_LEAF = new Set(["index", "cuts", "updates", "masked", "erased"]);
const JSON_FIELDS = new Set(["request_data", "changes", "objects", "related", "origin"]);
const TARGETS = ["objects", "object.id", "object.name"];
/** Keys of a core that its event does not carry as such. */
const OF_ENTRY = new Set(["v", "object_type"]);
/** Keys of an outcome's core that are its own, not the operation's. */
const OF_OUTCOME = new Set([...OF_ENTRY, "phase", "of", "clock_skew"]);
/** What the outcome knows better than the intent. */
const ENDING = new Set(["outcome", "duration_ms"]);
const ENDING_FIELDS = new Set(["reason", "changes", "related"]);

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

function valuesOf(leaf: ProvedLeaf): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, value } of leaf.fields) if (value !== null) found.set(name, value);
  return found;
}

/** True if a leaf names what was acted on, be it withheld. */
function namesTargets(leaf: ProvedLeaf): boolean {
  const has = (name: string) => leaf.fields.some((field) => field.name === name);
  return leaf.core.object_type !== undefined || TARGETS.some(has);
}

function provedCore(intent: ProvedLeaf, outcome: ProvedLeaf | undefined): Record<string, unknown> {
  const core: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(intent.core)) {
    if (OF_ENTRY.has(key) || (outcome && key === "phase")) continue;
    core[key] = ENDING.has(key) ? (outcome?.core[key] ?? value) : value;
  }
  for (const [key, value] of Object.entries(outcome?.core ?? {})) {
    if (!OF_OUTCOME.has(key) && core[key] === undefined) core[key] = value;
  }
  return core;
}

/** The event that the leaves of one operation prove, the intent before the outcome. */
export function provedEvent([intent, outcome]: ProvedLeaf[]): Record<string, unknown> {
  if (!intent) return {};
  const event = provedCore(intent, outcome);
  const targets = outcome && namesTargets(outcome) ? outcome : intent;
  const [first, ending, target] = [intent, outcome ?? intent, targets].map(valuesOf);
  for (const name of new Set([...(first?.keys() ?? []), ...(ending?.keys() ?? [])])) {
    if (TARGETS.includes(name)) continue;
    const own = first?.get(name);
    const value = ENDING_FIELDS.has(name) ? (ending?.get(name) ?? own) : (own ?? ending?.get(name));
    if (value === undefined) continue;
    if (name === "source_ip") Object.assign(event, address(value));
    else event[name] = JSON_FIELDS.has(name) ? parsed(value) : value;
  }
  const objects = target?.get("objects");
  if (objects !== undefined) event.objects = parsed(objects);
  const [id, name] = [target?.get("object.id"), target?.get("object.name")];
  const type = targets.core.object_type;
  const isOne = type !== undefined && !targets.fields.some((field) => field.name === "objects");
  if (id !== undefined || name !== undefined || isOne) event.object = { type, id, name };
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
  // Nobody has to say how an operation ended: that its end is unknown is the server's conclusion.
  const isEndless = proved.phase === "intent" && left.outcome === "unknown";
  const isCut = Array.isArray(shown.cuts) && shown.cuts.length > 0;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => !NOT_IN_LEAF.has(key) && !hidden.has(key))
    .filter((key) => !(key === "object" && [...hidden].some((name) => name.startsWith("object."))))
    .filter((key) => !(key === "source_port" && hidden.has("source_ip")))
    .filter((key) => !(key === "origin" && isCut))
    .filter((key) => !(key === "outcome" && isEndless))
    .filter((key) => !same(left[key as keyof typeof left], right[key as keyof typeof right]))
    .sort();
}
