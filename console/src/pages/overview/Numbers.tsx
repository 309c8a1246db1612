// The overview's figures, compared with the period before.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import type { Question } from "../../api/events";
import { change, Figures } from "../../entity/Figures";
import { REFUSED } from "../../entity/filter";
import { kindsFilter, REMOTE_KINDS, useSessions } from "../../entity/sessions";
import { useFacets } from "../../entity/useFacets";
import { useLocale, useT } from "../../i18n/locale";
import { logPath, paths } from "../../paths";
import type { Asked } from "../log/question";
import { periodBefore } from "./lag";
import { SENSITIVE } from "./Sensitive";

const LIVE_MS = 30_000;

function useCount(question: Question | null) {
  const { data } = useQuery({
    queryKey: ["count", question],
    enabled: question !== null,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(api.GET("/v1/count", { params: { query: question ?? {} }, signal })),
  });
  return data?.count ?? null;
}

export function Numbers({ asked, range }: { asked: Asked; range: string }) {
  const t = useT("overview");
  const words = useT("entity");
  const { format } = useLocale();
  const { question, span, now } = asked;
  const before = periodBefore(span, now);
  const iso = (instant: number) => new Date(instant).toISOString();
  const events = useCount(question);
  const eventsBefore = useCount(
    before ? { ...question, from: iso(before.from), to: iso(before.to) } : null,
  );
  const refused = useCount({ ...question, q: REFUSED });
  const sensitive = useCount({ ...question, q: SENSITIVE });
  const people = useFacets(question, ["operator"], 1).data?.facets.operator?.distinct ?? null;
  const open = useSessions({ q: kindsFilter(REMOTE_KINDS) }, "open", LIVE_MS);
  const number = (value: number | null) => (value === null ? null : format.number(value));
  const against =
    events !== null && eventsBefore !== null
      ? change(events, eventsBefore, (share) => format.percent(share, 0))
      : "";
  return (
    <Figures
      label={words.figures}
      figures={[
        {
          label: t.events,
          value: number(events),
          note: against ? t.against(against) : null,
          to: logPath({ range }),
        },
        {
          label: t.refused,
          value: number(refused),
          note: events && refused ? format.percent(refused / events) : null,
          to: logPath({ q: REFUSED, range }),
        },
        {
          label: t.sensitive,
          value: number(sensitive),
          note: events && sensitive ? format.percent(sensitive / events) : null,
          to: logPath({ q: SENSITIVE, range }),
        },
        { label: t.people, value: number(people) },
        {
          label: t.sessionsOpen,
          value: open.walk.isSuccess
            ? `${format.number(open.sessions.length)}${open.walk.hasNextPage ? "+" : ""}`
            : null,
          to: `${paths.sessions}?state=open`,
        },
      ]}
    />
  );
}
