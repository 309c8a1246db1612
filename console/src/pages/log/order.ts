// Putting one element of a list elsewhere: what moving a column does.

/** The list with one element moved by a step. */
export function moved(list: string[], key: string, step: -1 | 1): string[] {
  const from = list.indexOf(key);
  const to = from + step;
  if (from < 0 || to < 0 || to >= list.length) return list;
  return movedBefore(list, key, list[step > 0 ? to + 1 : to] ?? null);
}

/** The list with one element moved before another; to the end for null. */
export function movedBefore(list: string[], key: string, before: string | null): string[] {
  const rest = list.filter((one) => one !== key);
  const place = before === null ? rest.length : rest.indexOf(before);
  return [...rest.slice(0, place), key, ...rest.slice(place)];
}
