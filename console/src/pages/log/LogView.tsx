// The audit log: filter, range, bars, facets, rows, and the drawer of one event.
//
// What it shows is its caller's `search`, whole; what belongs to the reader rather than to the
// question (widths, density) is remembered in the browser. Rows are asked for first, the rest when
// they are there.

import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  lazy,
  type MouseEvent,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useCatalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { absolute, RANGE_DEFAULT } from "../../ask/range";
import { useLocale, useT } from "../../i18n/locale";
import hidden from "../../ui/hidden.module.css";
import { useAnswers } from "./answers";
import { ColumnPicker } from "./ColumnPicker";
import { COLUMNS_DEFAULT } from "./columns";
import { EventRows } from "./EventRows";
import { ExportMenu } from "./ExportMenu";
import { FacetPanel } from "./FacetPanel";
import { FilterBar, type FilterBarHandle } from "./FilterBar";
import { Histogram } from "./Histogram";
import { useLogKeys } from "./keys";
import classes from "./log.module.css";
import { RangePicker } from "./RangePicker";
import { RowMenu, type RowMenuAt } from "./RowMenu";
import { useRemembered } from "./remembered";
import type { LogSearch } from "./search";
import { Toolbar } from "./Toolbar";
import { useSteps } from "./useSteps";
import { ViewsMenu } from "./ViewsMenu";
import { viewOf } from "./view";

const loadDrawer = () => import("../event/EventDrawer");
const EventDrawer = lazy(() => loadDrawer().then((module) => ({ default: module.EventDrawer })));

const NO_PINS: string[] = [];
const NO_WIDTHS: Record<string, number> = {};

export interface LogViewProps {
  search: LogSearch;
  /** Changes some of it; `isReplacing` leaves no step to go back to. */
  onSearch: (change: Partial<LogSearch>, isReplacing?: boolean) => void;
}

