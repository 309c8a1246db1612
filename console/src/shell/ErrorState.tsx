// An error in the reader's words, with the request's name for whoever looks into it, and a retry.

import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff, IconLock } from "@tabler/icons-react";
import { ApiError } from "../api/error";
import { useT } from "../i18n/locale";
import { StateBlock } from "../ui/StateBlock";

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useT("shell");
  const problem = error instanceof ApiError ? error.problem : null;
  const isOffline = problem?.status === 0;
  const isForbidden = problem?.status === 403;
  const title = isOffline ? t.offlineTitle : isForbidden ? t.forbiddenTitle : t.errorTitle;
  const icon = isOffline ? <IconCloudOff /> : isForbidden ? <IconLock /> : <IconAlertTriangle />;
  const text = isOffline ? t.offlineText : (problem?.detail ?? String(error));
  return (
    <StateBlock
      icon={icon}
      title={title}
      isError
      actions={
        onRetry ? (
          <Button variant="default" onClick={onRetry}>
            {t.retry}
          </Button>
        ) : null
      }
    >
      <p>{text}</p>
      {problem?.requestId ? (
        <p>
          {t.requestId} <span className="mono">{problem.requestId}</span>
        </p>
      ) : null}
    </StateBlock>
  );
}
