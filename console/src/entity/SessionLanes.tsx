// Sessions as bars over time, in lanes. Only the lanes in sight are in the page.
//
// Each bar is a button that opens the event which began the session; arrow keys go from bar to bar,
// so that the whole chart is one stop of the tab key. Kinds differ by pattern, not only by colour.

import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useCatalogue } from "../api/catalogue";
import { type BarAt, type Lane, lanesOf, neighbour, type PlacedBar } from "../charts/lanes";
import { placeOf, ticksOf } from "../charts/timeAxis";
import tips from "../charts/tip.module.css";
import { useLocale, useT } from "../i18n/locale";
import { paths } from "../paths";
import { GoLink } from "../shell/GoLink";
import classes from "./lanes.module.css";
import { addressOf, type LaneBy, type Session, type SessionSpan, spanOfSession } from "./sessions";

const LANE_ROOM_PX = 12;
/** Height of a row in lanes of at most so many rows: where much overlaps, bars are thinner. */
const ROWS_PX: [number, number][] = [
  [5, 18],
  [14, 11],
  [Number.POSITIVE_INFINITY, 7],
];
const TICKS_MAX = 7;
const OVERSCAN_LANES = 6;
const DAY_MS = 86_400_000;

export interface SessionLanesProps {
  sessions: Session[];
  laneBy: LaneBy;
  from: number;
  to: number;
  now: number;
  opened: string | undefined;
  onOpen: (session: Session) => void;
  label: string;
  /** Fills the height it is given, and scrolls; otherwise as high as its lanes, up to a limit. */
  isTall?: boolean;
}

interface Tip {
  session: Session;
  box: DOMRect;
}

