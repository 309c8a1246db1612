// Events over time above the rows, parted by outcome or service. Asked for after the rows are there.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { type Catalogue, useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import { type Counted, ghostOf } from "../../charts/ghost";
import { type Interval, intervalFor, lengthOf } from "../../charts/interval";
import type { BarSeries, Bucket } from "../../charts/TimeBars";
import { OUTCOMES } from "../../events/outcome";
import type { Format } from "../../i18n/format";
import { useLocale, useT } from "../../i18n/locale";
import classes from "./log.module.css";
import type { Asked } from "./question";

const TimeBars = lazy(() =>
  import("../../charts/TimeBars").then((module) => ({ default: module.TimeBars })),
);

const HEIGHT_PX = 104;
const SERVICES_MAX = 6;
const DAY_MS = 86_400_000;
const ALL_OF_TIME_MS = 120 * DAY_MS;
/** Colours for services, told apart by lightness as well. */
const PALETTE = [
  "--pending-fill",
  "--success-fill",
  "--denied-fill",
  "--partial-fill",
  "--failure-fill",
  "--accent",
];
const REST = "--unknown-fill";
const NO_BUCKETS: (Parted & { start: string })[] = [];

export interface HistogramProps {
  asked: Asked;
  by: "outcome" | "service";
  isReady: boolean;
  /** Compares with the time of the same length before. */
  isComparing: boolean;
  onZoom: (from: number, to: number) => void;
}

/** How long the time is that is asked for; null where it has no beginning. */
export function lengthAsked({ span, now }: Asked): number | null {
  return span.from === null ? null : (span.to ?? now) - span.from;
}

function useBefore(asked: Asked, interval: Interval, isOn: boolean): Counted[] | null {
  const { from } = asked.span;
  const length = lengthAsked(asked);
  const { q, tz } = asked.question;
  const { data } = useQuery({
    queryKey: ["histogram", "before", asked.question, interval],
    enabled: isOn && length !== null,
    queryFn: ({ signal }) => {
      const iso = (instant: number) => new Date(instant).toISOString();
      const to = from ?? 0;
      const query = { q, tz, interval, from: iso(to - (length ?? 0)), to: iso(to) };
      return answer(api.GET("/v1/histogram", { params: { query }, signal }));
    },
    select: ({ buckets }) =>
      buckets.map(({ start, count }) => ({ start: Date.parse(start), count })),
  });
  return isOn ? (data ?? null) : null;
}

export function useHistogram({ asked, by, isReady, isComparing }: Omit<HistogramProps, "onZoom">) {
  const interval = intervalFor(lengthAsked(asked) ?? ALL_OF_TIME_MS);
  const before = useBefore(asked, interval, isReady && isComparing);
  const query = useQuery({
    queryKey: ["histogram", asked.question, by, interval],
    enabled: isReady,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(
        api.GET("/v1/histogram", {
          params: { query: { ...asked.question, interval, by, top: SERVICES_MAX } },
          signal,
        }),
      ),
  });
  const buckets = query.data?.buckets ?? NO_BUCKETS;
  const isOld = query.isPlaceholderData || query.data === undefined;
  const total = isOld ? null : buckets.reduce((sum, one) => sum + one.count, 0);
  const isPartial = query.data?.partial === true;
  return {
    error: query.error,
    isCounting: isOld && !query.error,
    buckets,
    interval,
    total,
    isPartial,
    before,
  };
}

export interface HistogramViewProps extends Pick<HistogramProps, "asked" | "by" | "onZoom"> {
  /** Pixels; as low as the audit page wants it if absent. */
  height?: number;
  histogram: ReturnType<typeof useHistogram>;
}

export function Histogram(props: HistogramViewProps) {
  const { asked, by, onZoom, histogram, height = HEIGHT_PX } = props;
  const t = useT("log");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const { buckets, interval, total, before } = histogram;
  // The chart is drawn anew whenever its bars are other objects, so they are kept while they are equal.
  const { series, bars } = useMemo(
    () => shaped(buckets, by, catalogue, t.chartRest),
    [buckets, by, catalogue, t.chartRest],
  );
  const start = bars[0]?.start;
  const last = bars.at(-1)?.start ?? 0;
  const end = Math.max(last + lengthOf(interval), asked.span.to ?? 0);
  const shift = lengthAsked(asked);
  const ghost = useMemo(() => {
    if (!before || shift === null) return undefined;
    const starts = bars.map((bar) => bar.start);
    return { label: t.chartBefore, counts: ghostOf(starts, end, before, shift) };
  }, [before, bars, end, shift, t.chartBefore]);
  if (histogram.error) return null;
  if (start === undefined) {
    return <div className={classes.chartEmpty} style={{ height }} />;
  }
  const says = t.chartSay(format.number(total ?? 0), format.stamp(start), format.stamp(end));
  return (
    <Suspense fallback={<div style={{ height }} />}>
      <TimeBars
        series={series}
        buckets={bars}
        end={end}
        ghost={ghost}
        zone={format.zone}
        height={height}
        label={`${t.chart}: ${says}`}
        formatTime={(instant, span) => spanText(format, instant, span)}
        formatAxis={(instant, step) => axisText(format, instant, step)}
        formatCount={(count) => format.compact(count)}
        onZoom={onZoom}
      />
    </Suspense>
  );
}

/** The server's buckets as bars, with a colour and a name for each part. */
function shaped(
  buckets: (Parted & { start: string })[],
  by: "outcome" | "service",
  catalogue: Catalogue,
  restLabel: string,
): { series: BarSeries[]; bars: Bucket[] } {
  const keys =
    by === "outcome"
      ? OUTCOMES.filter((key) => buckets.some((bucket) => bucket.by?.[key]))
      : namesByCount(buckets);
  const series: BarSeries[] = keys.map((key, place) => ({
    key,
    label: catalogue.value(by, key),
    color: by === "outcome" ? `--${key}-fill` : (PALETTE[place] ?? REST),
  }));
  const hasRest = buckets.some((bucket) => rest(bucket, keys) > 0);
  if (hasRest) series.push({ key: "", label: restLabel, color: REST });
  const bars = buckets.map((bucket) => ({
    start: Date.parse(bucket.start),
    counts: [...keys.map((key) => bucket.by?.[key] ?? 0), ...(hasRest ? [rest(bucket, keys)] : [])],
  }));
  return { series, bars };
}

function axisText(format: Format, instant: number, step: number): string {
  const clock = format.clock(instant).slice(0, 5);
  return step >= DAY_MS || clock === "00:00"
    ? format.custom(instant, { month: "short", day: "numeric" })
    : clock;
}

interface Parted {
  count: number;
  by?: Record<string, number> | null;
}

function rest(bucket: Parted, keys: readonly string[]): number {
  return bucket.count - keys.reduce((sum, key) => sum + (bucket.by?.[key] ?? 0), 0);
}

function namesByCount(buckets: Parted[]): string[] {
  const counts = new Map<string, number>();
  for (const bucket of buckets) {
    for (const [key, count] of Object.entries(bucket.by ?? {})) {
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, SERVICES_MAX)
    .map(([key]) => key);
}

function spanText(format: Format, from: number, span: number) {
  if (span >= DAY_MS * 0.9) {
    const day = format.custom(from, { weekday: "short", month: "short", day: "numeric" });
    return span > DAY_MS * 1.5 ? `${day} – ${format.date(from + span - 1)}` : day;
  }
  return `${format.stamp(from).slice(5, 16)} – ${format.clock(from + span).slice(0, 5)}`;
}
