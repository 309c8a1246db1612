// How the log has grown: events a day, as bars, with the number of each day on hover and focus.

import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../../api/client";
import { useLocale, useT } from "../../i18n/locale";
import { ErrorState } from "../../shell/ErrorState";
import { Section } from "../../ui/Page";
import { Waiting } from "../../ui/Waiting";
import classes from "./integrity.module.css";

const DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const HEIGHT = 100;

export function Growth() {
  const t = useT("integrity");
  const { format, zone } = useLocale();
  const days = useQuery({
    queryKey: ["growth", zone],
    queryFn: () => {
      const to = Date.now();
      const from = new Date(to - DAYS * DAY_MS).toISOString();
      const query = { interval: "1d", tz: zone, from, to: new Date(to).toISOString() };
      return answer(api.GET("/v1/histogram", { params: { query } }));
    },
  });
  return (
    <Section title={t.growth} intro={t.growthText}>
      {days.isPending ? <Waiting /> : null}
      {days.error ? <ErrorState error={days.error} onRetry={() => void days.refetch()} /> : null}
      {days.data ? (
        <>
          <Bars
            bars={days.data.buckets.map(({ start, count }) => ({
              count,
              title: t.dayCount(format.date(start), format.number(count)),
            }))}
            name={t.growth}
          />
          <Ends starts={days.data.buckets.map(({ start }) => format.date(start))} />
        </>
      ) : null}
    </Section>
  );
}

function Bars({ bars, name }: { bars: { count: number; title: string }[]; name: string }) {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <ol className={classes.bars} aria-label={name}>
      {bars.map(({ count, title }) => (
        <li key={title} title={title}>
          <svg viewBox={`0 0 10 ${HEIGHT}`} preserveAspectRatio="none" role="img">
            <title>{title}</title>
            <rect
              y={HEIGHT - (count / most) * HEIGHT}
              width="10"
              height={(count / most) * HEIGHT}
            />
          </svg>
        </li>
      ))}
    </ol>
  );
}

/** The first and the last day, below the bars. */
function Ends({ starts }: { starts: string[] }) {
  return (
    <div className={classes.ends} aria-hidden>
      <span>{starts.at(0)}</span>
      <span>{starts.at(-1)}</span>
    </div>
  );
}
