// The life of one object as the server tells it: from when to when, and its events, oldest first.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { components } from "../../api/__generated__/schema";
import { answer, api } from "../../api/client";
import type { Question } from "../../api/events";
import { intervalFor } from "../../charts/interval";
import type { LifeIn, LifeMarkIn } from "../../charts/lifeSpan";
import { ofObject } from "../../entity/filter";

export type HistoryEvent = components["schemas"]["HistoryEvent"];
export type Life = components["schemas"]["Life"];

const PAGE_EVENTS = 100;
/** So many columns are narrower than an interval gives; a life line is wide and low. */
const LIFE_SHARE = 3;

/** From when to when the object is known; null if it is not. */
export function useLife(type: string, id: string) {
  return useQuery({
    queryKey: ["life", type, id],
    queryFn: async ({ signal }) => {
      const query = { type, id, limit: 1 };
      const page = await answer(api.GET("/v1/history", { params: { query }, signal }));
      return page.life?.first ? page.life : null;
    },
  });
}

/** Its events that the question finds, page by page. */
export function useHistory(type: string, id: string, question: Question) {
  const walk = useInfiniteQuery({
    queryKey: ["history", type, id, question],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam ? { cursor: pageParam } : {};
      const query = { type, id, ...question, limit: PAGE_EVENTS, ...cursor };
      return answer(api.GET("/v1/history", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const events = useMemo(() => walk.data?.pages.flatMap((page) => page.events) ?? [], [walk.data]);
  return { walk, events };
}

/** How much happened when, over the whole life. */
export function useDensity(id: string, life: Life | null | undefined, tz: string) {
  const from = life?.first ?? "";
  const end = Math.max(Date.parse(life?.last ?? ""), Date.parse(from) + 1);
  const interval = intervalFor((end - Date.parse(from)) * LIFE_SHARE);
  return useQuery({
    queryKey: ["density", id, from, end, tz],
    enabled: Boolean(life),
    queryFn: ({ signal }) => {
      const to = new Date(end + 1).toISOString();
      const query = { q: ofObject(id), from, to, interval, tz };
      return answer(api.GET("/v1/histogram", { params: { query }, signal }));
    },
  });
}

/** What a life line draws of a life and of as many of its events as are there. */
export function lifeInOf(
  life: Life,
  events: HistoryEvent[],
  buckets: { start: string; count: number }[],
  now: number,
): LifeIn {
  const marks: LifeMarkIn[] = [];
  for (const { event, step, renamed_from, changed } of events) {
    const kind = renamed_from ? "renamed" : changed.known === "exact" && !step ? "changed" : null;
    if (kind && event.index != null) {
      marks.push({ kind, time: Date.parse(event.time), index: event.index });
    }
  }
  const { created, deleted } = life;
  if (created)
    marks.push({ kind: "created", time: Date.parse(created.time), index: created.index });
  if (deleted)
    marks.push({ kind: "deleted", time: Date.parse(deleted.time), index: deleted.index });
  return {
    first: Date.parse(life.first ?? ""),
    last: Date.parse(life.last ?? ""),
    created: created ? Date.parse(created.time) : null,
    deleted: deleted ? Date.parse(deleted.time) : null,
    marks,
    buckets: buckets.map((bucket) => ({ start: Date.parse(bucket.start), count: bucket.count })),
    now,
  };
}
