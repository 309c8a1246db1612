// The state of everything at a glance: volume, failures, who and what, sensitive operations, sources,
// and the ledger. On a wall it is large, without navigation, and asks again by itself.

import { IconArrowsMaximize, IconArrowsMinimize } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { reachesNow } from "../../ask/range";
import { EntityPage } from "../../entity/EntityPage";
import { OverTime } from "../../entity/OverTime";
import { Panels } from "../../entity/Panel";
import { RangeTools } from "../../entity/RangeTools";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { useShortcuts } from "../../shell/shortcuts";
import button from "../../ui/button.module.css";
import { useAsked } from "../log/question";
import { AllPowers } from "./AllPowers";
import { LedgerPanel } from "./LedgerPanel";
import { Numbers } from "./Numbers";
import classes from "./overview.module.css";
import { Sensitive, useSensitive } from "./Sensitive";
import { Sources } from "./Sources";
import { OVERVIEW_RANGE_DEFAULT, type OverviewSearch } from "./search";
import { Tops } from "./Tops";

const route = getRouteApi("/shell/ui/overview");
const EVERY_MS = 30_000;
const WALL_EVERY_MS = 10_000;

export function OverviewPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const t = useT("overview");
  const words = useT("entity");
  const { format } = useLocale();
  const go = useCallback(
    (change: Partial<OverviewSearch>, replace = false) =>
      void navigate({ search: (before: OverviewSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  const range = search.range ?? OVERVIEW_RANGE_DEFAULT;
  const isWall = search.wall === "1";
  const every = isWall ? WALL_EVERY_MS : EVERY_MS;
  const asked = useAsked({ range });
  useAgain(asked.again, every, reachesNow(range));
  const wall = useWall(isWall, (is) => go({ wall: is ? "1" : undefined }, true));
  const sensitive = useSensitive(asked.question);
  const onRange = (next: string) =>
    go({ range: next === OVERVIEW_RANGE_DEFAULT ? undefined : next });
  return (
    <div ref={wall.element} className={isWall ? classes.wall : classes.page}>
      <EntityPage
        search={search}
        go={go}
        events={sensitive.events}
        head={
          <header className={classes.head}>
            <h1>{t.title}</h1>
            <span className="quiet figures" role="status">
              {t.updated(format.clock(asked.now))}
            </span>
            <div className={`${classes.tools} no-print`}>
              <RangeTools range={range} asked={asked} onRange={onRange} />
              <button type="button" className={button.tool} onClick={wall.toggle}>
                {isWall ? (
                  <IconArrowsMinimize size={15} stroke={1.7} aria-hidden />
                ) : (
                  <IconArrowsMaximize size={15} stroke={1.7} aria-hidden />
                )}
                {isWall ? t.wallLeave : t.wall}
              </button>
            </div>
          </header>
        }
      >
        {isWall ? null : <AllPowers />}
        <Numbers asked={asked} range={range} />
        <Panels>
          <OverTime
            asked={asked}
            onRange={onRange}
            more={{ to: logPath({ range }), label: words.inLog }}
            width={8}
            height={148}
          />
          <LedgerPanel every={every} />
          <Tops asked={asked} range={range} />
          <Sensitive
            sensitive={sensitive}
            range={range}
            opened={search.event}
            onOpen={(index) => go({ event: String(index) }, search.event !== undefined)}
          />
          <Sources asked={asked} range={range} />
        </Panels>
      </EntityPage>
    </div>
  );
}

/** Asks again and again while the page is looked at. */
function useAgain(again: () => void, every: number, isOn: boolean): void {
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") latest.current();
    }, every);
    return () => clearInterval(timer);
  }, [every, isOn]);
}

/** The wall display: the browser's full screen where it allows it, the whole window elsewhere. */
function useWall(isWall: boolean, onWall: (is: boolean) => void) {
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(onWall);
  useEffect(() => {
    latest.current = onWall;
  });
  useEffect(() => {
    const changed = () => {
      if (!document.fullscreenElement) latest.current(false);
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  const toggle = () => {
    if (!isWall) void element.current?.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) void document.exitFullscreen();
    onWall(!isWall);
  };
  useShortcuts("general", [{ keys: "w", label: (messages) => messages.keys.wall, run: toggle }]);
  return { element, toggle };
}
