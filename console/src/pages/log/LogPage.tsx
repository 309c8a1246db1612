// The audit log page: the log as the page's address asks for it.

import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { LogView } from "./LogView";
import type { LogSearch } from "./search";

const route = getRouteApi("/shell/ui/log");

export function LogPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = useCallback(
    (change: Partial<LogSearch>, replace = false) =>
      void navigate({ search: (before: LogSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  return <LogView search={search} onSearch={go} />;
}
