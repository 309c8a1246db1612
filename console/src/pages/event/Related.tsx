// What belongs to an event: same session, request, object; who did what around it; causes as a tree.

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import type { AuditEvent } from "../../api/events";
import { comparison } from "../../ask/edit";
import { absolute } from "../../ask/range";
import { labelOf, objectsOf } from "../../events/object";
import { outcomeOf } from "../../events/outcome";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import { GoLink } from "../../shell/GoLink";
import { OutcomeMark } from "../../ui/OutcomeMark";
import { Sentence } from "../log/Sentence";
import classes from "./related.module.css";
import { Section } from "./Section";
import section from "./section.module.css";

const SHOWN = 6;
const AROUND_MS = 5 * 60_000;

export function Related({ event }: { event: AuditEvent }) {
  const t = useT("drawer");
  const [object] = objectsOf(event);
  const time = Date.parse(event.time);
  const around = { from: time - AROUND_MS, to: time + AROUND_MS };
  return (
    <>
      {event.id ? <Causes event={event} /> : null}
      {event.session_id ? (
        <Group title={t.sameSession} q={comparison("session_id", event.session_id)} event={event} />
      ) : null}
      {event.request_id ? (
        <Group title={t.sameRequest} q={comparison("request_id", event.request_id)} event={event} />
      ) : null}
      {object?.id ? (
        <Group
          title={`${t.sameObject}: ${labelOf(object)}`}
          q={`object:${comparison("", object.id).slice(1)}`}
          event={event}
        />
      ) : null}
      <Group
        title={t.around(event.operator)}
        q={comparison("operator", event.operator)}
        event={event}
        span={around}
      />
    </>
  );
}

interface GroupProps {
  title: string;
  q: string;
  event: AuditEvent;
  span?: { from: number; to: number };
}

function Group({ title, q, event, span }: GroupProps) {
  const t = useT("drawer");
  const { data, error } = useQuery({
    queryKey: ["related", q, span?.from],
    queryFn: ({ signal }) => {
      const iso = (instant: number) => new Date(instant).toISOString();
      const range = span ? { from: iso(span.from), to: iso(span.to) } : {};
      const query = { q, ...range, limit: SHOWN + 1 };
      return answer(api.GET("/v1/events", { params: { query }, signal }));
    },
  });
  const others = (data?.events as AuditEvent[] | undefined)?.filter(
    (one) => one.index !== event.index,
  );
  const range = span ? absolute(span.from, span.to) : "all";
  return (
    <Section
      title={title}
      tools={
        others && others.length > 0 ? (
          <GoLink to={logPath({ q, range })} className={section.more}>
            {t.relatedAll}
          </GoLink>
        ) : null
      }
    >
      {error ? <ErrorState error={error} /> : null}
      {others?.length === 0 ? <p className="quiet">{t.relatedNone}</p> : null}
      <ul className={classes.events}>
        {others?.slice(0, SHOWN).map((one) => (
          <li key={one.index}>
            <Line event={one} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** One event in a line; opens it in the drawer. */
function Line({ event, note }: { event: AuditEvent; note?: ReactNode }) {
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const outcome = outcomeOf(event);
  return (
    <GoLink to={logPath({ event: event.index ?? 0, range: "all" })} className={classes.line}>
      <OutcomeMark outcome={outcome} label={catalogue.value("outcome", outcome)} isIconOnly />
      <time className="figures quiet" dateTime={event.time} title={format.stamp(event.time)}>
        {format.stamp(event.time).slice(5, 19)}
      </time>
      <Sentence event={event} />
      {note}
    </GoLink>
  );
}

function Causes({ event }: { event: AuditEvent }) {
  const t = useT("drawer");
  const id = event.id ?? "";
  const { data, error } = useQuery({
    queryKey: ["causes", id],
    queryFn: ({ signal }) =>
      answer(api.GET("/v1/causes/{id}", { params: { path: { id } }, signal })),
    retry: false,
  });
  const nodes = data?.nodes ?? [];
  return (
    <Section title={t.causes}>
      {error ? <ErrorState error={error} /> : null}
      {data && nodes.length <= 1 ? <p className="quiet">{t.causesNone}</p> : null}
      {nodes.length > 1 ? (
        <ul className={classes.events}>
          {nodes.map((node) => (
            <li key={node.event.index} style={{ paddingLeft: node.depth * 18 }}>
              <Line
                event={node.event as AuditEvent}
                note={
                  node.event.index === event.index ? (
                    <span className={classes.here}>{t.thisEvent}</span>
                  ) : undefined
                }
              />
            </li>
          ))}
        </ul>
      ) : null}
    </Section>
  );
}
