// The sessions page's state as its address writes it.

import { type PageSearch, reader } from "../../entity/search";

export interface SessionsSearch extends PageSearch {
  /** A filter of the events that began the sessions. */
  q?: string;
  /** Kinds with commas; absent for the three that go to a machine. */
  kind?: string;
  /** `open` or `ended`; absent for both. */
  state?: string;
  /** How they ended, with commas; absent for all. */
  end?: string;
  /** `object` or `kind`; absent for users. */
  lanes?: string;
  /** `list` for a table; absent for the time line. */
  layout?: string;
}

export const SESSIONS_RANGE_DEFAULT = "24h";

export const readSessionsSearch: (search: Record<string, unknown>) => SessionsSearch = reader([
  "q",
  "range",
  "kind",
  "state",
  "end",
  "lanes",
  "layout",
  "event",
  "tab",
]);
