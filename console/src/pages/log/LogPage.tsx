// The audit log page.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { answer, api } from "../../api/client";
import { ErrorState } from "../../shell/ErrorState";
import { Waiting } from "../../ui/Waiting";

const route = getRouteApi("/shell/ui/log");

export function LogPage() {
  const { q } = route.useSearch();
  const events = useQuery({
    queryKey: ["events", q],
    queryFn: () => answer(api.GET("/v1/events", { params: { query: { q } } })),
  });
  if (events.isPending) return <Waiting />;
  if (events.error) return <ErrorState error={events.error} onRetry={() => events.refetch()} />;
  return (
    <ul>
      {events.data.events.map((event) => (
        <li key={event.index}>
          {event.time} {event.operator} {event.operation}
        </li>
      ))}
    </ul>
  );
}
