// Sessions on machines: who was where, from when to when, and how it ended. Open ones stay live.

import { Button, SegmentedControl } from "@mantine/core";
import { IconPlugOff } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { refusalOf } from "../../api/error";
import { reachesNow } from "../../ask/range";
import { AskHead } from "../../entity/AskHead";
import { EntityPage, Partial } from "../../entity/EntityPage";
import { all } from "../../entity/filter";
import { SessionLanes, SessionLegend } from "../../entity/SessionLanes";
import {
  CAUSES,
  kindOf,
  kindsFilter,
  type LaneBy,
  PAGES_UNASKED,
  REMOTE_KINDS,
  type Session,
  useSessions,
} from "../../entity/sessions";
import { useLocale, useT } from "../../i18n/locale";
import { ErrorState } from "../../shell/ErrorState";
import { useShortcuts } from "../../shell/shortcuts";
import { Chip, Chips } from "../../ui/Chips";
import { StateBlock } from "../../ui/StateBlock";
import { Waiting } from "../../ui/Waiting";
import type { FilterBarHandle } from "../log/FilterBar";
import { useAsked } from "../log/question";
import { SessionTable } from "./SessionTable";
import { SESSIONS_RANGE_DEFAULT, type SessionsSearch } from "./search";
import classes from "./sessions.module.css";
import { counted, medianOf, toggledIn, withOpen } from "./tally";

const route = getRouteApi("/shell/ui/sessions");
const LIVE_MS = 10_000;
const KINDS = [...REMOTE_KINDS, "login"] as const;

