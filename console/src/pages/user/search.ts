// The user page's state as its address writes it.

import { type PageSearch, reader } from "../../entity/search";

export interface UserSearch extends PageSearch {
  /** `time` for oldest first; absent for newest first. */
  order?: string;
}

/** A week, compared with the three months before it, tells what is unusual now. */
export const USER_RANGE_DEFAULT = "7d";

export const readUserSearch: (search: Record<string, unknown>) => UserSearch = reader([
  "range",
  "event",
  "tab",
  "order",
]);
