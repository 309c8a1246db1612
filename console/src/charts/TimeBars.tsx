// Counts over time as stacked bars; drag to zoom, click a bar to look into it.
//
// Drawn by uPlot on a canvas; colours are the theme's tokens, read again when the theme turns. For
// screen readers it is an image with a sentence; what it shows stands in the table below it too.

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import classes from "./charts.module.css";
import tips from "./tip.module.css";

export interface BarSeries {
  key: string;
  label: string;
  /** A CSS variable of the theme, such as `--failure-fill`. */
  color: string;
}

export interface Bucket {
  /** Milliseconds. */
  start: number;
  /** One count for each series. */
  counts: number[];
}

export interface TimeBarsProps {
  series: BarSeries[];
  buckets: Bucket[];
  /** Where the last bucket ends. */
  end: number;
  /** Totals to compare with, one for each bucket, drawn as a line over the bars. */
  ghost?: { label: string; counts: number[] } | undefined;
  /** The IANA time zone whose days the axis marks. */
  zone: string;
  /** The least; it fills a container that gives it more. Pixels. */
  height: number;
  label: string;
  formatTime: (instant: number, span: number) => string;
  formatAxis: (instant: number, step: number) => string;
  formatCount: (count: number) => string;
  onZoom?: (from: number, to: number) => void;
}

const AXIS_GAP_PX = 88;
const DRAG_PX_MIN = 5;
const MS = 1_000;

interface Hover {
  left: number;
  place: number;
}

export function TimeBars(props: TimeBarsProps) {
  const { series, buckets, end, height, label, ghost, zone } = props;
  const holder = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const scheme = useComputedColorScheme("light");
  const [hover, setHover] = useState<Hover | null>(null);
  const shape = series.map((one) => `${one.key} ${one.color}`).join("\n");

  // biome-ignore lint/correctness/useExhaustiveDependencies: shape stands for series, scheme for colours
  useEffect(() => {
    const element = holder.current;
    if (!element || buckets.length === 0) return;
    const plot = new uPlot(
      options(element, latest.current, () => latest.current, setHover),
      stacked(buckets, series.length, ghost?.counts),
      element,
    );
    const resized = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
      setHover(null);
    };
  }, [shape, scheme, height, buckets, end, ghost, zone]);

  const bucket = hover ? buckets[hover.place] : undefined;
  return (
    <div className={classes.bars} style={{ minHeight: height }}>
      <div ref={holder} className={classes.canvas} role="img" aria-label={label} />
      {hover && bucket ? <Tip hover={hover} bucket={bucket} {...props} /> : null}
    </div>
  );
}

function Tip({
  hover,
  bucket,
  series,
  buckets,
  end,
  ghost,
  formatTime,
  formatCount,
}: TimeBarsProps & { hover: Hover; bucket: Bucket }) {
  const next = buckets[hover.place + 1]?.start ?? end;
  return (
    <div
      className={`${tips.tip} ${classes.tip}`}
      style={{ left: hover.left }}
      data-right={hover.place > buckets.length / 2 || undefined}
    >
      <div className={classes.tipTime}>{formatTime(bucket.start, next - bucket.start)}</div>
      {series.map((one, place) =>
        bucket.counts[place] ? (
          <div key={one.key} className={classes.tipRow}>
            <i style={{ background: `var(${one.color})` }} />
            <span>{one.label}</span>
            <b>{formatCount(bucket.counts[place] ?? 0)}</b>
          </div>
        ) : null,
      )}
      {ghost ? (
        <div className={classes.tipRow}>
          <i className={classes.ghost} />
          <span>{ghost.label}</span>
          <b>{formatCount(ghost.counts[hover.place] ?? 0)}</b>
        </div>
      ) : null}
    </div>
  );
}

