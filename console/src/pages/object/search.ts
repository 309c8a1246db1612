// The object page's state as its address writes it.

import { type PageSearch, reader } from "../../entity/search";

export interface ObjectSearch extends PageSearch {
  type?: string;
  id?: string;
  /** Which of its events are told: `changes`, `sessions`, `refused`; absent for all. */
  show?: string;
}

export const readObjectSearch: (search: Record<string, unknown>) => ObjectSearch = reader([
  "type",
  "id",
  "range",
  "show",
  "event",
  "tab",
]);
