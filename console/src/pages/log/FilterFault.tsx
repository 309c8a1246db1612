// What is wrong with a filter, at which place, and one click to mend it.

import { IconAlertCircle } from "@tabler/icons-react";
import type { ApiError } from "../../api/error";
import { narrowed } from "../../ask/terms";
import { useT } from "../../i18n/locale";
import classes from "./filter.module.css";

export interface Place {
  start: number;
  end: number;
}

/** Where in the filter's text the server found the fault: to the end of that word. */
export function placeOf(error: ApiError, filter: string): Place | null {
  const { column } = error.problem.extra;
  if (typeof column !== "number") return null;
  // The server counts characters, this language halves of some.
  const start = Array.from(filter)
    .slice(0, Math.max(0, column - 1))
    .join("").length;
  const word = /^[^\s:<>=!()]+/.exec(narrowed(filter).slice(start));
  return { start, end: Math.min(filter.length, start + (word?.[0].length ?? 1)) };
}

/** What the server says of the fault for programs; column 0 if it names no place. */
function faultOf(error: ApiError) {
  const { column, nearest, expected } = error.problem.extra;
  return {
    column: typeof column === "number" ? column : 0,
    nearest: typeof nearest === "string" ? nearest : null,
    expected: Array.isArray(expected) ? expected.map(String) : [],
  };
}

export interface FilterFaultProps {
  error: ApiError;
  filter: string;
  onFilter: (filter: string) => void;
}

export function FilterFault({ error, filter, onFilter }: FilterFaultProps) {
  const t = useT("log");
  const place = placeOf(error, filter);
  const { nearest } = error.problem.extra;
  return (
    <p id="filter-fault" className={classes.fault} role="alert">
      <IconAlertCircle size={15} stroke={1.9} aria-hidden />
      <span>{t.fault(error.problem.detail, faultOf(error))}</span>
      {place && typeof nearest === "string" ? (
        <button
          type="button"
          onClick={() => onFilter(filter.slice(0, place.start) + nearest + filter.slice(place.end))}
        >
          {t.replaceBy(nearest)}
        </button>
      ) : null}
    </p>
  );
}
