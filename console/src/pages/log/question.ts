// What the page asks the server, made from its address: one moment for rows, bars and facets.

import { useCallback, useMemo, useState } from "react";
import type { Question } from "../../api/events";
import { RANGE_DEFAULT, type Span, spanOf } from "../../ask/range";
import { useLocale } from "../../i18n/locale";
import type { LogSearch } from "./search";

export interface Asked {
  question: Question;
  span: Span;
  /** The moment at which relative times were read. */
  now: number;
  /** False where the range in the address means nothing; all of time is asked then. */
  isRangeGood: boolean;
  /** Reads relative times anew. */
  again: () => void;
}

/** The question of an address; relative times stand still until something changes. */
export function useAsked({ q, range = RANGE_DEFAULT }: LogSearch): Asked {
  const { zone } = useLocale();
  const [times, setTimes] = useState(0);
  const key = [q, range, zone, times].join("\n");
  const [asked, setAsked] = useState({ key, now: Date.now() });
  if (asked.key !== key) setAsked({ key, now: Date.now() });
  const again = useCallback(() => setTimes((count) => count + 1), []);
  return useMemo(() => {
    const read = spanOf(range, { now: asked.now, zone });
    const span = read ?? { from: null, to: null };
    const iso = (instant: number) => new Date(instant).toISOString();
    const question: Question = {
      ...(q ? { q } : {}),
      ...(span.from !== null ? { from: iso(span.from) } : {}),
      ...(span.to !== null ? { to: iso(span.to) } : {}),
      tz: zone,
    };
    return { question, span, now: asked.now, isRangeGood: read !== null, again };
  }, [q, range, zone, asked.now, again]);
}
