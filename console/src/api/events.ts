// The event as the server prints it, and the calls that fetch events.

import type { components } from "./__generated__/schema";
import { answer, api, send } from "./client";
import { problemOf } from "./error";

type Described = components["schemas"]["Event"];
/** Fields that the description of the API leaves open, because they are any JSON. */
type Open = "object" | "objects" | "request_data" | "changes" | "origin";

/** An event as the server answers it. */
export type AuditEvent = Omit<Described, Open> & {
  object?: unknown;
  objects?: unknown[] | null;
  request_data?: unknown;
  changes?: { before?: unknown; after?: unknown } | null;
  origin?: unknown;
};

/** What the pages of one search share. */
export interface Question {
  q?: string;
  from?: string;
  to?: string;
  tz?: string;
}

/** One page of events; the next begins at its `next`. */
export function eventsPage(
  question: Question,
  order: "-time" | "time",
  limit: number,
  cursor: string | null,
  signal: AbortSignal,
) {
  const query = { ...question, order, limit, ...(cursor ? { cursor } : {}) };
  return answer(api.GET("/v1/events", { params: { query }, signal }));
}

/** One event by its position. */
export async function eventAt(index: number): Promise<AuditEvent> {
  return answer(api.GET("/v1/events/index/{index}", { params: { path: { index } } }));
}

/** The portable proof of an event, as text. */
export async function proofOf(index: number): Promise<string> {
  return text(`/v1/events/index/${index}/proof`);
}

/** Text of a path, or the thrown `ApiError`. */
export async function text(path: string): Promise<string> {
  const response = await send(path);
  const body = await response.text();
  if (response.ok) return body;
  let problem: unknown;
  try {
    problem = JSON.parse(body);
  } catch {
    problem = undefined;
  }
  throw problemOf(response.status, problem, response.headers.get("x-request-id"));
}
