// The first and the last event that a filter finds, over all of time.

import { useQuery } from "@tanstack/react-query";
import { type AuditEvent, eventsPage } from "../api/events";

export function useEdges(q: string) {
  return useQuery({
    queryKey: ["edges", q],
    queryFn: async ({ signal }) => {
      const [first, last] = await Promise.all(
        (["time", "-time"] as const).map((order) => eventsPage({ q }, order, 1, null, signal)),
      );
      return {
        first: (first?.events[0] ?? null) as AuditEvent | null,
        last: (last?.events[0] ?? null) as AuditEvent | null,
      };
    },
  });
}
