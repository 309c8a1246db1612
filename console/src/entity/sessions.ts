// Sessions as the pages show them: what kind, how they ended, and the span of time they took.

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { components } from "../api/__generated__/schema";
import { answer, api } from "../api/client";
import type { Question } from "../api/events";
import type { Spanned } from "../charts/lanes";

export type Session = components["schemas"]["Session"];

export const REMOTE_KINDS = ["webssh", "webvnc", "webrdp"] as const;
export type Kind = (typeof REMOTE_KINDS)[number] | "login";

/** What begins a session of one of these kinds, as a filter. */
export function kindsFilter(kinds: readonly string[]): string {
  const patterns = kinds.map((kind) => (kind === "login" ? "user.login*" : `*.${kind}.*`));
  return `operation:(${patterns.join(" OR ")})`;
}

export function kindOf(session: Session): Kind {
  return REMOTE_KINDS.find((kind) => session.operation.includes(`.${kind}.`)) ?? "login";
}

/** Ends that are worth a second look; people closing their own sessions are not. */
export const CAUSES = ["user", "admin", "timeout", "network", "release", "system"] as const;

/** The address without the port that sessions carry. */
export function addressOf(session: Session): string {
  const address = session.source_ip ?? "";
  return /^[\d.]+:\d+$/.test(address) ? address.slice(0, address.indexOf(":")) : address;
}

export type LaneBy = "user" | "object" | "kind";

/** A session as a bar. */
export interface SessionSpan extends Spanned {
  session: Session;
  kind: Kind;
}

export function spanOfSession(session: Session, laneBy: LaneBy): SessionSpan {
  const kind = kindOf(session);
  const { object } = session;
  const lane = {
    user: session.operator ?? session.username ?? "",
    object: object?.name || object?.id || "",
    kind,
  }[laneBy];
  const isOpen = session.state === "open";
  const from = Date.parse(session.began);
  // One whose end is not known is drawn as an instant: claiming more would be guessing.
  const to = isOpen ? null : session.ended ? Date.parse(session.ended) : from;
  return { key: String(session.index), lane, from, to, session, kind };
}

const PAGE_SESSIONS = 1_000;
/** Pages fetched without being asked; more by a button. */
export const PAGES_UNASKED = 5;

/** Sessions of a question, newest first. */
export function useSessions(question: Question, state: "any" | "open" | "ended", every?: number) {
  const walk = useInfiniteQuery({
    queryKey: ["sessions", question, state],
    initialPageParam: null as string | null,
    refetchInterval: every ?? false,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/v1/sessions", {
          params: {
            query: {
              ...question,
              state,
              limit: PAGE_SESSIONS,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const sessions = useMemo(
    () => walk.data?.pages.flatMap((page) => page.sessions) ?? [],
    [walk.data],
  );
  return { walk, sessions };
}
