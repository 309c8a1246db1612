// One object from its creation to its deletion: what changed, who touched it, and its sessions.

import { Button, SegmentedControl } from "@mantine/core";
import { IconChecklist, IconCube, IconCubeOff, IconX } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useCatalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { comparison } from "../../ask/edit";
import { absolute } from "../../ask/range";
import { LifeLine } from "../../charts/LifeLine";
import { DAY_MS } from "../../charts/timeAxis";
import { EntityHead, EntityPage, NameAndId, Partial } from "../../entity/EntityPage";
import { type Figure, Figures } from "../../entity/Figures";
import figures from "../../entity/figures.module.css";
import { all, ofAddress, ofObject, REFUSED } from "../../entity/filter";
import { InLog } from "../../entity/InLog";
import { Panel, Panels } from "../../entity/Panel";
import { Ranking } from "../../entity/Ranking";
import { SessionsPanel } from "../../entity/SessionsPanel";
import story from "../../entity/story.module.css";
import { useFacets } from "../../entity/useFacets";
import { useLocale, useT } from "../../i18n/locale";
import { logPath, paths } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import { GoLink } from "../../shell/GoLink";
import button from "../../ui/button.module.css";
import { StateBlock } from "../../ui/StateBlock";
import { Waiting } from "../../ui/Waiting";
import { useAsked } from "../log/question";
import { rangeLabel } from "../log/rangeLabel";
import { Changes } from "./Changes";
import { type HistoryEvent, type Life, lifeInOf, useDensity, useHistory, useLife } from "./history";
import classes from "./object.module.css";
import type { ObjectSearch } from "./search";

const route = getRouteApi("/shell/ui/object");
const VALUES_SHOWN = 8;
const SHOWS: Record<string, string> = {
  changes: "access:write -outcome:(failure OR denied)",
  sessions: "access:session",
  refused: REFUSED,
};

type Go = (change: Partial<ObjectSearch>, replace?: boolean) => void;

