// The reader's own choices for the table, remembered in this browser.

import { useCallback, useState } from "react";
import { recallJson, remember } from "../../kept";

const KEY = "annals.log";

export interface Remembered {
  columns?: string[];
  widths?: Record<string, number>;
  isDense?: boolean;
  hasFacets?: boolean;
  /** Facets that stand above the others, in their order. */
  pinned?: string[];
}

function read(): Remembered {
  return recallJson(KEY, (kept) =>
    typeof kept === "object" && kept !== null ? (kept as Remembered) : {},
  );
}

/** The choices, and how to change some of them. */
export function useRemembered(): [Remembered, (change: Partial<Remembered>) => void] {
  const [kept, setKept] = useState(read);
  const change = useCallback((some: Partial<Remembered>) => {
    setKept((before) => {
      const after = { ...before, ...some };
      remember(KEY, JSON.stringify(after));
      return after;
    });
  }, []);
  return [kept, change];
}
