// English texts of the object page.

const STEPS: Record<string, string> = { created: "created", deleted: "deleted" };

const WHY: Record<string, string> = {
  not_done: "Nothing changed: it did not succeed.",
  nothing_said: "What it changed is not known: the event does not say.",
  erased: "What it changed is not known any more: the values were erased.",
};

const KNOWN: Record<string, string> = {
  exact: "Exactly what changed, as the event says",
  approximate: "Approximately what changed: the request, compared with earlier ones",
};

export const object = {
  dossier: "Approval dossier",
  kindAnd: (type: string, state: string) => `${type} · ${state}`,
  alive: "exists",
  gone: "deleted",
  unsure: "creation not in the log",
  created: "Created",
  deleted: "Deleted",
  by: (name: string) => `by ${name}`,
  lived: "Lived",
  livesFor: "Lives for",
  lastTouched: "Last event",
  figureEvents: "Events",
  figurePeople: "People",
  life: "Life",
  lifeSay: (name: string) => `Life line of ${name}`,
  mark: (kind: "created" | "deleted" | "renamed" | "changed", time: string) =>
    `${{ created: "Created", deleted: "Deleted", renamed: "Renamed", changed: "Changed" }[kind]} ${time}`,
  column: (count: string, from: string) => `${count} events from ${from}`,
  names: "Earlier names",
  people: "Who touched it",
  from: "From where",
  changes: "What happened to it",
  show: "Show",
  showAll: "Everything",
  showChanges: "Changes",
  showSessions: "Sessions",
  showRefused: "Refused",
  wholeLife: "Whole life",
  step: (step: string) => STEPS[step] ?? step,
  renamed: (from: string, to: string) => `renamed: ${from} → ${to}`,
  related: "concerned",
  known: (known: string) => KNOWN[known] ?? known,
  why: (code: string) => WHY[code] ?? null,
  noDifference: "Nothing differs from before.",
  masked: "(masked: whether it changed is hidden)",
  cut: "There are more changes than are listed.",
  none: "Nothing of this kind happened to it.",
  unknownTitle: "Nothing is known of this object",
  unknownText: "No event that you may see has it as target or related object.",
};
