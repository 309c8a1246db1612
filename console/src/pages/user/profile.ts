// What one person does, as the server tells it; behind a reason where the server wants one.

import { useQuery } from "@tanstack/react-query";
import type { components } from "../../api/__generated__/schema";
import { json } from "../../api/client";
import { ApiError } from "../../api/error";
import type { Question } from "../../api/events";

export type Profile = components["schemas"]["ProfileAnswer"];
export type Finding = components["schemas"]["Finding"];

export function useProfile(name: string, question: Question, reason: string | null) {
  return useQuery<Profile>({
    // Another range may show the old answer while it waits; another person never does.
    queryKey: ["profile", name, question, reason],
    placeholderData: (before) => (before?.user === name ? before : undefined),
    queryFn: ({ signal }) => {
      const search = new URLSearchParams({ ...question, ...(reason ? { reason } : {}) });
      return json<Profile>(`/v1/users/${encodeURIComponent(name)}/profile?${search}`, { signal });
    },
  });
}

/** True where the server wants to know why before it tells. */
export function wantsReason(error: unknown): boolean {
  return error instanceof ApiError && error.code === "profile_reason_required";
}

/** True of a name that stands for another, so that nobody can be recognised by it. */
export function isPseudonym(name: string): boolean {
  return /^p-[0-9a-f]{8}$/.test(name);
}