export function SessionLanes(props: SessionLanesProps) {
  const { sessions, laneBy, from, to, now, label, isTall = false } = props;
  const { zone } = useLocale();
  const lanes = useMemo(
    () =>
      lanesOf(
        sessions.map((session) => spanOfSession(session, laneBy)),
        from,
        to,
        now,
      ),
    [sessions, laneBy, from, to, now],
  );
  const ticks = useMemo(() => ticksOf(from, to, zone, TICKS_MAX), [from, to, zone]);
  const [at, setAt] = useState<BarAt>({ lane: 0, bar: 0 });
  const [tip, setTip] = useState<Tip | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: (place) => laneHeight(lanes[place]?.rows ?? 1),
    overscan: OVERSCAN_LANES,
    getItemKey: (place) => `${lanes[place]?.name} ${lanes[place]?.rows}`,
  });
  const stop = lanes[at.lane]?.bars[at.bar] ? at : { lane: 0, bar: 0 };
  const press = (event: KeyboardEvent) => {
    const next = neighbour(lanes, stop, event.key);
    if (!next) return;
    event.preventDefault();
    setAt(next);
    virtual.scrollToIndex(next.lane);
    const key = lanes[next.lane]?.bars[next.bar]?.item.key;
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-bar="${key}"]`)?.focus(),
    );
  };
  return (
    <div className={classes.chart} data-tall={isTall || undefined}>
      <Axis from={from} to={to} ticks={ticks} />
      {/* biome-ignore lint/a11y/useSemanticElements: lanes are no form */}
      <div
        ref={scroller}
        className={classes.scroller}
        role="group"
        aria-label={label}
        onKeyDown={press}
        onScroll={() => setTip(null)}
      >
        <div className={classes.lanes} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const lane = lanes[item.index];
            if (!lane) return null;
            return (
              <div
                key={item.key}
                className={classes.lane}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              >
                <LaneName lane={lane} laneBy={laneBy} />
                <div className={classes.track}>
                  {ticks.at.map((instant) => (
                    <i key={instant} style={{ left: percent(placeOf(instant, from, to)) }} />
                  ))}
                  {lane.bars.map((bar, place) => (
                    <BarButton
                      key={bar.item.key}
                      bar={bar}
                      rowPx={rowHeight(lane.rows)}
                      isStop={item.index === stop.lane && place === stop.bar}
                      isOpened={props.opened === bar.item.key}
                      onFocus={() => setAt({ lane: item.index, bar: place })}
                      onOpen={props.onOpen}
                      onTip={setTip}
                    />
                  ))}
                </div>
              </div>
            );
          })}
        </div>
      </div>
      {tip ? <TipCard tip={tip} /> : null}
    </div>
  );
}

function rowHeight(rows: number): number {
  return ROWS_PX.find(([most]) => rows <= most)?.[1] ?? 0;
}

function laneHeight(rows: number): number {
  return rows * rowHeight(rows) + LANE_ROOM_PX;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}

function Axis({
  from,
  to,
  ticks,
}: {
  from: number;
  to: number;
  ticks: { step: number; at: number[] };
}) {
  const { format } = useLocale();
  const write = (instant: number) => {
    const clock = format.clock(instant).slice(0, 5);
    return ticks.step >= DAY_MS || clock === "00:00"
      ? format.custom(instant, { month: "short", day: "numeric" })
      : clock;
  };
  return (
    <div className={classes.axis} aria-hidden>
      {ticks.at.map((instant) => {
        const place = placeOf(instant, from, to);
        return (
          <span
            key={instant}
            style={{ left: percent(place) }}
            data-last={place > 0.93 || undefined}
          >
            {write(instant)}
          </span>
        );
      })}
    </div>
  );
}

function LaneName({ lane, laneBy }: { lane: Lane<SessionSpan>; laneBy: LaneBy }) {
  const t = useT("sessions");
  const first = lane.bars[0]?.item.session;
  const object = first?.object;
  const to =
    laneBy === "user" && lane.name
      ? paths.user(lane.name)
      : laneBy === "object" && object?.type && object.id
        ? paths.object(object.type, object.id)
        : null;
  const name = laneBy === "kind" ? t.kind(lane.name) : lane.name || t.nobody;
  return (
    <div className={classes.name} title={name}>
      {to ? <GoLink to={to}>{name}</GoLink> : <span>{name}</span>}
      <span className="quiet figures">{lane.bars.length}</span>
    </div>
  );
}

interface BarButtonProps {
  bar: PlacedBar<SessionSpan>;
  rowPx: number;
  isStop: boolean;
  isOpened: boolean;
  onFocus: () => void;
  onOpen: (session: Session) => void;
  onTip: (tip: Tip | null) => void;
}

function BarButton({ bar, rowPx, isStop, isOpened, onFocus, onOpen, onTip }: BarButtonProps) {
  const say = useSessionWords();
  const { session, kind } = bar.item;
  const show = (element: HTMLElement) => onTip({ session, box: element.getBoundingClientRect() });
  return (
    <button
      type="button"
      className={classes.bar}
      data-bar={bar.item.key}
      data-kind={kind}
      data-cause={session.end?.cause}
      data-open={bar.isOpen || undefined}
      data-cut={bar.isCutLeft || undefined}
      data-opened={isOpened || undefined}
      tabIndex={isStop ? 0 : -1}
      aria-label={say.whole(session)}
      style={{
        left: `min(${percent(bar.left)}, 100% - 7px)`,
        width: percent(bar.width),
        top: bar.row * rowPx + LANE_ROOM_PX / 2,
        height: rowPx < 12 ? rowPx - 1 : 13,
      }}
      onClick={() => onOpen(session)}
      onFocus={(event) => {
        onFocus();
        show(event.currentTarget);
      }}
      onBlur={() => onTip(null)}
      onMouseEnter={(event) => show(event.currentTarget)}
      onMouseLeave={() => onTip(null)}
    />
  );
}

/** What can be said of a session, in the reader's language. */
export function useSessionWords() {
  const t = useT("sessions");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  return useMemo(() => {
    const thing = (session: Session) => session.object?.name || session.object?.id || "";
    const length = (session: Session) =>
      session.duration_ms === null ? "" : format.duration(session.duration_ms ?? 0);
    const end = (session: Session) => {
      if (session.state === "open") return t.stillOpen;
      if (!session.end) return session.state === "superseded" ? t.superseded : t.endUnknown;
      const by = session.end.by && session.end.cause === "admin" ? session.end.by : "";
      return t.cause(session.end.cause, by) + (session.end.inferred ? ` ${t.inferred}` : "");
    };
    const whole = (session: Session) =>
      [
        session.operator ?? "",
        t.kind(kindName(session)),
        thing(session),
        format.stamp(session.began),
        length(session),
        end(session),
      ]
        .filter((word) => word !== "")
        .join(", ");
    return { thing, length, end, whole, operation: (code: string) => catalogue.operation(code) };
  }, [t, format, catalogue]);
}

function kindName(session: Session): string {
  return spanOfSession(session, "kind").lane;
}

function TipCard({ tip }: { tip: Tip }) {
  const t = useT("sessions");
  const { format } = useLocale();
  const say = useSessionWords();
  const { session, box } = tip;
  const isRight = box.left > window.innerWidth / 2;
  const x = isRight ? { right: window.innerWidth - box.right } : { left: box.left };
  const isLow = box.bottom > window.innerHeight - 170;
  const y = isLow ? { bottom: window.innerHeight - box.top + 6 } : { top: box.bottom + 6 };
  return (
    <div className={`${tips.tip} ${classes.tip}`} style={{ ...x, ...y }} aria-hidden>
      <p>
        <b>{session.operator}</b> {t.kind(kindName(session))} <b>{say.thing(session)}</b>
      </p>
      <p className="figures">
        {format.stamp(session.began)} {session.ended ? `– ${format.clock(session.ended)}` : ""}
      </p>
      <p className="figures">
        {[say.length(session), addressOf(session)].filter((word) => word).join(" · ")}
      </p>
      <p>{say.end(session)}</p>
    </div>
  );
}

/** What the patterns mean. */
export function SessionLegend({ kinds }: { kinds: readonly string[] }) {
  const t = useT("sessions");
  return (
    <ul className={classes.legend} aria-label={t.legend}>
      {kinds.map((kind) => (
        <li key={kind}>
          <i className={classes.sample} data-kind={kind} />
          {t.kind(kind)}
        </li>
      ))}
      {["admin", "timeout", "network"].map((cause) => (
        <li key={cause}>
          <i className={classes.sample} data-cause={cause} />
          {t.causeShort(cause)}
        </li>
      ))}
      <li>
        <i className={classes.sample} data-open />
        {t.stillOpen}
      </li>
    </ul>
  );
}
