// The audit page's state as its address writes it: filter, range, order, split, columns, layout, event.
//
// What stands at its default is left out, so that addresses stay short.

import { RANGE_DEFAULT } from "../../ask/range";

export interface LogSearch {
  /** The filter. */
  q?: string;
  /** The range of time: `24h`, `today`, `2026-11-01..2026-11-07`. */
  range?: string;
  /** `time` for oldest first; absent for newest first. */
  order?: string;
  /** The field that parts the bars: `service`; absent for outcome. */
  by?: string;
  /** `1` to compare with the time before. */
  compare?: string;
  /** Columns in order, with commas; absent for the reader's own. */
  columns?: string;
  /** `list` for sentences; absent for the table. */
  layout?: string;
  /** `1` while new events are followed. */
  live?: string;
  /** Position of the event in the drawer. */
  event?: string;
  /** The part of the drawer that is shown; absent for details. */
  tab?: string;
}

const KEYS = [
  "q",
  "range",
  "order",
  "by",
  "compare",
  "columns",
  "layout",
  "live",
  "event",
  "tab",
] as const;

/** Takes what the page knows out of an address and leaves the rest. */
export function readLogSearch(search: Record<string, unknown>): LogSearch {
  const read: LogSearch = {};
  for (const key of KEYS) {
    const value = search[key];
    if (typeof value === "string" && value !== "") read[key] = value;
  }
  if (read.range === RANGE_DEFAULT) delete read.range;
  return read;
}
