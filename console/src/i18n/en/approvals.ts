// English texts of the approvals page and of one approval's dossier.

import { plural } from "../messages";

const STATES: Record<string, string> = {
  open: "Open",
  approved: "Approved",
  rejected: "Rejected",
  expired: "Expired",
  deleted: "Data deleted",
  refused: "Not accepted",
};

const FLAGS: Record<string, string> = {
  self_approval: "Own approval",
  same_approver_twice: "Same approver twice",
  decision_without_request: "Decision without request",
  approval_after_rejection: "Approved after rejection",
  level_skipped: "Level skipped",
  fewer_levels_than_policy: "Fewer levels than the policy",
  download_before_approval: "Download before approval",
  download_after_deletion: "Download after deletion",
  data_changed_after_request: "Other data than requested",
  flow_changed_after_request: "Flow changed",
  self_approval_refused: "Own approval refused",
  deleted_by_person: "Deleted by a person",
};

const FOUND: Record<string, string> = {
  self_approval: "The requester is also an approver.",
  same_approver_twice: "One person approved more than once.",
  decision_without_request: "It was decided although no request was made before.",
  approval_after_rejection: "A level approved what another had rejected.",
  level_skipped: "A level approved before one below it.",
  fewer_levels_than_policy: "Fewer levels were asked than the policy in force demands.",
  download_before_approval: "Data was taken out before every level had approved.",
  download_after_deletion: "Data was taken out after it had been deleted.",
  data_changed_after_request: "The list of files is another than the one requested.",
  flow_changed_after_request: "The flow was changed after the request.",
  self_approval_refused: "The requester tried to approve, and was refused.",
  deleted_by_person: "A person deleted the data, not the platform.",
};

const HELD: Record<string, string> = {
  self_approval: "Approver and requester are different people.",
  same_approver_twice: "Every level was approved by somebody else.",
  decision_without_request: "The request came before every decision.",
  approval_after_rejection: "Nobody approved after the rejection.",
  level_skipped: "Every level followed the one below it.",
  fewer_levels_than_policy: "As many levels were asked as the policy in force demands.",
  download_before_approval: "Data was taken out only after every level had approved.",
  download_after_deletion: "Nothing was taken out after the deletion.",
  data_changed_after_request: "The list of files stayed the one requested.",
  flow_changed_after_request: "The flow stayed as it was at the request.",
  self_approval_refused: "Attempts that were refused were not the requester's.",
  deleted_by_person: "The platform deleted the data by itself.",
};

const RESULTS: Record<string, string> = {
  found: "Found",
  possible: "Possible",
  held: "In order",
  unknown: "Cannot be said",
  nothing: "Nothing to check",
};

const LEFT: Record<string, string> = {
  staged: "Staged, waiting for the decision",
  download_area: "In the download area",
  deleted: "Nothing: it was deleted",
  none: "Nothing: the request was not accepted",
};

const STEPS: Record<string, string> = {
  request: "Requested",
  flow_edit: "Flow changed",
  download: "Taken out",
  deletion: "Deleted",
};

export const approvals = {
  title: "Approvals",
  kind: (state: string) => `Approval · ${state}`,
  state: (code: string) => STATES[code] ?? code,
  states: "State",
  stateDeleted: (decision: string) => `${STATES[decision] ?? decision}, data deleted`,
  finding: "Findings",
  findingAll: "All cases",
  findingAny: "Something found",
  flag: (kind: string) => FLAGS[kind] ?? kind,
  found: (kind: string) => FOUND[kind] ?? kind,
  held: (kind: string) => HELD[kind] ?? kind,
  result: (word: string) => RESULTS[word] ?? word,
  possibleWhy: "Events that you may not see could explain it.",
  count: (count: string, n: number) => `${count} ${plural(n, "case", "cases")}`,
  flagged: (count: string) => `${count} with findings`,
  submitted: "Requested",
  case: "Approval",
  requester: "Requester",
  level: "Levels",
  levelOf: (level: string, levels: string) => `${level} of ${levels}`,
  data: "Data",
  files: (count: string, n: number) => `${count} ${plural(n, "file", "files")}`,
  decided: "Decided",
  undecided: "Not decided",
  after: (duration: string) => `after ${duration}`,
  left: "Left on the platform",
  leftOf: (code: string) => LEFT[code] ?? code,
  findings: "Findings",
  findingsNone: "None",
  emptyTitle: "No approvals",
  emptyText: "No request was made in this range that looks like this.",
  emptyWiden: "Look at all of time",
  loadMore: (since: string) => `Shown since ${since}. Show older`,
  unknownTitle: "Nothing is known of this approval",
  unknownText: "No event that you may see has it as target or related object.",
  limited:
    "You see only a part of the events. What is not shown may explain what looks wrong here, so nothing is called in order.",
  cut: "There are more events than can be told at once; the last ones are missing.",
  life: "From request to deletion",
  step: (kind: string) => STEPS[kind] ?? null,
  decision: (level: string, verdict: string, isEffective: boolean) =>
    `Level ${level} ${verdict === "approved" ? "approved" : "rejected"}${isEffective ? "" : ": did not take effect"}`,
  levelInferred: "The event does not say the level: it was counted.",
  waiting: (level: string) => `Level ${level} has not decided`,
  other: "Somebody other than the requester",
  own: "The requester",
  otherUnknown: "Whether it is the requester cannot be known",
  cause: "Because of",
  open: (index: string) => `Open event ${index}`,
  proof: (index: string) => `Proof of event ${index}`,
  checks: "What was checked",
  separation: "Approver ≠ requester",
  compared: "Compared: operator, operator id and account",
  approver: (level: string) => `Level ${level}`,
  nothing: (names: string) => `Nothing to check: ${names}`,
  evidence: "Events",
  policy: "Policy in force",
  policyNone: "No policy is recorded before the request.",
  policyLevels: (count: string, n: number) => `${count} ${plural(n, "level", "levels")}`,
  since: (time: string) => `since ${time}`,
  manifest: "SHA-256 of the list of files",
  downloads: "Taken out",
  deletions: "Deleted",
  never: "not in the log",
  notSaid: "not said",
  objects: "Files and folders",
  print: "Print",
  printFoot: (size: string, time: string) =>
    `As of ${size} events of the log · printed ${time} · each event's proof: GET /v1/events/index/N/proof, checked with annals verify`,
};
