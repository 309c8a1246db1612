// Who sends events: how many, the last one, and how late it came.

import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useCatalogue } from "../../api/catalogue";
import { type AuditEvent, eventsPage } from "../../api/events";
import { comparison } from "../../ask/edit";
import { Panel } from "../../entity/Panel";
import ranking from "../../entity/ranking.module.css";
import table from "../../entity/table.module.css";
import { useFacets } from "../../entity/useFacets";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { GoLink } from "../../shell/GoLink";
import type { Asked } from "../log/question";
import { lagOf } from "./lag";

const SOURCES_SHOWN = 8;
/** The log's own events carry this sender. */
const ITSELF = "00000000";

export function Sources({ asked, range }: { asked: Asked; range: string }) {
  const t = useT("overview");
  const words = useT("entity");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const facets = useFacets(asked.question, ["emitter"], SOURCES_SHOWN);
  const senders = facets.data?.facets.emitter?.values ?? [];
  const last = useQueries({
    queries: senders.map(({ value }) => ({
      queryKey: ["last-of", value, asked.now],
      placeholderData: keepPreviousData,
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const q = comparison("emitter", value);
        const page = await eventsPage({ q }, "-time", 1, null, signal);
        return (page.events[0] as AuditEvent | undefined) ?? null;
      },
    })),
  });
  return (
    <Panel
      title={t.sources}
      span={4}
      asking={facets}
      empty={senders.length === 0 ? t.sourcesNone : null}
    >
      <div className={table.wide}>
        <table className={`${table.short} figures`}>
          <thead>
            <tr>
              <th scope="col">{t.source}</th>
              <th scope="col">{t.lastEvent}</th>
              <th scope="col">{t.lag}</th>
              <th scope="col" className={table.number}>
                {words.events}
              </th>
            </tr>
          </thead>
          <tbody>
            {senders.map(({ value, count }, place) => {
              const event = last[place]?.data;
              const lag = event ? lagOf(event) : null;
              return (
                <tr key={value}>
                  <td>
                    <GoLink to={logPath({ q: comparison("emitter", value), range })}>
                      {value === ITSELF ? t.itself : <span className="mono">{value}</span>}
                    </GoLink>
                    {event?.stack_id && value !== ITSELF ? (
                      <span className={ranking.sub}>{catalogue.stack(event.stack_id)}</span>
                    ) : null}
                  </td>
                  <td title={event ? format.full(event.time) : ""}>
                    {event
                      ? format.relative(event.time, Math.max(asked.now, Date.parse(event.time)))
                      : "…"}
                  </td>
                  <td>{lag === null ? t.lagNone : format.duration(lag)}</td>
                  <td className={table.number}>{format.number(count)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
