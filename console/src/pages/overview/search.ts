// The overview's state as its address writes it.

import { type PageSearch, reader } from "../../entity/search";

export interface OverviewSearch extends PageSearch {
  /** `1` for the wall: large, without navigation. */
  wall?: string;
}

export const OVERVIEW_RANGE_DEFAULT = "24h";

export const readOverviewSearch: (search: Record<string, unknown>) => OverviewSearch = reader([
  "range",
  "wall",
  "event",
  "tab",
]);
