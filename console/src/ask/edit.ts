// Small changes to a filter: what clicking a value, a facet or a chip does to its text.
//
// Only terms at the top are touched, and only those of the field in question; whatever else the
// reader wrote stays as written.

import { joined, quoted, type Term, terms, unquoted } from "./terms";

/** How words of a filter are read: names of fields and values in any language as their codes. */
export interface Names {
  field: (word: string) => string;
  value: (field: string, word: string) => string;
}

const AS_WRITTEN: Names = { field: (word) => word, value: (_, word) => word };

function isOf(term: Term, field: string, names: Names): boolean {
  return term.field !== null && names.field(term.field) === field;
}

function codeOf(term: Term, field: string, names: Names): string {
  return names.value(field, term.value);
}

/** A field's comparison with a value, as text. */
export function comparison(field: string, value: string, isNegated = false): string {
  return `${isNegated ? "-" : ""}${field}:${quoted(value)}`;
}

function values(term: Term): string[] | null {
  if (term.sign !== ":" || term.isNegated) return null;
  if (!term.value.startsWith("(")) return [term.value];
  const inner = term.value.slice(1, -1).trim();
  const parts = inner.match(/"(?:[^"\\]|\\.)*"|[^\s()]+/g) ?? [];
  const isList = parts.every((part, at) => (at % 2 === 1 ? part === "OR" : part !== "OR"));
  return isList && parts.length % 2 === 1
    ? parts.filter((_, at) => at % 2 === 0).map(unquoted)
    : null;
}

function ofValues(field: string, list: string[]): string {
  const [only] = list;
  if (list.length === 1 && only !== undefined) return comparison(field, only);
  return `${field}:(${list.map(quoted).join(" OR ")})`;
}

/** The values of a field that the filter lets through by name; empty if it says nothing of it. */
export function included(filter: string, field: string, names = AS_WRITTEN): string[] {
  return terms(filter)
    .filter((term) => isOf(term, field, names))
    .flatMap((term) => values(term) ?? [])
    .map((value) => names.value(field, value));
}

/** The values of a field that the filter shuts out by name. */
export function excluded(filter: string, field: string, names = AS_WRITTEN): string[] {
  return terms(filter)
    .filter((term) => isOf(term, field, names) && term.isNegated && term.sign === ":")
    .map((term) => codeOf(term, field, names));
}

function without(filter: string, drop: (term: Term) => boolean): Term[] {
  return terms(filter).filter((term) => !drop(term));
}

/** Lets one more value of a field through, or takes it out again if it was let through. */
export function toggled(filter: string, field: string, value: string, names = AS_WRITTEN): string {
  const before = included(filter, field, names);
  const isIn = before.includes(value);
  const after = isIn ? before.filter((one) => one !== value) : [...before, value];
  const isShutOut = (term: Term) =>
    term.isNegated && term.sign === ":" && codeOf(term, field, names) === value;
  const rest = without(
    filter,
    (term) => isOf(term, field, names) && (values(term) !== null || isShutOut(term)),
  );
  const text = joined(rest);
  if (after.length === 0) return text;
  return `${text} ${ofValues(field, after)}`.trim();
}

/** Lets only this value of a field through. */
export function only(filter: string, field: string, value: string, names = AS_WRITTEN): string {
  return `${withoutField(filter, field, names)} ${comparison(field, value)}`.trim();
}

/** Shuts a value of a field out, or lets it back in if it was shut out. */
export function shutOut(filter: string, field: string, value: string, names = AS_WRITTEN): string {
  const isOut = excluded(filter, field, names).includes(value);
  const rest = without(
    filter,
    (term) =>
      isOf(term, field, names) &&
      term.sign === ":" &&
      !term.value.startsWith("(") &&
      codeOf(term, field, names) === value,
  );
  const text = joined(rest);
  return isOut ? text : `${text} ${comparison(field, value, true)}`.trim();
}

/** The filter without anything about a field: what a facet of that field is counted under. */
export function withoutField(filter: string, field: string, names = AS_WRITTEN): string {
  return joined(without(filter, (term) => isOf(term, field, names)));
}

/** Whether a filter says anything of a field at its top. */
export function speaksOf(filter: string, field: string, names = AS_WRITTEN): boolean {
  return terms(filter).some((term) => isOf(term, field, names));
}

/** The filter without its term number `place`. */
export function withoutTerm(filter: string, place: number): string {
  return joined(terms(filter).filter((_, at) => at !== place));
}

/** The filter with its term number `place` turned round. */
export function inverted(filter: string, place: number): string {
  const list = terms(filter).map((term, at) => {
    if (at !== place) return term;
    if (!term.isNegated) {
      const isWhole = term.isGroup && !term.text.startsWith("(");
      return { text: isWhole ? `-(${term.text})` : `-${term.text}` };
    }
    return { text: term.text.replace(/^(-|NOT\s+)/, "") };
  });
  return joined(list);
}
