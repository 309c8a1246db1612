// English texts of the keyboard help.

export const keys = {
  title: "Keyboard",
  general: "Everywhere",
  navigation: "Go to",
  log: "Audit log",
  event: "Event",
  sessions: "Sessions",
  approvals: "Approvals",
  wall: "Wall display",
  help: "This help",
  singleKeys: "Letters and signs are shortcuts",
  singleKeysText: "Where they are not, Ctrl+/ and the account menu open this help.",
};
