// Outcomes as the console shows them: always icon and word beside the colour.

export const OUTCOMES = ["success", "failure", "denied", "partial", "pending", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** An event's outcome; absent means success, an unheard-of word unknown. */
export function outcomeOf(event: { outcome?: string | null }): Outcome {
  if (!event.outcome) return "success";
  return (OUTCOMES as readonly string[]).includes(event.outcome)
    ? (event.outcome as Outcome)
    : "unknown";
}
