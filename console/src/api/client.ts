// The typed client: every call goes to the page's own origin, with its cookie.
//
// `api.GET("/v1/events", …)` knows paths, parameters and answers from docs/openapi.json. `answer()`
// turns the client's pair of data and error into a value or one thrown `ApiError`. A call that the
// server refused for want of a session tells the shell, which shows the sign-in page.

import createClient from "openapi-fetch";
import type { paths } from "./__generated__/schema";
import { serverUrl } from "./base";
import { offline, problemOf } from "./error";

let bearer: string | null = null;
const signedOut = new Set<() => void>();

/** Sends this token instead of the cookie; for pages embedded elsewhere, which have no cookie. */
export function useBearer(token: string): void {
  bearer = token;
}

/** Calls back whenever the server says that there is no session (any more). */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** `fetch` of the own server: `path` begins with a slash behind the base path. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const url = path.startsWith("http") ? path : serverUrl + path;
  return sendRequest(new Request(url, init));
}

async function sendRequest(request: Request): Promise<Response> {
  if (bearer) request.headers.set("authorization", `Bearer ${bearer}`);
  let response: Response;
  try {
    response = await fetch(request, { credentials: bearer ? "omit" : "same-origin" });
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw offline();
  }
  if (response.status === 401 && !new URL(request.url).pathname.endsWith("/v1/sign-in")) {
    for (const listener of signedOut) listener();
  }
  return response;
}

/** The typed client; paths as in docs/openapi.json. */
export const api = createClient<paths>({ baseUrl: serverUrl, fetch: sendRequest });

/** The data of a call, or a thrown `ApiError`. */
export async function answer<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response.status, error, response.headers.get("x-request-id"));
  return data as T;
}

/** JSON of a path that has no type yet, or the thrown `ApiError`. */
export async function json<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await send(path, {
    ...init,
    headers: { ...(init.body ? { "content-type": "application/json" } : {}), ...init.headers },
  });
  const body = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response.status, body, response.headers.get("x-request-id"));
  return body as T;
}
