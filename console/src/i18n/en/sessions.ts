// English texts of the sessions page, and of sessions anywhere.

import { plural } from "../messages";

const KINDS: Record<string, string> = {
  webssh: "WebSSH",
  webvnc: "WebVNC",
  webrdp: "WebRDP",
  login: "Sign-in",
};

const CAUSES: Record<string, string> = {
  user: "closed by the person",
  admin: "ended by an administrator",
  timeout: "ended by time-out",
  network: "connection lost",
  release: "machine released",
  system: "ended by the platform",
};

const SHORT: Record<string, string> = {
  user: "Closed",
  admin: "By administrator",
  timeout: "Time-out",
  network: "Connection lost",
  release: "Released",
  system: "By platform",
};

export const sessions = {
  title: "Sessions",
  all: "All sessions",
  kind: (code: string) => KINDS[code] ?? code,
  kinds: "Kinds",
  cause: (code: string, by: string) => (CAUSES[code] ?? code) + (by ? ` (${by})` : ""),
  causeShort: (code: string) => SHORT[code] ?? code,
  inferred: "(concluded from the operation)",
  stillOpen: "Open",
  superseded: "replaced by a later one",
  endUnknown: "end not known",
  legend: "Legend",
  nobody: "nobody named",
  filter: "Filter",
  filterHint: "operator:zhang3, object:d-42, source_ip:10.0.0.0/8",
  state: "State",
  stateAny: "All",
  stateOpen: "Open",
  stateEnded: "Ended",
  lanes: "One lane for each",
  laneUser: "User",
  laneObject: "Object",
  laneKind: "Kind",
  layout: "Layout",
  asLanes: "Time line",
  asList: "List",
  ends: "How they ended",
  count: (count: string, n: number) => `${count} ${plural(n, "session", "sessions")}`,
  openCount: (count: string) => `${count} open now`,
  median: (duration: string) => `half of them longer than ${duration}`,
  loadMore: (since: string) => `Shown since ${since}. Show older`,
  began: "Began",
  user: "User",
  session: "Session",
  object: "On",
  address: "From",
  lasted: "Lasted",
  ended: "How it ended",
  emptyTitle: "No sessions",
  emptyText: "None of these kinds began in this range.",
  emptyWiden: "Look in the last 30 days",
};
