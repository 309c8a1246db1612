// What the log holds, as its API says: what the pages are compared with.

import type { APIRequestContext } from "@playwright/test";

export interface RecordedEvent {
  index: number;
  time: string;
  operator: string;
  operation: string;
  emitter: string;
}

export interface Asked {
  q?: string;
  from?: string;
  to?: string;
}

async function ask<T>(
  request: APIRequestContext,
  path: string,
  params: Record<string, string>,
): Promise<T> {
  const answer = await request.get(path, { params });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** How many events there are. */
export async function count(request: APIRequestContext, asked: Asked): Promise<number> {
  return (await ask<{ count: number }>(request, "/v1/count", { ...asked })).count;
}

/** The first of the events in an order; at most a hundred. */
export async function events(
  request: APIRequestContext,
  asked: Asked,
  order: "time" | "-time",
): Promise<RecordedEvent[]> {
  const params = { ...asked, order };
  return (await ask<{ events: RecordedEvent[] }>(request, "/v1/events", params)).events;
}

export interface RecordedFacet {
  values: { value: string; count: number }[];
  other: number;
}

/** The values of a field by how often they occur. */
export async function facet(
  request: APIRequestContext,
  field: string,
  top: number,
  asked: Asked,
): Promise<RecordedFacet> {
  const params = { ...asked, fields: field, top: String(top) };
  const answer = await ask<{ facets: Record<string, RecordedFacet> }>(
    request,
    "/v1/facets",
    params,
  );
  const found = answer.facets[field];
  if (!found) throw new Error(`no facet ${field}`);
  return found;
}

/** Counts of each hour, oldest first, without gaps. */
export async function hours(request: APIRequestContext, asked: Asked): Promise<number[]> {
  const params = { ...asked, interval: "1h" };
  const answer = await ask<{ buckets: { count: number }[] }>(request, "/v1/histogram", params);
  return answer.buckets.map((bucket) => bucket.count);
}

/** A number as pages write it. */
export const figure = (value: number) => new Intl.NumberFormat("en-US").format(value);

/** A time as tables write it, `2026-11-07 08:30:12`, in the zone of the tests' browser. */
export function stamp(time: string, timeZone = "Asia/Shanghai"): string {
  const style = { dateStyle: "short", timeStyle: "medium" } as const;
  return new Intl.DateTimeFormat("sv-SE", { timeZone, ...style }).format(Date.parse(time));
}
