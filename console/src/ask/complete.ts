// What is being typed at the caret of a filter: a field's name, or a value of one.

import { narrowed } from "./terms";

export interface FieldNames {
  name: string;
  en: string;
  zh: string;
  aliases: string[];
}

/** A place in the filter that a suggestion would fill. */
export type Typed =
  | { kind: "field"; prefix: string; start: number; end: number }
  | { kind: "value"; field: string; prefix: string; start: number; end: number };

/** The field of a name or alias in either language. */
export function fieldNamed(word: string, fields: FieldNames[]): FieldNames | undefined {
  const wanted = word.toLowerCase();
  return fields.find(({ name, en, zh, aliases }) =>
    [name, en, zh, ...aliases].some((one) => one.toLowerCase() === wanted),
  );
}

/** Where the word that the caret stands in begins; blanks inside quotes belong to it. */
function wordStart(text: string): number {
  let start = 0;
  let isQuoted = false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' && text[at - 1] !== "\\") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth <= 0 && (character === " " || character === "\t")) start = at + 1;
  }
  return start;
}

/** What is typed at the caret; null where nothing can be suggested. */
export function typedAt(filter: string, caret: number, fields: FieldNames[]): Typed | null {
  const text = narrowed(filter).slice(0, caret);
  let start = wordStart(text);
  let word = text.slice(start);
  const sign = /^[-(]+/.exec(word)?.[0].length ?? 0;
  start += sign;
  word = word.slice(sign);
  const match = /^("(?:[^"\\]|\\.)*"|[^:<>=!"]+)(:|>=|<=|!=|>|<|=)([\s\S]*)$/.exec(word);
  if (!match) {
    if (word.startsWith('"')) return null;
    return { kind: "field", prefix: word, start, end: caret };
  }
  const [, name = "", comparison = "", value = ""] = match;
  const field = fieldNamed(name.replace(/^"|"$/g, ""), fields);
  if (!field) return null;
  let begin = start + name.length + comparison.length;
  let prefix = value;
  if (prefix.startsWith("(")) {
    const cut = Math.max(prefix.lastIndexOf("("), prefix.lastIndexOf(" "));
    begin += cut + 1;
    prefix = prefix.slice(cut + 1);
    if (prefix.startsWith("-")) {
      begin += 1;
      prefix = prefix.slice(1);
    }
  }
  return {
    kind: "value",
    field: field.name,
    prefix: prefix.replace(/^"/, ""),
    start: begin,
    end: caret,
  };
}

/** Fields whose name in any language has the prefix; those that begin with it first. */
export function fieldsLike(prefix: string, fields: FieldNames[]): FieldNames[] {
  const wanted = prefix.toLowerCase();
  const rank = ({ name, en, zh, aliases }: FieldNames) => {
    const names = [name, en, zh].map((one) => one.toLowerCase());
    if (names.some((one) => one.startsWith(wanted))) return 0;
    if (aliases.some((one) => one.toLowerCase().startsWith(wanted))) return 1;
    return names.some((one) => one.includes(wanted)) ? 2 : 3;
  };
  return fields
    .map((field) => ({ field, rank: rank(field) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((one) => one.field);
}

/** The filter with a suggestion put in, and where the caret goes. */
export function completed(
  filter: string,
  typed: Typed,
  insert: string,
): { text: string; caret: number } {
  const rest = filter.slice(typed.end);
  const isAtEnd = rest.trim() === "";
  const gap = typed.kind === "value" && isAtEnd ? " " : "";
  const head = filter.slice(0, typed.start) + insert + gap;
  return { text: head + (isAtEnd ? "" : rest), caret: head.length };
}
