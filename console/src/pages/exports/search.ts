// The exports page's state as its address writes it: what to put into the form, if it came with one.

export interface ExportsSearch {
  /** The filter. */
  q?: string;
  /** The range of time, as on the audit page. */
  range?: string;
}

export function readExportsSearch(search: Record<string, unknown>): ExportsSearch {
  const read: ExportsSearch = {};
  if (typeof search.q === "string") read.q = search.q;
  if (typeof search.range === "string") read.range = search.range;
  return read;
}
