// What an address says of the page, with everything that it leaves out.

import { RANGE_DEFAULT, reachesNow } from "../../ask/range";
import type { Order } from "./rows";
import type { LogSearch } from "./search";

export interface LogViewState {
  filter: string;
  range: string;
  order: Order;
  by: "outcome" | "service";
  /** Position of the event in the drawer. */
  opened: number | null;
  /** Whether new events can be followed at all: newest first, up to now. */
  canFollow: boolean;
  isLive: boolean;
}

/** Reads an address; what it leaves out stands at its default. */
export function viewOf(search: LogSearch): LogViewState {
  const range = search.range ?? RANGE_DEFAULT;
  const order = search.order === "time" ? "time" : "-time";
  const canFollow = reachesNow(range) && order === "-time";
  return {
    filter: search.q ?? "",
    range,
    order,
    by: search.by === "service" ? "service" : "outcome",
    opened: search.event === undefined ? null : Number(search.event),
    canFollow,
    isLive: search.live === "1" && canFollow,
  };
}
