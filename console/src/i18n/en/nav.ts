// English names of the pages in the navigation.

export const nav = {
  log: "Audit log",
  exports: "Exports",
  integrity: "Integrity",
  quarantine: "Rejected input",
  accounts: "Accounts",
  tokens: "Tokens",
  overview: "Overview",
  sessions: "Sessions",
  approvals: "Approvals",
  configuration: "Configuration",
};