export function LogView({ search, onSearch: go }: LogViewProps) {
  const t = useT("log");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const [kept, keep] = useRemembered();
  const isNarrow = useMediaQuery("(max-width: 48em)") ?? false;
  const [isAtTop, setIsAtTop] = useState(true);
  const [isRangeOpen, setIsRangeOpen] = useState(false);
  const [menu, setMenu] = useState<RowMenuAt | null>(null);
  const bar = useRef<FilterBarHandle>(null);

  const view = viewOf(search);
  const { filter, range, order, by, opened, isLive } = view;
  const isList = isNarrow || search.layout === "list";
  // On narrow screens the facets come over the rows, and only when they are asked for.
  const [areFacetsOver, setAreFacetsOver] = useState(false);
  const hasFacets = isNarrow ? areFacetsOver : kept.hasFacets !== false;
  const toggleFacets = () =>
    isNarrow ? setAreFacetsOver(!areFacetsOver) : keep({ hasFacets: !hasFacets });
  // Beside an open drawer the rows need the room more than the facets do.
  const hasRoom = useMediaQuery("(min-width: 105em)") || opened === null;
  const columns = useMemo(
    () => search.columns?.split(",") ?? kept.columns ?? COLUMNS_DEFAULT,
    [search.columns, kept.columns],
  );
  const answers = useAnswers(search, view, !isAtTop || opened !== null);
  const { asked, walk, live, rows, isReady, isComparing, histogram, refused } = answers;
  const { cursor, open, leave, close, step } = useSteps(rows, opened, go);
  // The drawer is not needed to see the rows, but most likely next.
  useEffect(() => {
    if (isReady) void loadDrawer();
  }, [isReady]);

  const onFilter = useCallback(
    (q: string) => {
      leave();
      go({ q: q || undefined });
    },
    [go, leave],
  );
  const onRange = useCallback(
    (next: string) => {
      leave();
      go({ range: next === RANGE_DEFAULT ? undefined : next });
    },
    [go, leave],
  );
  const onPin = useCallback((pinned: string[]) => keep({ pinned }), [keep]);
  const onZoom = useCallback((from: number, to: number) => onRange(absolute(from, to)), [onRange]);
  const toggleLive = () => go({ live: isLive ? undefined : "1" });
  const nameOf = useCallback(
    (key: string) => (key === "sentence" ? t.sentence : catalogue.field(key)),
    [t, catalogue],
  );
  const context = useMemo(() => ({ catalogue, format, nameOf }), [catalogue, format, nameOf]);
  const setColumns = (next: string[] | null) => {
    keep({ columns: next ?? undefined, ...(next ? {} : { widths: undefined }) });
    go({ columns: next?.join(",") }, true);
  };
  // The reader's own columns stand in the address, too: whoever gets it sees the same.
  const own = search.columns ? undefined : kept.columns?.join(",");
  useEffect(() => {
    if (own) go({ columns: own }, true);
  }, [own, go]);
  useLogKeys({
    onFilter: () => bar.current?.focus(),
    onStep: step,
    onOpen: () => cursor >= 0 && open(cursor),
    onClose: opened !== null ? close : leave,
    onRange: () => setIsRangeOpen(true),
    onLive: toggleLive,
    onFacets: toggleFacets,
    onAgain: asked.again,
    onMenu: () => {
      const event = rows[cursor];
      const box = document.getElementById(`row-${cursor}`)?.getBoundingClientRect();
      if (event && box) setMenu({ event, column: null, x: box.left + 24, y: box.bottom });
    },
  });

  const onContext = useCallback(
    (event: AuditEvent, column: string | null, at: MouseEvent) =>
      setMenu({ event, column, x: at.clientX, y: at.clientY }),
    [],
  );

  const facets = refused ? null : (
    <FacetPanel
      filter={filter}
      question={asked.question}
      isReady={isReady}
      pinned={kept.pinned ?? NO_PINS}
      onPin={onPin}
      onFilter={onFilter}
    />
  );
  return (
    <div className={classes.page}>
      <h1 className={hidden.visually}>{t.title}</h1>
      <div className={`${classes.ask} no-print`}>
        <FilterBar
          ref={bar}
          filter={filter}
          question={asked.question}
          error={refused}
          onFilter={onFilter}
        />
        <RangePicker
          range={range}
          asked={asked}
          isOpen={isRangeOpen}
          onOpen={setIsRangeOpen}
          onRange={onRange}
        />
      </div>
      <div className={`${classes.chart} no-print`}>
        <Histogram asked={asked} by={by} histogram={histogram} onZoom={onZoom} />
      </div>
      <Toolbar
        total={isReady ? histogram.total : null}
        isPartial={histogram.isPartial}
        isCounting={histogram.isCounting && !walk.isError}
        order={order}
        onOrder={() => go({ order: order === "-time" ? "time" : undefined })}
        isNarrow={isNarrow}
        isList={isList}
        onList={(next) => go({ layout: next ? "list" : undefined })}
        live={{
          isOn: isLive,
          isPossible: view.canFollow,
          rate: live.rate,
          isConnected: live.isConnected,
          onToggle: toggleLive,
        }}
        by={by}
        onBy={(next) => go({ by: next === "outcome" ? undefined : next })}
        compare={{
          isOn: isComparing,
          isPossible: asked.span.from !== null,
          onToggle: () => go({ compare: isComparing ? undefined : "1" }),
        }}
        hasFacets={hasFacets}
        onFacets={toggleFacets}
        onAgain={asked.again}
      >
        {isList ? null : (
          <ColumnPicker
            chosen={columns}
            nameOf={nameOf}
            isDense={kept.isDense ?? false}
            onColumns={setColumns}
            onDense={(isDense) => keep({ isDense })}
          />
        )}
        <ExportMenu question={asked.question} columns={columns} />
        <ViewsMenu
          filter={filter}
          range={range}
          columns={columns}
          onView={(view) =>
            go({
              q: view.q || undefined,
              range: view.range && view.range !== RANGE_DEFAULT ? view.range : undefined,
              columns: view.columns.length > 0 ? view.columns.join(",") : undefined,
              event: undefined,
            })
          }
        />
      </Toolbar>
      <div className={classes.below}>
        {isNarrow ? (
          <Drawer
            opened={areFacetsOver}
            onClose={() => setAreFacetsOver(false)}
            title={t.facets}
            size={320}
            padding="sm"
            closeButtonProps={{ "aria-label": t.facetsHide }}
          >
            {facets}
          </Drawer>
        ) : hasFacets && hasRoom ? (
          facets
        ) : null}
        <EventRows
          rows={rows}
          walk={walk}
          live={live}
          isList={isList}
          isNarrow={isNarrow}
          isDense={kept.isDense ?? false}
          columns={columns}
          widths={kept.widths ?? NO_WIDTHS}
          context={context}
          cursor={cursor}
          filter={filter}
          range={range}
          now={asked.now}
          isRefused={refused !== null}
          onOpen={open}
          onContext={onContext}
          onTop={setIsAtTop}
          onColumns={setColumns}
          onWidths={(widths) => keep({ widths })}
          onFilter={onFilter}
          onRange={onRange}
        />
        {opened === null ? null : (
          <Suspense fallback={null}>
            <EventDrawer
              index={opened}
              tab={search.tab ?? "details"}
              onTab={(tab) => go({ tab: tab === "details" ? undefined : tab }, true)}
              known={rows.find((event) => event.index === opened)}
              onClose={close}
              onStep={step}
              onFilter={(q) => go({ q, event: undefined, range: "all" })}
            />
          </Suspense>
        )}
      </div>
      <RowMenu
        at={menu}
        filter={filter}
        nameOf={nameOf}
        onFilter={onFilter}
        onOpen={(event) => go({ event: String(event.index) })}
        onClose={() => setMenu(null)}
      />
    </div>
  );
}
