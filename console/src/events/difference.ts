// What a change changed: the values that differ between before and after, by their path.

export interface Difference {
  path: string;
  kind: "added" | "removed" | "changed";
  before: unknown;
  after: unknown;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function childPath(path: string, key: string, isArray: boolean): string {
  if (isArray) return `${path}[${key}]`;
  return path ? `${path}.${key}` : key;
}

/** Differences in the order of the keys; equal values are left out. */
export function differencesOf(before: unknown, after: unknown, path = ""): Difference[] {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      differencesOf(before[key], after[key], childPath(path, key, Array.isArray(before))),
    );
  }
  const [none, some] = [
    before === undefined || before === null,
    after === undefined || after === null,
  ];
  if (none && some) return [];
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  // A whole branch that came or went is told leaf by leaf, so that each line stays readable.
  if (none && isTree(after) && !Array.isArray(after)) return differencesOf({}, after, path);
  if (some && isTree(before) && !Array.isArray(before)) return differencesOf(before, {}, path);
  return [{ path, kind: none ? "added" : some ? "removed" : "changed", before, after }];
}
