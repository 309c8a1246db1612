// At which hours of the week something happens; unusual ones in a ring.

import { HeatMap } from "../charts/HeatMap";
import { useLocale, useT } from "../i18n/locale";
import { type Asking, Panel } from "./Panel";

const NO_HOURS: ReadonlySet<number> = new Set();

export interface HoursProps {
  /** 168 counts, Monday 0 h first; absent while they are on their way. */
  week: number[] | undefined;
  /** Hours of the week that are unusual. */
  marked?: ReadonlySet<number>;
  asking?: Asking | undefined;
  /** Why there is nothing to show. */
  empty?: string | null;
}

export function Hours({ week, marked = NO_HOURS, asking, empty = null }: HoursProps) {
  const t = useT("entity");
  const { format, zone } = useLocale();
  const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
  return (
    <Panel title={t.heat} note={zone} span={6} asking={asking} empty={empty} lines={7}>
      {week ? (
        <HeatMap
          week={week}
          marked={marked}
          label={t.heat}
          dayName={(day, isLong) => format.weekday(day, isLong ? "long" : "short")}
          say={(cell, isMarked) => {
            const hour = `${clock(cell.hour)}–${clock(cell.hour + 1)}`;
            const count = format.number(cell.count);
            const text = t.heatSay(format.weekday(cell.day, "long"), hour, count, cell.count);
            return isMarked ? `${text} (${t.heatUnusual})` : text;
          }}
          hint={t.heatHint}
          lessLabel={t.heatLess}
          moreLabel={t.heatMore}
        />
      ) : null}
    </Panel>
  );
}
