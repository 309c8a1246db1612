// The filters that pages about one thing ask with.

import { comparison } from "../ask/edit";

/** Everything somebody did, as operator or under an account's name. */
export function ofUser(name: string): string {
  return comparison("user", name);
}

/** Everything from an address. */
export function ofAddress(address: string): string {
  return comparison("source_ip", address);
}

/** Everything that concerns an object, as target or related. */
export function ofObject(id: string): string {
  return comparison("object", id);
}

/** What did not succeed and was not merely partly done. */
export const REFUSED = "outcome:(failure OR denied)";

/** Terms that must all hold. */
export function all(...terms: (string | undefined)[]): string {
  return terms.filter((term) => term).join(" ");
}
