// The row that keys act on, and the event in the drawer: opening, closing, going on to the next.

import { useCallback, useState } from "react";
import type { AuditEvent } from "../../api/events";
import type { LogSearch } from "./search";

export function useSteps(
  rows: AuditEvent[],
  opened: number | null,
  go: (change: Partial<LogSearch>, isReplacing?: boolean) => void,
) {
  const [chosen, setChosen] = useState(-1);
  const cursor = opened === null ? chosen : rows.findIndex((event) => event.index === opened);
  const open = useCallback(
    (place: number) => {
      const event = rows[place];
      setChosen(place);
      if (event?.index != null) go({ event: String(event.index) }, opened !== null);
    },
    [rows, go, opened],
  );
  const leave = useCallback(() => setChosen(-1), []);
  const close = () => go({ event: undefined });
  const step = (by: 1 | -1) => {
    const place = Math.min(rows.length - 1, Math.max(0, cursor + by));
    if (opened !== null) open(place);
    else setChosen(place);
  };
  return { cursor, open, leave, close, step };
}
