// Everything the page asks for: rows first, the bars when they are there, new events while live.

import { useMemo } from "react";
import { refusalOf } from "../../api/error";
import { useHistogram } from "./Histogram";
import { joinRows } from "./merge";
import { useAsked } from "./question";
import { useLive, useRows } from "./rows";
import type { LogSearch } from "./search";
import type { LogViewState } from "./view";

/** The answers to an address. `isHeld` keeps new events back, so that nothing moves under the eye. */
export function useAnswers(search: LogSearch, view: LogViewState, isHeld: boolean) {
  const asked = useAsked(search);
  const walk = useRows(asked.question, view.order);
  const walked = { question: asked.question, order: view.order, asOf: walk.first?.as_of };
  const live = useLive(walked, view.isLive, isHeld);
  const rows = useMemo(
    () => (live.shown.length > 0 ? joinRows(live.shown, walk.rows) : walk.rows),
    [live.shown, walk.rows],
  );
  const isReady = walk.isSuccess;
  const isComparing = search.compare === "1" && asked.span.from !== null;
  const histogram = useHistogram({ asked, by: view.by, isReady, isComparing });
  const refused = refusalOf(walk.error);
  return { asked, walk, live, rows, isReady, isComparing, histogram, refused };
}
