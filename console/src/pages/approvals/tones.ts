// The words for how a case stands and what can be found in it, and the colour of each.

import type { Approval } from "./cases";

export const STATES = ["open", "approved", "rejected", "expired", "deleted", "refused"] as const;

/** What can be found in a case, in the order of weight. */
export const KINDS = [
  "self_approval",
  "same_approver_twice",
  "decision_without_request",
  "approval_after_rejection",
  "level_skipped",
  "fewer_levels_than_policy",
  "download_before_approval",
  "download_after_deletion",
  "data_changed_after_request",
  "flow_changed_after_request",
  "self_approval_refused",
  "deleted_by_person",
] as const;

/** Findings that may be in order. */
const MILD = ["flow_changed_after_request", "self_approval_refused", "deleted_by_person"];

export type Tone = "good" | "bad" | "doubtful" | "quiet";

export const toneOfFinding = (kind: string): Tone => (MILD.includes(kind) ? "doubtful" : "bad");

/** The colour of how a case stands: what was decided counts, also once the data is gone. */
export function toneOfState({ state, decision }: Pick<Approval, "state" | "decision">): Tone {
  if (state === "open") return "doubtful";
  if (decision === "approved") return "good";
  return decision === "rejected" || state === "refused" ? "bad" : "quiet";
}
