// Where a sign-in or a page around this one leads: only ever to a page of this console.

import { paths } from "./paths";

/** A page of the console out of an address that anybody may have written. */
export function backTo(wanted: string | undefined, basePath: string): string {
  const base = basePath.replace(/\/$/, "");
  const path = wanted?.startsWith(`${base}/`) ? wanted.slice(base.length) : wanted;
  const isPage = path?.startsWith("/ui/") && !path.startsWith(paths.signIn);
  return isPage && path ? path : paths.home;
}

/** `backTo` inside a frame, whose audit page shows the columns that came with its token. */
export function ledTo(
  wanted: string | undefined,
  basePath: string,
  columns: string[] | undefined,
): string {
  const path = backTo(wanted, basePath);
  const [page, question = ""] = path.split("?");
  if (page !== paths.log || !columns?.length) return path;
  const search = new URLSearchParams(question);
  if (search.has("columns")) return path;
  search.set("columns", columns.join(","));
  return `${page}?${search}`;
}
