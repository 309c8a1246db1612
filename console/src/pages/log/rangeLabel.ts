// A range of time in words, for its button.

import { type Span, tidied } from "../../ask/range";
import type { Format } from "../../i18n/format";
import type { Messages } from "../../i18n/messages";

const SPAN = /^(\d+)(s|m|h|d|w)$/;
const UNIT_MS: Record<string, number> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `Last 7 days`, `1 Nov – 7 Nov 2026`, `2026-11-07 08:00 – 09:30`. */
export function rangeLabel(text: string, span: Span, format: Format, t: Messages["log"]): string {
  const tidy = tidied(text);
  const preset = t.rangePreset(tidy);
  if (preset) return preset;
  const relative = SPAN.exec(tidy);
  if (relative) {
    return t.rangeLast(format.duration(Number(relative[1]) * (UNIT_MS[relative[2] ?? ""] ?? 0)));
  }
  const { from, to } = span;
  if (from === null && to === null) return t.rangePreset("all") ?? "";
  const short = (instant: number) => format.stamp(instant).slice(0, 16).replace(" 00:00", "");
  if (to === null) return t.rangeSince(short(from ?? 0));
  const isDays =
    format.clock(to) === "00:00:00" && (from === null || format.clock(from) === "00:00:00");
  const end = isDays ? format.dayStamp(to - 1) : short(to);
  if (from === null) return t.rangeUntil(end);
  const begin = short(from);
  if (begin === end) return begin;
  const isSameDay = begin.slice(0, 10) === end.slice(0, 10);
  return `${begin} – ${isSameDay ? end.slice(11) : end}`;
}
