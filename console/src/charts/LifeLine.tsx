// An object's life on one line: full while it was there, columns for how much happened, marks for what.
//
// Columns and marks are buttons, each says what it is; they are one stop of the tab key, arrow keys go on
// from there. The axis is the caller's zone.

import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import classes from "./life.module.css";
import { type LifeIn, type LifeOut, lifeOf, type MarkKind } from "./lifeSpan";
import { placeOf, ticksOf } from "./timeAxis";

const TICKS_MAX = 8;
const LINE_Y = 74;
const COLUMNS_TOP = 12;
const COLUMNS_HEIGHT = 50;

export interface LifeLineProps {
  life: LifeIn;
  zone: string;
  label: string;
  formatTick: (instant: number, step: number) => string;
  sayMark: (kind: MarkKind, time: number) => string;
  sayColumn: (column: LifeOut["columns"][number]) => string;
  onMark: (index: number) => void;
  onColumn: (from: number, to: number) => void;
}

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

export function LifeLine(props: LifeLineProps) {
  const { life, zone, label, formatTick } = props;
  const shape = useMemo(() => lifeOf(life), [life]);
  const holder = useRef<HTMLDivElement>(null);
  const [stop, setStop] = useState(0);
  const hits = shape.marks.length + shape.columns.length;
  const press = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.min(hits - 1, Math.max(0, Math.min(stop, hits - 1) + by));
    holder.current?.querySelector<HTMLElement>(`[data-hit="${next}"]`)?.focus();
  };
  const hit = (place: number) => ({
    place,
    isStop: place === Math.min(stop, hits - 1),
    onFocus: () => setStop(place),
  });
  const ticks = useMemo(
    () => ticksOf(shape.from, shape.to, zone, TICKS_MAX),
    [shape.from, shape.to, zone],
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing with controls is no form
    <div ref={holder} className={classes.life} role="group" aria-label={label} onKeyDown={press}>
      <svg width="100%" height={108} aria-hidden>
        <title>{label}</title>
        {ticks.at.map((instant) => {
          const x = percent(placeOf(instant, shape.from, shape.to));
          return (
            <g key={instant}>
              <line className={classes.tick} x1={x} x2={x} y1={COLUMNS_TOP} y2={92} />
              <text x={x} y={104} textAnchor="middle">
                {formatTick(instant, ticks.step)}
              </text>
            </g>
          );
        })}
        <line className={classes.before} x1="0%" x2="100%" y1={LINE_Y} y2={LINE_Y} />
        <line
          className={classes.alive}
          x1={percent(shape.alive.left)}
          x2={percent(shape.alive.left + shape.alive.width)}
          y1={LINE_Y}
          y2={LINE_Y}
        />
      </svg>
      {shape.columns.map((column, place) => (
        <Hit
          {...hit(shape.marks.length + place)}
          key={column.start}
          className={classes.column}
          say={props.sayColumn(column)}
          style={{
            left: percent(column.left),
            width: `max(3px, calc(${percent(column.width)} - 1px))`,
            "--height": `${Math.max(3, column.share * COLUMNS_HEIGHT)}px`,
          }}
          onGo={() => props.onColumn(column.start, column.end)}
        />
      ))}
      {shape.marks.map((mark, place) => (
        <Hit
          {...hit(place)}
          key={`${mark.kind} ${mark.index}`}
          className={classes.mark}
          kind={mark.kind}
          say={props.sayMark(mark.kind, mark.time)}
          style={{ left: percent(mark.place) }}
          onGo={() => props.onMark(mark.index)}
        />
      ))}
      {shape.isAlive ? (
        <i
          className={classes.now}
          style={{ left: percent(shape.alive.left + shape.alive.width) }}
          aria-hidden
        />
      ) : null}
    </div>
  );
}

interface HitProps {
  className: string | undefined;
  kind?: MarkKind;
  say: string;
  style: Record<string, string>;
  place: number;
  isStop: boolean;
  onFocus: () => void;
  onGo: () => void;
}

function Hit({ className, kind, say, style, place, isStop, onFocus, onGo }: HitProps) {
  return (
    <button
      type="button"
      className={className}
      data-kind={kind}
      data-hit={place}
      tabIndex={isStop ? 0 : -1}
      aria-label={say}
      title={say}
      style={style}
      onFocus={onFocus}
      onClick={onGo}
    />
  );
}
