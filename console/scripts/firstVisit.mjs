// What a first visit loads, by Vite's manifest of the build.

/** The entries and the named chunks with all that they import; a name that was not built is an error. */
export function firstVisit(manifest, named) {
  const initial = new Set();
  const follow = (name) => {
    if (initial.has(name)) return;
    if (!manifest[name]) throw new Error(`${name} is no chunk of the build: name what replaced it`);
    initial.add(name);
    for (const next of manifest[name].imports ?? []) follow(next);
  };
  const entries = Object.keys(manifest).filter((name) => manifest[name].isEntry);
  for (const name of [...entries, ...named]) follow(name);
  return initial;
}
