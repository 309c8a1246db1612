// The filters this browser asked last, newest first.

import { recallJson, remember } from "../../kept";

const KEY = "annals.recent-filters";
const FILTERS_MAX = 12;

export function recentFilters(): string[] {
  return recallJson(KEY, (kept) =>
    Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [],
  );
}

export function rememberFilter(filter: string): void {
  const trimmed = filter.trim();
  if (trimmed === "") return;
  const list = [trimmed, ...recentFilters().filter((one) => one !== trimmed)];
  remember(KEY, JSON.stringify(list.slice(0, FILTERS_MAX)));
}
