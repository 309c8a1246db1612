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
};
