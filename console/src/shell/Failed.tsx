// The error boundary of every page: what failed, and a way to try again.

import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { queryClient } from "../api/queries";
import { ErrorState } from "./ErrorState";

export function Failed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    queryClient.removeQueries({ predicate: (query) => query.state.status === "error" });
    reset();
    void router.invalidate();
  };
  return <ErrorState error={error} onRetry={retry} />;
}
