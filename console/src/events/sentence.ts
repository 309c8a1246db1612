// One event as one sentence in the reader's language.
//
// The words are the catalogue's. English turns its verb ("Delete desktop") into "deleted desktop", or
// "tried to delete desktop" where it did not succeed; an operation that begins with no verb is named
// as it is, after a colon. Chinese names read as they are. The sentence comes in parts, so that a
// page can mark and link them; together they are plain text.

import type { Catalogue } from "../api/catalogue";
import type { AuditEvent } from "../api/events";
import { type EventObject, labelOf, objectsOf } from "./object";
import { type Outcome, outcomeOf } from "./outcome";

export type PartKind = "text" | "actor" | "operation" | "object" | "address" | "outcome" | "reason";

export interface Part {
  kind: PartKind;
  text: string;
  /** Of an object: which. */
  object?: EventObject;
}

const OBJECTS_NAMED_MAX = 3;

/** The verbs that operations begin with; others are named as they are. */
const PAST: Record<string, string> = {
  add: "added",
  approve: "approved",
  cancel: "cancelled",
  change: "changed",
  close: "closed",
  configure: "configured",
  convert: "converted",
  copy: "copied",
  create: "created",
  delete: "deleted",
  disable: "disabled",
  disconnect: "disconnected",
  download: "downloaded",
  edit: "edited",
  enable: "enabled",
  expand: "expanded",
  export: "exported",
  get: "got",
  import: "imported",
  initiate: "initiated",
  lock: "locked",
  mount: "mounted",
  move: "moved",
  open: "opened",
  prune: "pruned",
  quarantine: "quarantined",
  query: "queried",
  redact: "redacted",
  register: "registered",
  reject: "rejected",
  release: "released",
  "release/remove": "released/removed",
  remove: "removed",
  replay: "replayed",
  reset: "reset",
  restore: "restored",
  revoke: "revoked",
  rotate: "rotated",
  save: "saved",
  start: "started",
  stop: "stopped",
  submit: "submitted",
  switch: "switched",
  synchronise: "synchronised",
  unbind: "unbound",
  unlock: "unlocked",
  unmount: "unmounted",
  update: "updated",
  upgrade: "upgraded",
  upload: "uploaded",
  verify: "verified",
  view: "viewed",
};

/** Two-word verbs and nouns that are verbs, before the single words. */
const PHRASES: [RegExp, string, string][] = [
  [/^user login$/i, "signed in", "sign in"],
  [/^user logout$/i, "signed out", "sign out"],
  [/^power on /i, "powered on ", "power on "],
  [/^power off /i, "powered off ", "power off "],
  [/^package and download /i, "packaged and downloaded ", "package and download "],
];

const ENDED: Record<Exclude<Outcome, "success">, string> = {
  failure: "failed",
  denied: "denied",
  partial: "partly done",
  pending: "in progress",
  unknown: "outcome unknown",
};

interface Phrase {
  past: string;
  base: string;
}

function phraseOf(name: string): Phrase | null {
  for (const [pattern, past, base] of PHRASES) {
    if (pattern.test(name))
      return { past: name.replace(pattern, past), base: name.replace(pattern, base) };
  }
  const [first = ""] = name.split(" ");
  const past = PAST[first.toLowerCase()];
  if (!past) return null;
  const rest = name.slice(first.length);
  return { past: past + rest, base: first.toLowerCase() + rest };
}

function isDone(outcome: Outcome): boolean {
  return outcome === "success" || outcome === "partial" || outcome === "unknown";
}

/** True where naming the object would only name the actor again. */
function isActor(object: EventObject, event: AuditEvent): boolean {
  const label = labelOf(object);
  return label === event.operator || label === event.username;
}

function objectParts(
  event: AuditEvent,
  separator: string,
  more: (count: number) => string,
): Part[] {
  const objects = objectsOf(event).filter((object) => !isActor(object, event) && labelOf(object));
  const parts: Part[] = [];
  objects.slice(0, OBJECTS_NAMED_MAX).forEach((object, at) => {
    if (at > 0) parts.push({ kind: "text", text: separator });
    parts.push({ kind: "object", text: labelOf(object), object });
  });
  const rest = objects.length - OBJECTS_NAMED_MAX;
  if (rest > 0) parts.push({ kind: "text", text: more(rest) });
  return parts;
}

/** How a phrase and its object hang together: "deleted desktop d-42", "… session on d-42". */
function joint(words: string, object: EventObject | undefined, catalogue: Catalogue): string {
  if (!object?.type || !words.includes(" ")) return " ";
  const type = catalogue.value("object.type", object.type).toLowerCase();
  const phrase = words.toLowerCase();
  if (phrase.endsWith(type) || phrase.endsWith(`${type}s`)) return " ";
  return phrase.endsWith(" session") ? " on " : ": ";
}

function english(event: AuditEvent, catalogue: Catalogue): Part[] {
  const name = catalogue.operation(event.operation);
  const phrase = phraseOf(name);
  const outcome = outcomeOf(event);
  const parts: Part[] = [{ kind: "actor", text: event.operator }];
  let words = name;
  if (phrase) {
    words = isDone(outcome)
      ? phrase.past
      : `${outcome === "pending" ? "began to" : "tried to"} ${phrase.base}`;
    parts.push({ kind: "text", text: " " }, { kind: "operation", text: words });
  } else {
    parts.push({ kind: "text", text: ": " }, { kind: "operation", text: name });
  }
  const objects = objectParts(event, ", ", (count) => ` and ${count} more`);
  if (objects.length > 0) {
    const text = phrase ? joint(words, objects[0]?.object, catalogue) : " ";
    parts.push({ kind: "text", text }, ...objects);
  }
  if (event.source_ip) {
    parts.push({ kind: "text", text: " from " }, { kind: "address", text: event.source_ip });
  }
  return parts;
}

function chinese(event: AuditEvent, catalogue: Catalogue): Part[] {
  const parts: Part[] = [{ kind: "actor", text: event.operator }];
  if (event.source_ip) {
    parts.push({ kind: "text", text: " 从 " }, { kind: "address", text: event.source_ip });
  }
  parts.push(
    { kind: "text", text: " " },
    { kind: "operation", text: catalogue.operation(event.operation) },
  );
  const objects = objectParts(event, "、", (count) => ` 等 ${count + OBJECTS_NAMED_MAX} 个对象`);
  if (objects.length > 0) parts.push({ kind: "text", text: " " }, ...objects);
  return parts;
}

/** The event's sentence, in parts. */
export function sentenceOf(event: AuditEvent, catalogue: Catalogue): Part[] {
  const parts = catalogue.isChinese ? chinese(event, catalogue) : english(event, catalogue);
  const outcome = outcomeOf(event);
  if (outcome === "success") return parts;
  const word = catalogue.isChinese ? catalogue.value("outcome", outcome) : ENDED[outcome];
  parts.push(
    { kind: "text", text: catalogue.isChinese ? "——" : " — " },
    { kind: "outcome", text: word },
  );
  if (event.reason) {
    parts.push(
      { kind: "text", text: catalogue.isChinese ? "：" : ": " },
      { kind: "reason", text: event.reason },
    );
  }
  return parts;
}

/** The sentence as plain text: for copying, titles and screen readers. */
export function sentenceText(event: AuditEvent, catalogue: Catalogue): string {
  return sentenceOf(event, catalogue)
    .map((part) => part.text)
    .join("");
}
