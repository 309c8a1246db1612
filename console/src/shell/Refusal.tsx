// Why a form was refused, above its buttons: the server's words and the request's name.

import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ApiError } from "../api/error";
import { useT } from "../i18n/locale";

export function Refusal({ error, words }: { error: unknown; words?: string }) {
  const t = useT("shell");
  if (!error) return null;
  const problem = error instanceof ApiError ? error.problem : null;
  const isOffline = problem?.status === 0;
  const text = words ?? (isOffline ? t.offlineText : (problem?.detail ?? String(error)));
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={16} />} role="alert">
      {text}
      {problem?.requestId ? (
        <div className="quiet">
          {t.requestId} <span className="mono">{problem.requestId}</span>
        </div>
      ) : null}
    </Alert>
  );
}
