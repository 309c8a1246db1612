// The filters this browser asked last, newest first.

const KEY = "annals.recent-filters";
const FILTERS_MAX = 12;

export function recentFilters(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function rememberFilter(filter: string): void {
  const trimmed = filter.trim();
  if (trimmed === "") return;
  const list = [trimmed, ...recentFilters().filter((one) => one !== trimmed)];
  localStorage.setItem(KEY, JSON.stringify(list.slice(0, FILTERS_MAX)));
}
