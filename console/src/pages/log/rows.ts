// The rows of the page: an endless walk of pages by cursor, and new events on top while live.
//
// One walk is of one moment, so scrolling never shows an event twice. New events are held back while
// the reader looks further down; nothing moves under the eye.

import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { type AuditEvent, eventsPage, type Question } from "../../api/events";
import { follow, type Message } from "../../api/stream";
import { merged } from "./merge";

const FIRST_ROWS = 100;
const FURTHER_ROWS = 500;
const RATE_WINDOW_MS = 10_000;

export type Order = "-time" | "time";

/** The walk through everything that matches. */
export function useRows(question: Question, order: Order) {
  const walk = useInfiniteQuery({
    queryKey: ["events", question, order],
    queryFn: ({ pageParam, signal }) =>
      eventsPage(question, order, pageParam ? FURTHER_ROWS : FIRST_ROWS, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const rows = useMemo(
    () => walk.data?.pages.flatMap((page) => page.events as AuditEvent[]) ?? [],
    [walk.data],
  );
  return { ...walk, rows, first: walk.data?.pages[0], last: walk.data?.pages.at(-1) };
}

export interface Damaged {
  from: number;
  end: number;
}

export interface Live {
  /** New events that are shown, newest first. */
  shown: AuditEvent[];
  /** How many wait to be shown. */
  waiting: number;
  /** Events a second, over the last seconds. */
  rate: number;
  isConnected: boolean;
  /** Positions that are damaged in the ledger and were passed over, `end` not included. */
  damaged: Damaged | null;
  error: unknown;
  /** Shows what waits. */
  release: () => void;
}

interface Fresh {
  shown: AuditEvent[];
  held: AuditEvent[];
}

const NOTHING: Fresh = { shown: [], held: [] };

/** The walk that new events come on top of. */
export interface Walked {
  question: Question;
  order: Order;
  /** How many events the log had at its moment; undefined until the first page is there. */
  asOf: number | undefined;
}

/**
 * Follows new events of a walk while `isOn`, from its moment on; holds them back while `isHeld`. What
 * came stays when the following ends, and it goes on behind that; another walk begins with none.
 */
export function useLive({ question, order, asOf }: Walked, isOn: boolean, isHeld: boolean): Live {
  const [fresh, setFresh] = useState<Fresh>(NOTHING);
  const [times, setTimes] = useState<number[]>([]);
  const [isConnected, setIsConnected] = useState(false);
  const [damaged, setDamaged] = useState<Damaged | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { q, tz } = question;
  const walk = JSON.stringify([question, order, asOf]);
  /** The walk that is followed, and the id of its newest event that was seen. */
  const followed = useRef({ walk: "", last: "" });

  useEffect(() => {
    if (followed.current.walk !== walk) {
      followed.current = { walk, last: asOf ? String(asOf - 1) : "" };
      setFresh(NOTHING);
      setDamaged(null);
    }
    setTimes([]);
    setError(null);
    if (!isOn || asOf === undefined) return;
    const ending = new AbortController();
    const parameters = new URLSearchParams({ ...(q ? { q } : {}), ...(tz ? { tz } : {}) });
    let queue: AuditEvent[] = [];
    let frame = 0;
    const flush = () => {
      frame = 0;
      const came = queue.reverse();
      queue = [];
      const now = Date.now();
      setFresh((old) => ({ ...old, held: merged(came, old.held) }));
      setTimes((old) => [...old, ...came.map(() => now)].filter((at) => now - at < RATE_WINDOW_MS));
    };
    const onMessage = ({ id, event, data }: Message) => {
      if (id) followed.current.last = id;
      if (event === "damaged") setDamaged(JSON.parse(data) as Damaged);
      if (event !== "message") return;
      queue.push(JSON.parse(data) as AuditEvent);
      if (!frame) frame = requestAnimationFrame(flush);
    };
    follow(
      `/v1/tail?${parameters}`,
      { onMessage, onState: setIsConnected },
      ending.signal,
      followed.current.last,
    ).catch(setError);
    return () => {
      ending.abort();
      cancelAnimationFrame(frame);
      flush();
      setIsConnected(false);
    };
  }, [isOn, q, tz, walk, asOf]);

  const release = () => setFresh((old) => ({ shown: merged(old.held, old.shown), held: [] }));
  if (!(isOn && isHeld) && fresh.held.length > 0) release();
  return {
    shown: fresh.shown,
    waiting: fresh.held.length,
    rate: times.length / (RATE_WINDOW_MS / 1_000),
    isConnected,
    damaged,
    error,
    release,
  };
}
