// Where a sign-in leads back to: only ever to a page of this console.

import { paths } from "./paths";

/** A page of the console out of an address that anybody may have written. */
export function backTo(wanted: string | undefined, basePath: string): string {
  const base = basePath.replace(/\/$/, "");
  const path = wanted?.startsWith(`${base}/`) ? wanted.slice(base.length) : wanted;
  const isPage = path?.startsWith("/ui/") && !path.startsWith(paths.signIn);
  return isPage && path ? path : paths.home;
}
