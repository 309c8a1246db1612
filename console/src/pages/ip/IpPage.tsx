// One source address: who used it and for what, when, and what was refused from there.

import { IconNetwork, IconNetworkOff } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import { comparison } from "../../ask/edit";
import { weekOf } from "../../charts/heat";
import { EntityHead, EntityPage, Partial } from "../../entity/EntityPage";
import { Figures } from "../../entity/Figures";
import { all, ofAddress, ofObject, REFUSED } from "../../entity/filter";
import { Hours } from "../../entity/Hours";
import { InLog } from "../../entity/InLog";
import { OverTime } from "../../entity/OverTime";
import { Panel, Panels } from "../../entity/Panel";
import { RangeTools } from "../../entity/RangeTools";
import { type Ranked, Ranking } from "../../entity/Ranking";
import { SessionsPanel } from "../../entity/SessionsPanel";
import { useStory } from "../../entity/Story";
import { StoryPanel } from "../../entity/StoryPanel";
import { useEdges } from "../../entity/useEdges";
import { useFacets } from "../../entity/useFacets";
import { useLocale, useT } from "../../i18n/locale";
import { logPath, paths } from "../../paths";
import { StateBlock } from "../../ui/StateBlock";
import { useAsked } from "../log/question";
import { IP_RANGE_DEFAULT, type IpSearch } from "./search";

const route = getRouteApi("/shell/ui/ip/$address");
const VALUES_SHOWN = 8;
const HOUR_MS = 3_600_000;
/** Of one answer; the server takes a few more. */
const HOURS_MAX = 19_000;
const SIGN_INS = "operation:(user.login OR user.login_unknown)";

