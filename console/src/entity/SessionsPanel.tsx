// The sessions of a person, an address or an object, as bars.

import { useMemo } from "react";
import type { Question } from "../api/events";
import type { Span } from "../ask/range";
import { useLocale, useT } from "../i18n/locale";
import { sessionsPath } from "../paths";
import { Panel } from "./Panel";
import { SessionLanes, SessionLegend } from "./SessionLanes";
import { kindOf, type LaneBy, REMOTE_KINDS, useSessions } from "./sessions";

export interface SessionsPanelProps {
  question: Question;
  span: Span;
  now: number;
  laneBy: LaneBy;
  opened: string | undefined;
  onOpen: (index: number) => void;
}

export function SessionsPanel(props: SessionsPanelProps) {
  const { question, span, now, laneBy, opened, onOpen } = props;
  const t = useT("entity");
  const words = useT("sessions");
  const { format } = useLocale();
  const { walk, sessions } = useSessions(question, "any");
  const first = sessions.at(-1)?.began;
  const from = span.from ?? (first ? Date.parse(first) : now);
  const to = span.to ?? now;
  const kinds = useMemo(
    () =>
      [...REMOTE_KINDS, "login" as const].filter((kind) =>
        sessions.some((it) => kindOf(it) === kind),
      ),
    [sessions],
  );
  const count = format.number(sessions.length) + (walk.hasNextPage ? "+" : "");
  return (
    <Panel
      title={t.sessions}
      note={walk.isSuccess && sessions.length > 0 ? count : null}
      asking={walk}
      empty={sessions.length === 0 ? t.sessionsNone : null}
      more={{ to: sessionsPath({ q: question.q }), label: words.all }}
    >
      <SessionLanes
        sessions={sessions}
        laneBy={laneBy}
        from={from}
        to={to}
        now={now}
        opened={opened}
        onOpen={(session) => onOpen(session.index)}
        label={t.sessions}
      />
      <SessionLegend kinds={kinds} />
    </Panel>
  );
}