export function ObjectPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const t = useT("object");
  const go: Go = useCallback(
    (change, replace = false) =>
      void navigate({ search: (before: ObjectSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  const { type = "", id = "" } = search;
  const life = useLife(type, id);
  if (life.error) return <ErrorState error={life.error} onRetry={() => void life.refetch()} />;
  if (life.isPending) return <Waiting />;
  if (!life.data) {
    return (
      <StateBlock icon={<IconCubeOff />} title={t.unknownTitle}>
        <p className="mono">{id}</p>
        <p>{t.unknownText}</p>
      </StateBlock>
    );
  }
  return <LifeOf type={type} id={id} life={life.data} search={search} go={go} />;
}

interface LifeOfProps {
  type: string;
  id: string;
  life: Life;
  search: ObjectSearch;
  go: Go;
}

function LifeOf({ type, id, life, search, go }: LifeOfProps) {
  const t = useT("object");
  const words = useT("entity");
  const catalogue = useCatalogue();
  const range = search.range ?? "all";
  const show = search.show ?? "";
  const asked = useAsked({ range, ...(SHOWS[show] ? { q: SHOWS[show] } : {}) });
  const history = useHistory(type, id, asked.question);
  const events = useMemo(
    () => history.events.map((one) => one.event as AuditEvent),
    [history.events],
  );
  const q = ofObject(id);
  const open = (index: number) => go({ event: String(index) }, search.event !== undefined);
  const from = Date.parse(life.created?.time ?? life.first ?? "");
  const to = life.deleted ? Date.parse(life.last ?? "") : asked.now;
  const state = life.deleted ? t.gone : life.created ? t.alive : t.unsure;
  const typeName = catalogue.value("object.type", type) || type;
  return (
    <EntityPage
      search={search}
      go={go}
      events={events}
      head={
        <EntityHead
          icon={<IconCube size={14} stroke={1.8} aria-hidden />}
          kind={t.kindAnd(typeName, state)}
          title={<NameAndId name={life.name} id={id} />}
          facts={<Names events={history.events} current={life.name ?? ""} />}
          tools={
            <>
              {type === "approval" ? (
                <GoLink to={paths.approval(id)} className={button.tool}>
                  <IconChecklist size={15} stroke={1.7} aria-hidden />
                  {t.dossier}
                </GoLink>
              ) : null}
              <InLog to={logPath({ q, range: "all" })} />
            </>
          }
        />
      }
    >
      <Numbers id={id} life={life} now={asked.now} onOpen={open} />
      <Panels>
        <LifePanel
          id={id}
          life={life}
          events={history.events}
          now={asked.now}
          go={go}
          onOpen={open}
        />
        <Touchers id={id} />
        <SessionsPanel
          question={{ q }}
          span={{ from, to: Math.max(to, from + 1) }}
          now={asked.now}
          laneBy="user"
          opened={search.event}
          onOpen={open}
        />
        <Panel
          title={t.changes}
          note={
            history.walk.isSuccess
              ? words.count(
                  `${history.events.length}${history.walk.hasNextPage ? "+" : ""}`,
                  history.events.length,
                )
              : null
          }
          asking={history.walk}
          empty={history.events.length === 0 ? t.none : null}
          lines={8}
          more={{ to: logPath({ q: all(q, SHOWS[show]), range }), label: words.inLog }}
          tools={<ShowTools show={show} range={range} asked={asked} go={go} />}
        >
          <Partial is={history.walk.data?.pages.at(-1)?.partial} />
          <Changes events={history.events} opened={search.event} onOpen={open} />
          {history.walk.hasNextPage ? (
            <p className={`${story.more} no-print`}>
              <Button
                variant="default"
                loading={history.walk.isFetchingNextPage}
                onClick={() => void history.walk.fetchNextPage()}
              >
                {words.showMore}
              </Button>
            </p>
          ) : null}
        </Panel>
      </Panels>
    </EntityPage>
  );
}

interface ShowToolsProps {
  show: string;
  range: string;
  asked: ReturnType<typeof useAsked>;
  go: Go;
}

function ShowTools({ show, range, asked, go }: ShowToolsProps) {
  const t = useT("object");
  const log = useT("log");
  const { format } = useLocale();
  return (
    <>
      <SegmentedControl
        className="no-print"
        aria-label={t.show}
        value={show}
        onChange={(next) => go({ show: next || undefined })}
        data={[
          { value: "", label: t.showAll },
          { value: "changes", label: t.showChanges },
          { value: "sessions", label: t.showSessions },
          { value: "refused", label: t.showRefused },
        ]}
      />
      {range === "all" ? null : (
        <button
          type="button"
          className={classes.range}
          title={t.wholeLife}
          aria-label={`${rangeLabel(range, asked.span, format, log)}: ${t.wholeLife}`}
          onClick={() => go({ range: undefined })}
        >
          <span className="figures">{rangeLabel(range, asked.span, format, log)}</span>
          <IconX size={13} aria-hidden />
        </button>
      )}
    </>
  );
}

/** The names it had before, where events say so. */
function Names({ events, current }: { events: HistoryEvent[]; current: string }) {
  const t = useT("object");
  const names = new Set(events.flatMap((one) => one.renamed_from ?? []));
  names.delete(current);
  if (names.size === 0) return null;
  return (
    <span className={classes.names}>
      {t.names}: <b>{[...names].join(" → ")}</b>
    </span>
  );
}

interface NumbersProps {
  id: string;
  life: Life;
  now: number;
  onOpen: (index: number) => void;
}

function Numbers({ id, life, now, onOpen }: NumbersProps) {
  const t = useT("object");
  const words = useT("entity");
  const { format } = useLocale();
  const q = ofObject(id);
  const facets = useFacets({ q }, ["operator", "outcome"], VALUES_SHOWN);
  const outcome = facets.data?.facets.outcome;
  const events = outcome
    ? outcome.values.reduce((sum, one) => sum + one.count, outcome.other)
    : null;
  const people = facets.data?.facets.operator?.distinct ?? null;
  const number = (value: number | null) => (value === null ? null : format.number(value));
  const mark = (label: string, at: Life["created"], tone?: "failure"): Figure[] =>
    at
      ? [
          {
            label,
            value: (
              <button type="button" className={figures.button} onClick={() => onOpen(at.index)}>
                {format.dayStamp(at.time)}
              </button>
            ),
            note: (
              <>
                {format.clock(at.time).slice(0, 5)}
                {at.operator ? (
                  <>
                    {" · "}
                    <GoLink to={paths.user(at.operator)}>{t.by(at.operator)}</GoLink>
                  </>
                ) : null}
              </>
            ),
            tone,
          },
        ]
      : [];
  const begin = life.created?.time ?? life.first ?? "";
  const end = life.deleted ? Date.parse(life.deleted.time) : now;
  return (
    <Figures
      label={words.figures}
      figures={[
        ...mark(t.created, life.created),
        ...mark(t.deleted, life.deleted, "failure"),
        ...(life.created
          ? [
              {
                label: life.deleted ? t.lived : t.livesFor,
                value: format.duration(end - Date.parse(begin)),
              },
            ]
          : []),
        { label: t.figureEvents, value: number(events), to: logPath({ q, range: "all" }) },
        { label: t.figurePeople, value: number(people) },
        {
          label: t.lastTouched,
          value: format.relative(life.last ?? "", now),
          note: (
            <span title={format.full(life.last ?? "")}>{format.dayStamp(life.last ?? "")}</span>
          ),
        },
      ]}
    />
  );
}

interface LifePanelProps {
  id: string;
  life: Life;
  events: HistoryEvent[];
  now: number;
  go: Go;
  onOpen: (index: number) => void;
}

function LifePanel({ id, life, events, now, go, onOpen }: LifePanelProps) {
  const t = useT("object");
  const { format, zone } = useLocale();
  const density = useDensity(id, life, zone);
  const drawn = useMemo(
    () => lifeInOf(life, events, density.data?.buckets ?? [], now),
    [life, events, density.data, now],
  );
  return (
    <Panel title={t.life} asking={{ ...density, isPending: false }}>
      <LifeLine
        life={drawn}
        zone={zone}
        label={t.lifeSay(life.name || id)}
        formatTick={(instant, step) =>
          step >= DAY_MS || format.clock(instant).startsWith("00:00")
            ? format.custom(instant, { month: "short", day: "numeric" })
            : format.clock(instant).slice(0, 5)
        }
        sayMark={(kind, time) => t.mark(kind, format.stamp(time))}
        sayColumn={(column) =>
          t.column(format.number(column.count), format.stamp(column.start).slice(0, 16))
        }
        onMark={onOpen}
        onColumn={(from, to) => go({ range: absolute(from, to) })}
      />
    </Panel>
  );
}

function Touchers({ id }: { id: string }) {
  const t = useT("object");
  const words = useT("entity");
  const catalogue = useCatalogue();
  const q = ofObject(id);
  const facets = useFacets({ q }, ["operator", "source_ip", "operation"], VALUES_SHOWN);
  const rows = (
    field: string,
    page: ((value: string) => string) | null,
    term: (value: string) => string,
  ) =>
    (facets.data?.facets[field]?.values ?? []).map(({ value, count }) => ({
      key: value,
      label: field === "operation" ? catalogue.operation(value) : value,
      count,
      page: page?.(value),
      to: logPath({ q: all(q, term(value)), range: "all" }),
    }));
  const panel = (title: string, list: ReturnType<typeof rows>) => (
    <Panel title={title} span={4} asking={facets} empty={list.length === 0 ? t.none : null}>
      <Ranking label={title} rows={list} sayCount={words.eventsCount} />
    </Panel>
  );
  return (
    <>
      {panel(
        t.people,
        rows("operator", paths.user, (value) => comparison("operator", value)),
      )}
      {panel(
        t.from,
        rows("source_ip", paths.ip, (value) => ofAddress(value)),
      )}
      {panel(
        words.operations,
        rows("operation", null, (value) => comparison("operation", value)),
      )}
    </>
  );
}
