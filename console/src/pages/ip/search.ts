// The address page's state as its address writes it.

import { type PageSearch, reader } from "../../entity/search";

export interface IpSearch extends PageSearch {
  /** `time` for oldest first; absent for newest first. */
  order?: string;
}

export const IP_RANGE_DEFAULT = "30d";

export const readIpSearch: (search: Record<string, unknown>) => IpSearch = reader([
  "range",
  "event",
  "tab",
  "order",
]);
