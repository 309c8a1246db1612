// Events over time above the rows, parted by outcome or service. Asked for after the rows are there.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { type Catalogue, useCatalogue } from "../../api/catalogue";
import { answer, api } from "../../api/client";
import { intervalFor, lengthOf } from "../../charts/interval";
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
const NO_BUCKETS: (Counted & { start: string })[] = [];

export interface HistogramProps {
  asked: Asked;
  by: "outcome" | "service";
  isReady: boolean;
  onZoom: (from: number, to: number) => void;
}

export function useHistogram({ asked, by, isReady }: Omit<HistogramProps, "onZoom">) {
  const { from, to } = asked.span;
  const interval = intervalFor(from === null ? ALL_OF_TIME_MS : (to ?? asked.now) - from);
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
  };
}

export function Histogram(props: HistogramProps & { histogram: ReturnType<typeof useHistogram> }) {
  const { asked, by, onZoom, histogram } = props;
  const t = useT("log");
  const { format } = useLocale();
  const catalogue = useCatalogue();
  const { buckets, interval, total } = histogram;
  // The chart is drawn anew whenever its bars are other objects, so they are kept while they are equal.
  const { series, bars } = useMemo(
    () => shaped(buckets, by, catalogue, t.chartRest),
    [buckets, by, catalogue, t.chartRest],
  );
  const start = bars[0]?.start;
  if (histogram.error) return null;
  if (start === undefined) {
    return <div className={classes.chartEmpty} style={{ height: HEIGHT_PX }} />;
  }
  const last = bars.at(-1)?.start ?? start;
  const end = Math.max(last + lengthOf(interval), asked.span.to ?? 0);
  const says = t.chartSay(format.number(total ?? 0), format.stamp(start), format.stamp(end));
  return (
    <Suspense fallback={<div style={{ height: HEIGHT_PX }} />}>
      <TimeBars
        series={series}
        buckets={bars}
        end={end}
        height={HEIGHT_PX}
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
  buckets: (Counted & { start: string })[],
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

interface Counted {
  count: number;
  by?: Record<string, number> | null;
}

function rest(bucket: Counted, keys: readonly string[]): number {
  return bucket.count - keys.reduce((sum, key) => sum + (bucket.by?.[key] ?? 0), 0);
}

function namesByCount(buckets: Counted[]): string[] {
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
