// English texts of the exports page.

const FORMATS: Record<string, string> = {
  csv: "CSV, for spreadsheets",
  ndjson: "NDJSON, for programs",
  parquet: "Parquet, for analysis",
};
const STATES: Record<string, string> = {
  queued: "Waiting",
  running: "Under way",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const exports = {
  title: "Exports",
  intro:
    "A question whose whole answer is written to a file, as of the moment it was asked. That you exported is recorded.",
  fresh: "New export",
  begin: "Export",
  begun: "Asked",
  filter: "Filter",
  range: "Time",
  badRange: "Such as 7d, today, 2026-11-01..2026-11-07",
  everything: "All events",
  allTime: "All the time",
  format: "Form",
  formats: (code: string) => FORMATS[code] ?? code,
  state: "State",
  states: (code: string) => STATES[code] ?? code,
  rows: (number: string, count: number, isLeast: boolean) =>
    `${isLeast ? "At least " : ""}${number} ${count === 1 ? "event" : "events"} would be written`,
  counting: "Counting …",
  rowsOf: (rows: string, total: string) => `${rows} of ${total}`,
  size: (rows: string, bytes: string) => `${rows} events, ${bytes}`,
  act: "Action",
  download: "Download",
  cancel: "Cancel",
  remove: "Remove",
  emptyTitle: "No exports yet",
  emptyText: "Files are removed by themselves after some days.",
};
