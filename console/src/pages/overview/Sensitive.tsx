// The latest operations that the catalogue calls sensitive.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type AuditEvent, eventsPage, type Question } from "../../api/events";
import { Panel } from "../../entity/Panel";
import { Story } from "../../entity/Story";
import { useT } from "../../i18n/locale";
import { logPath } from "../../paths";

export const SENSITIVE = "severity>=high";
const SHOWN = 10;

export function useSensitive(question: Question) {
  const asking = useQuery({
    queryKey: ["sensitive", question],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      eventsPage({ ...question, q: SENSITIVE }, "-time", SHOWN, null, signal),
  });
  const events = useMemo(() => (asking.data?.events ?? []) as AuditEvent[], [asking.data]);
  return { asking, events };
}

export interface SensitiveProps {
  sensitive: ReturnType<typeof useSensitive>;
  range: string;
  opened: string | undefined;
  onOpen: (index: number) => void;
}

export function Sensitive({ sensitive, range, opened, onOpen }: SensitiveProps) {
  const t = useT("overview");
  const words = useT("entity");
  const { asking, events } = sensitive;
  return (
    <Panel
      title={t.latestSensitive}
      span={8}
      asking={asking}
      empty={events.length === 0 ? t.sensitiveNone : null}
      more={{ to: logPath({ q: SENSITIVE, range }), label: words.inLog }}
      lines={8}
    >
      <Story events={events} opened={opened} onOpen={onOpen} />
    </Panel>
  );
}
