// Reads the named parameters out of an address and leaves the rest: the whole state of a page.

/** A `validateSearch` that keeps the parameters of these names, where they say something. */
export function reader<Key extends string>(keys: readonly Key[]) {
  return (search: Record<string, unknown>): Partial<Record<Key, string>> => {
    const read: Partial<Record<Key, string>> = {};
    for (const key of keys) {
      const value = search[key];
      if (typeof value === "string" && value !== "") read[key] = value;
    }
    return read;
  };
}

/** What every page with a range and a drawer keeps in its address. */
export interface PageSearch {
  range?: string;
  /** Position of the event in the drawer. */
  event?: string;
  /** The drawer's part. */
  tab?: string;
}

/** Changes some of the address; `isReplacing` leaves no step to go back to. */
export type Go<Search> = (change: Partial<Search>, isReplacing?: boolean) => void;
