// English texts of the integrity page.

const VERDICTS: Record<string, [string, string]> = {
  signed: ["Signed", "by the key that this browser knows for this log, checked in this browser."],
  changed: ["Another key", "signed it than this browser has seen before. Ask why it was rotated."],
  bad: ["Not signed", "The signature does not fit the key. Do not trust what this server shows."],
  unsupported: ["Not checked here", "This connection offers the browser no means to check it."],
};

export const integrity = {
  title: "Integrity",
  intro:
    "Whether the log is whole, and how to find out without trusting this server, this page or its owner.",
  checkpoint: "Signed checkpoint",
  checkpointText:
    "Name, size and root hash of the log, signed. Keep one where the server's owner cannot reach it: a later log that does not extend it was rewritten or rolled back.",
  keep: "Keep it as a file",
  log: "Log",
  size: "Events",
  root: "Root hash",
  signature: "Signature",
  checking: "Checking …",
  verdict: (code: string) => VERDICTS[code]?.[0] ?? code,
  verdictText: (code: string) => VERDICTS[code]?.[1] ?? "",
  witnesses: "Witnesses",
  noWitness: "None has cosigned",
  serverCheck: "The server's own check",
  serverCheckText:
    "Every byte that is kept is read again and held against its hashes: once a day, and whenever you ask.",
  checkNow: "Check everything now",
  running: (done: string, total: string) => `Under way: ${done} of ${total} read`,
  lastVerdict: "Last result",
  clean: "Nothing found",
  findings: (count: string) => `${count} findings`,
  ended: "Ended",
  checked: "Checked",
  eventsIn: (events: string, time: string) => `${events} events in ${time}`,
  firstFinding: "First finding",
  notYet: "None has ended since the start.",
  nowhereElse: "Checkpoints are not published anywhere else, and no witness is asked.",
  elsewhere: "Places outside",
  place: "Place",
  follows: "Has up to",
  age: "Behind for",
  trouble: "Trouble",
  none: "None",
  growth: "Growth",
  growthText: "Events a day over the last 30 days.",
  dayCount: (date: string, count: string) => `${date}: ${count}`,
  keys: "Verifier keys",
  keysText:
    "Compare the key with what you were given by another way. A key that comes with the proof proves nothing.",
  currentKey: "Current key",
  formerKey: "Former key",
  offline: "Check it yourself, offline",
  offlineText:
    "The program asks no server. It needs the key from another source, and the proof or the folder.",
  proofCommand: "One event, with its downloaded proof",
  folderCommand: "The whole log, against a checkpoint that you kept",
};