export function IpPage() {
  const { address } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const t = useT("ip");
  const words = useT("entity");
  const { format } = useLocale();
  const go = useCallback(
    (change: Partial<IpSearch>, replace = false) =>
      void navigate({ search: (before: IpSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  const range = search.range ?? IP_RANGE_DEFAULT;
  const onRange = (next: string) => go({ range: next === IP_RANGE_DEFAULT ? undefined : next });
  const q = ofAddress(address);
  const asked = useAsked({ q, range });
  const order = search.order === "time" ? "time" : "-time";
  const story = useStory(asked.question, order);
  const edges = useEdges(q);
  const log = { to: logPath({ q, range }), label: words.inLog };
  const seen = (label: string, time: string | undefined) =>
    time ? (
      <span className="figures">
        {label} <b title={format.full(time)}>{format.stamp(time).slice(0, 16)}</b>
      </span>
    ) : null;
  const open = (index: number) => go({ event: String(index) }, search.event !== undefined);
  const isUnknown = edges.data?.first === null;
  return (
    <EntityPage
      search={search}
      go={go}
      events={story.events}
      head={
        <EntityHead
          icon={<IconNetwork size={14} stroke={1.8} aria-hidden />}
          kind={t.kind}
          title={<span className="figures">{address}</span>}
          facts={
            <>
              {seen(words.firstSeen, edges.data?.first?.time)}
              {seen(words.lastSeen, edges.data?.last?.time)}
            </>
          }
          tools={
            <>
              <RangeTools range={range} asked={asked} onRange={onRange} />
              <InLog to={log.to} />
            </>
          }
        />
      }
    >
      {isUnknown ? (
        <StateBlock icon={<IconNetworkOff />} title={t.unknownTitle}>
          <p>{t.unknownText}</p>
        </StateBlock>
      ) : (
        <>
          <Numbers address={address} asked={asked} range={range} />
          <Panels>
            <OverTime asked={asked} onRange={onRange} more={log} width={6} />
            <HoursFrom asked={asked} first={edges.data?.first?.time} />
            <Rankings address={address} asked={asked} range={range} />
            <SessionsPanel
              question={asked.question}
              span={asked.span}
              now={asked.now}
              laneBy="user"
              opened={search.event}
              onOpen={open}
            />
            <StoryPanel
              story={story}
              order={order}
              opened={search.event}
              onOrder={(next) => go({ order: next === "time" ? "time" : undefined })}
              onOpen={open}
              more={log}
            />
          </Panels>
        </>
      )}
    </EntityPage>
  );
}

interface PartProps {
  address: string;
  asked: ReturnType<typeof useAsked>;
  range: string;
}

function useCount(question: ReturnType<typeof useAsked>["question"], ...terms: string[]) {
  const query = { ...question, q: all(question.q, ...terms) };
  const { data } = useQuery({
    queryKey: ["count", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answer(api.GET("/v1/count", { params: { query }, signal })),
  });
  return data?.count ?? null;
}

function Numbers({ address, asked, range }: PartProps) {
  const t = useT("ip");
  const words = useT("entity");
  const { format } = useLocale();
  const facets = useFacets(asked.question, ["operator"], VALUES_SHOWN);
  const events = useCount(asked.question);
  const refused = useCount(asked.question, REFUSED);
  const signIns = useCount(asked.question, REFUSED, SIGN_INS);
  const number = (value: number | null | undefined) =>
    value == null ? null : format.number(value);
  const q = ofAddress(address);
  const tone = (count: number | null) => (count ? ("failure" as const) : undefined);
  return (
    <Figures
      label={words.figures}
      figures={[
        { label: t.figureEvents, value: number(events), to: logPath({ q, range }) },
        { label: t.figureUsers, value: number(facets.data?.facets.operator?.distinct) },
        {
          label: t.figureRefused,
          value: number(refused),
          to: logPath({ q: all(q, REFUSED), range }),
          note: events && refused ? format.percent(refused / events) : null,
        },
        {
          label: t.figureSignIns,
          value: number(signIns),
          to: logPath({ q: all(q, REFUSED, SIGN_INS), range }),
          tone: tone(signIns),
        },
      ]}
    />
  );
}

/** Hours of the week, from the range's begin or, for all of time, from the first event on. */
function HoursFrom({ asked, first }: { asked: PartProps["asked"]; first: string | undefined }) {
  const t = useT("entity");
  const { zone } = useLocale();
  const { question, span, now } = asked;
  const from = span.from ?? (first ? Date.parse(first) : null);
  const isLong = from !== null && (span.to ?? now) - from > HOURS_MAX * HOUR_MS;
  const query = { ...question, interval: "1h", from: new Date(from ?? now).toISOString() };
  const hours = useQuery({
    queryKey: ["hours", query],
    enabled: from !== null && !isLong,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answer(api.GET("/v1/histogram", { params: { query }, signal })),
  });
  return (
    <Hours
      week={hours.data && weekOf(hours.data.buckets, zone)}
      asking={isLong ? undefined : hours}
      empty={isLong ? t.heatTooLong : null}
    />
  );
}

function Rankings({ address, asked, range }: PartProps) {
  const t = useT("entity");
  const catalogue = useCatalogue();
  const q = ofAddress(address);
  const facets = useFacets(asked.question, ["operator", "operation"], VALUES_SHOWN);
  const refused = useGroups(asked.question, all(q, REFUSED), "operator,operation,outcome");
  const objects = useGroups(asked.question, q, "object.type,object.id,object.name");
  const to = (...terms: string[]) => logPath({ q: all(q, ...terms), range });
  const valuesOf = (field: string) => facets.data?.facets[field]?.values ?? [];
  const panel = (
    title: string,
    asking: Parameters<typeof Panel>[0]["asking"],
    rows: Ranked[],
    empty: string,
  ) => (
    <Panel
      title={title}
      span={6}
      {...(asking ? { asking } : {})}
      empty={rows.length === 0 ? empty : null}
    >
      <Ranking label={title} rows={rows} sayCount={t.eventsCount} />
    </Panel>
  );
  return (
    <>
      <Partial is={facets.data?.partial} />
      {panel(
        t.users,
        facets,
        valuesOf("operator").map(({ value, count }) => ({
          key: value,
          label: value,
          count,
          page: paths.user(value),
          to: to(comparison("operator", value)),
        })),
        t.storyNone,
      )}
      {panel(
        t.operations,
        facets,
        valuesOf("operation").map(({ value, count }) => ({
          key: value,
          label: catalogue.operation(value),
          count,
          to: to(comparison("operation", value)),
        })),
        t.storyNone,
      )}
      {panel(
        t.refusals,
        refused,
        (refused.data?.groups ?? []).map(({ values, count }) => {
          const [operator = "", operation = "", outcome = ""] = values;
          return {
            key: values.join(" "),
            label: `${operator} · ${catalogue.operation(operation)}`,
            sub: catalogue.value("outcome", outcome),
            count,
            tone: outcome === "denied" ? ("denied" as const) : ("failure" as const),
            to: to(
              comparison("operator", operator),
              comparison("operation", operation),
              comparison("outcome", outcome),
            ),
          };
        }),
        t.refusalsNone,
      )}
      {panel(
        t.objects,
        objects,
        (objects.data?.groups ?? []).map(({ values, count }) => {
          const [type = "", id = "", name = ""] = values;
          return {
            key: values.join(" "),
            label: name || id,
            sub: catalogue.value("object.type", type),
            count,
            page: type && id ? paths.object(type, id) : undefined,
            to: to(ofObject(id || name)),
          };
        }),
        t.storyNone,
      )}
    </>
  );
}

function useGroups(question: ReturnType<typeof useAsked>["question"], q: string, fields: string) {
  const query = { ...question, q, fields, top: VALUES_SHOWN };
  return useQuery({
    queryKey: ["groups", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answer(api.GET("/v1/groups", { params: { query }, signal })),
  });
}