/** Cumulative counts, the highest first, so that each is drawn over the one before. */
function stacked(buckets: Bucket[], count: number, ghost: number[] = []): uPlot.AlignedData {
  const sums = buckets.map((bucket) => {
    let sum = 0;
    return Array.from({ length: count }, (_, place) => {
      sum += bucket.counts[place] ?? 0;
      return sum;
    });
  });
  const layers = Array.from({ length: count }, (_, layer) =>
    sums.map((row) => row[count - 1 - layer] ?? 0),
  );
  const line = ghost.length > 0 ? [ghost] : [];
  return [buckets.map((bucket) => bucket.start / MS), ...layers, ...line];
}

function options(
  element: HTMLElement,
  { series, buckets, end, ghost, zone }: TimeBarsProps,
  now: () => TimeBarsProps,
  setHover: (hover: Hover | null) => void,
): uPlot.Options {
  const styles = getComputedStyle(element);
  const token = (name: string) => styles.getPropertyValue(name).trim();
  const font = `11px ${styles.fontFamily}`;
  const bars = uPlot.paths.bars?.({ size: [0.86, 64], align: 1 });
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const start = buckets[0]?.start ?? 0;
  const quiet = token("--text-quiet");
  const line = token("--line");
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    padding: [6, 24, 0, 0],
    legend: { show: false },
    tzDate: (at) => uPlot.tzDate(new Date(at * MS), zone),
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: DRAG_PX_MIN },
    },
    scales: {
      x: { time: true, range: [start / MS, end / MS] },
      y: { range: (_plot, _low, high) => [0, Math.max(1, high) * 1.08] },
    },
    axes: [
      {
        font,
        stroke: quiet,
        size: 22,
        gap: 3,
        space: AXIS_GAP_PX,
        grid: { show: false },
        ticks: { show: true, size: 4, stroke: line, width: 1 },
        values: (_plot, splits, _axis, _space, step) =>
          splits.map((at) => now().formatAxis(at * MS, step * MS)),
      },
      {
        font,
        stroke: quiet,
        size: 44,
        gap: 4,
        space: 26,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        values: (_plot, splits) =>
          splits.map((at) => (Number.isInteger(at) ? now().formatCount(at) : "")),
      },
    ],
    series: [
      {},
      ...series.toReversed().map((one) => ({
        fill: token(one.color),
        width: 0,
        points: { show: false },
        ...(bars ? { paths: bars } : {}),
      })),
      ...(ghost
        ? [
            {
              stroke: token("--text"),
              width: 1.25,
              dash: [4, 3],
              points: { show: false },
              ...(stepped ? { paths: stepped } : {}),
            },
          ]
        : []),
    ],
    hooks: {
      init: [
        (plot) => {
          let pressed = 0;
          plot.over.addEventListener("mousedown", (event) => {
            pressed = event.clientX;
          });
          plot.over.addEventListener("click", (event) => {
            const { idx } = plot.cursor;
            if (idx == null || Math.abs(event.clientX - pressed) >= DRAG_PX_MIN) return;
            zoom(now(), idx, idx);
          });
          plot.over.addEventListener("mouseleave", () => setHover(null));
        },
      ],
      setCursor: [
        (plot) => {
          const { left = -1 } = plot.cursor;
          const place = left < 0 ? -1 : placeAt(now().buckets, plot.posToVal(left, "x") * MS);
          setHover(place < 0 ? null : { left: left + plot.over.offsetLeft, place });
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < DRAG_PX_MIN) return;
          const { buckets: all } = now();
          const first = placeAt(all, plot.posToVal(left, "x") * MS);
          const last = placeAt(all, plot.posToVal(left + width, "x") * MS - 1);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          zoom(now(), Math.max(0, first), Math.max(0, last));
        },
      ],
    },
  };
}

/** The place of the bucket that holds an instant; -1 before the first. */
function placeAt(buckets: Bucket[], instant: number): number {
  return buckets.findLastIndex((bucket) => bucket.start <= instant);
}

function zoom({ buckets, end, onZoom }: TimeBarsProps, first: number, last: number): void {
  const from = buckets[first]?.start;
  if (from !== undefined) onZoom?.(from, buckets[last + 1]?.start ?? end);
}
