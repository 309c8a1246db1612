// Counts by hour of the week: seven rows of 24 squares, the darker the more.
//
// One hue, told apart by lightness; a ring marks hours that somebody should look at. It is a grid: one
// stop of the tab key, then arrow keys, and each cell says its day, hour and count. What the cell under
// pointer or focus says is written below, for everybody.

import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { type HeatCell, HOURS, heatOf, heatStep, LEVELS } from "./heat";
import classes from "./heat.module.css";

const CELL = 20;
const GAP = 3;
const LEFT = 40;
const TOP = 18;
const HOUR_LABELS_EVERY = 3;

export interface HeatMapProps {
  /** 168 counts, Monday 0 h first. */
  week: number[];
  /** Hours of the week that are unusual. */
  marked: ReadonlySet<number>;
  label: string;
  dayName: (day: number, isLong: boolean) => string;
  say: (cell: HeatCell, isMarked: boolean) => string;
  hint: string;
  lessLabel: string;
  moreLabel: string;
}

export function HeatMap(props: HeatMapProps) {
  const { week, marked, label, dayName, say, hint } = props;
  const rows = useMemo(() => heatOf(week), [week]);
  const [stop, setStop] = useState(0);
  const [shown, setShown] = useState<HeatCell | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const width = LEFT + HOURS * (CELL + GAP);
  const height = TOP + rows.length * (CELL + GAP);
  const press = (event: KeyboardEvent) => {
    const next = heatStep(stop, event.key);
    if (next === null) return;
    event.preventDefault();
    setStop(next);
    grid.current?.querySelector<SVGElement>(`[data-place="${next}"]`)?.focus();
  };
  return (
    <div className={classes.heat}>
      {/* biome-ignore lint/a11y/useSemanticElements: a <table> cannot be drawn with */}
      <div
        ref={grid}
        role="grid"
        tabIndex={-1}
        aria-label={label}
        onKeyDown={press}
        onMouseLeave={() => setShown(null)}
      >
        <svg viewBox={`0 0 ${width} ${height}`} role="presentation">
          <g aria-hidden className={classes.hours}>
            {Array.from(
              { length: HOURS / HOUR_LABELS_EVERY },
              (_, at) => at * HOUR_LABELS_EVERY,
            ).map((hour) => (
              <text key={hour} x={LEFT + hour * (CELL + GAP)} y={11}>
                {String(hour).padStart(2, "0")}
              </text>
            ))}
          </g>
          {rows.map((row, day) => (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/suspicious/noArrayIndexKey: days never move
            <g key={day} role="row">
              {/* biome-ignore lint/a11y/useSemanticElements: as above */}
              <text
                role="rowheader"
                className={classes.day}
                x={0}
                y={TOP + day * (CELL + GAP) + 14}
                aria-label={dayName(day, true)}
              >
                {dayName(day, false)}
              </text>
              {row.map((cell) => {
                const place = day * HOURS + cell.hour;
                const isMarked = marked.has(place);
                return (
                  // biome-ignore lint/a11y/useSemanticElements: as above
                  <rect
                    key={place}
                    role="gridcell"
                    data-place={place}
                    data-level={cell.level}
                    data-marked={isMarked || undefined}
                    x={LEFT + cell.hour * (CELL + GAP)}
                    y={TOP + day * (CELL + GAP)}
                    width={CELL}
                    height={CELL}
                    rx={3}
                    tabIndex={place === stop ? 0 : -1}
                    aria-label={say(cell, isMarked)}
                    onMouseEnter={() => setShown(cell)}
                    onFocus={() => {
                      setStop(place);
                      setShown(cell);
                    }}
                    onBlur={() => setShown(null)}
                  />
                );
              })}
            </g>
          ))}
        </svg>
      </div>
      <div className={classes.foot}>
        <span className="figures">
          {shown ? say(shown, marked.has(shown.day * HOURS + shown.hour)) : hint}
        </span>
        <span className={classes.scale} aria-hidden>
          {props.lessLabel}
          <svg width={LEVELS * 14} height={11}>
            <title>{props.moreLabel}</title>
            {Array.from({ length: LEVELS }, (_, level) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: levels never move
              <rect key={level} data-level={level} x={level * 14} width={11} height={11} rx={2} />
            ))}
          </svg>
          {props.moreLabel}
        </span>
      </div>
    </div>
  );
}
