// English texts of the quarantine page.

const STATES: Record<string, string> = { open: "Waiting", replayed: "Replayed", all: "All" };

export const quarantine = {
  title: "Rejected input",
  intro:
    "Lines that senders sent and the log could not take as events. None is lost: each is kept, masked, until it is sent again after a fix.",
  shown: "Shown lines",
  states: (code: string) => STATES[code] ?? code,
  received: "Received",
  emitter: "Token",
  place: "Place",
  placeOf: (line: string) => `Line ${line} of its request`,
  reason: "Reason",
  size: "Size",
  line: "Content",
  show: "Show",
  act: "Action",
  replay: "Send again",
  replayOf: (index: number) => `Send again: line ${index}`,
  replayed: "Replayed",
  notReplayable: "Not whole",
  more: "More",
  emptyTitle: (state: string): string => (state === "open" ? "Nothing waits" : "Nothing here"),
  emptyText: "Every line that came was taken as an event.",
};