export function SessionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const t = useT("sessions");
  const { format } = useLocale();
  const go = useCallback(
    (change: Partial<SessionsSearch>, replace = false) =>
      void navigate({ search: (before: SessionsSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  const bar = useRef<FilterBarHandle>(null);
  useShortcuts("sessions", [
    { keys: "/", label: (messages) => messages.log.keySearch, run: () => bar.current?.focus() },
  ]);
  const range = search.range ?? SESSIONS_RANGE_DEFAULT;
  const onRange = (next: string) =>
    go({ range: next === SESSIONS_RANGE_DEFAULT ? undefined : next });
  const kinds = search.kind ? search.kind.split(",") : [...REMOTE_KINDS];
  const state = search.state === "open" || search.state === "ended" ? search.state : "any";
  const laneBy: LaneBy =
    search.lanes === "object" || search.lanes === "kind" ? search.lanes : "user";
  const ends = search.end ? search.end.split(",") : [];
  const asked = useAsked({ q: search.q ?? "", range });
  const isLive = reachesNow(range);
  const found = useFound(asked, kinds, state, isLive);
  const { walk } = found;
  const shown = useMemo(
    () =>
      search.end
        ? found.sessions.filter((one) => search.end?.split(",").includes(one.end?.cause ?? ""))
        : found.sessions,
    [found.sessions, search.end],
  );
  const open = shown.filter((one) => one.state === "open").length;
  const median = medianOf(shown);
  const refused = refusalOf(walk.error);
  const byKind = counted(found.sessions, kindOf);
  const byEnd = counted(found.sessions, (one) => one.end?.cause ?? null);
  const onOpen = (session: Session) =>
    go({ event: String(session.index) }, search.event !== undefined);
  const count = format.number(shown.length) + (walk.hasNextPage ? "+" : "");

  return (
    <EntityPage
      search={search}
      go={go}
      positions={found.positions}
      isFilled
      head={
        <>
          <AskHead
            ref={bar}
            title={t.title}
            filter={search.q ?? ""}
            refused={refused}
            range={range}
            asked={asked}
            onFilter={(q) => go({ q: q || undefined })}
            onRange={onRange}
          />
          <div className={classes.controls}>
            <Chips label={t.kinds}>
              {KINDS.map((kind) => (
                <Chip
                  key={kind}
                  isOn={kinds.includes(kind)}
                  count={kinds.includes(kind) ? format.number(byKind.get(kind) ?? 0) : null}
                  onToggle={() => {
                    const next = toggledIn(kinds, kind);
                    const isUsual = next.join() === REMOTE_KINDS.join();
                    go({ kind: isUsual || next.length === 0 ? undefined : next.join(",") });
                  }}
                >
                  {t.kind(kind)}
                </Chip>
              ))}
            </Chips>
            <SegmentedControl
              aria-label={t.state}
              value={state}
              onChange={(next) => go({ state: next === "any" ? undefined : next })}
              data={[
                { value: "any", label: t.stateAny },
                { value: "open", label: t.stateOpen },
                { value: "ended", label: t.stateEnded },
              ]}
            />
            <Chips label={t.ends}>
              {CAUSES.filter((cause) => byEnd.has(cause) || ends.includes(cause)).map((cause) => (
                <Chip
                  key={cause}
                  isOn={ends.includes(cause)}
                  count={format.number(byEnd.get(cause) ?? 0)}
                  onToggle={() => go({ end: toggledIn(ends, cause).join(",") || undefined })}
                >
                  {t.causeShort(cause)}
                </Chip>
              ))}
            </Chips>
          </div>
          <div className={classes.summary}>
            <span className="figures">
              <b>{t.count(count, shown.length)}</b>
              {open > 0 ? ` · ${t.openCount(format.number(open))}` : ""}
              {median === null ? "" : ` · ${t.median(format.duration(median))}`}
            </span>
            <span className={classes.right}>
              {search.layout === "list" ? null : (
                <SegmentedControl
                  aria-label={t.lanes}
                  value={laneBy}
                  onChange={(next) => go({ lanes: next === "user" ? undefined : next })}
                  data={[
                    { value: "user", label: t.laneUser },
                    { value: "object", label: t.laneObject },
                    { value: "kind", label: t.laneKind },
                  ]}
                />
              )}
              <SegmentedControl
                aria-label={t.layout}
                value={search.layout === "list" ? "list" : "lanes"}
                onChange={(next) => go({ layout: next === "list" ? "list" : undefined })}
                data={[
                  { value: "lanes", label: t.asLanes },
                  { value: "list", label: t.asList },
                ]}
              />
            </span>
          </div>
        </>
      }
    >
      <Partial is={walk.data?.pages.at(-1)?.partial} />
      {walk.isPending ? (
        <Waiting />
      ) : walk.error && !refused ? (
        <ErrorState error={walk.error} onRetry={() => void walk.refetch()} />
      ) : shown.length === 0 ? (
        <StateBlock
          icon={<IconPlugOff />}
          title={t.emptyTitle}
          actions={
            range === "30d" ? null : (
              <Button variant="default" onClick={() => onRange("30d")}>
                {t.emptyWiden}
              </Button>
            )
          }
        >
          <p>{t.emptyText}</p>
        </StateBlock>
      ) : search.layout === "list" ? (
        <SessionTable
          sessions={shown}
          opened={search.event}
          onOpen={onOpen}
          onNearEnd={found.onMore}
        />
      ) : (
        <SessionLanes
          sessions={shown}
          laneBy={laneBy}
          from={asked.span.from ?? Date.parse(shown.at(-1)?.began ?? "")}
          to={asked.span.to ?? found.now}
          now={found.now}
          opened={search.event}
          onOpen={onOpen}
          label={t.title}
          isTall
        />
      )}
      {shown.length > 0 ? (
        <footer className={classes.foot}>
          <SessionLegend kinds={kinds} />
          {walk.hasNextPage ? (
            <Button
              variant="default"
              className="no-print"
              loading={walk.isFetchingNextPage}
              onClick={found.onMore}
            >
              {t.loadMore(format.stamp(found.sessions.at(-1)?.began ?? "").slice(0, 16))}
            </Button>
          ) : null}
        </footer>
      ) : null}
    </EntityPage>
  );
}

/** The sessions of the question, and those still open that began before it. */
function useFound(
  asked: ReturnType<typeof useAsked>,
  kinds: string[],
  state: "any" | "open" | "ended",
  isLive: boolean,
) {
  const q = all(asked.question.q ? `(${asked.question.q})` : "", kindsFilter(kinds));
  const every = isLive ? LIVE_MS : undefined;
  const { walk, sessions } = useSessions({ ...asked.question, q }, state, every);
  const isWithOpen = isLive && state !== "ended";
  const { tz } = asked.question;
  const early = useSessions({ q, ...(tz ? { tz } : {}) }, "open", every);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = walk;
  const pages = walk.data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && pages < PAGES_UNASKED) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, pages, fetchNextPage]);
  const onMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const merged = useMemo(
    () => (isWithOpen ? withOpen(sessions, early.sessions) : sessions),
    [isWithOpen, sessions, early.sessions],
  );
  const positions = useMemo(() => merged.map((session) => session.index), [merged]);
  const now = isLive ? Math.max(asked.now, walk.dataUpdatedAt) : asked.now;
  return { walk, sessions: merged, positions, onMore, now };
}
