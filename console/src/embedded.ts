// The console inside somebody else's page (`/embed`): what it takes from there and what it tells.
//
// Only pages of allowed origins are listened to; the server writes them into the page. A token comes
// by message and never by address. Inside a frame the address of the frame stays `/embed`: pages
// have addresses of their own, which the page around is told and can ask for.

import { basePath } from "./api/base";

/**
 * What the page around may say: here is a token (of `POST /v1/embed-tokens`), and where to begin;
 * show this page, such as `/ui/log?q=…`.
 */
export type Said =
  | { type: "annals:token"; token: string; open?: string }
  | { type: "annals:open"; path: string };

/** What the page around is told: that a token is wanted, and which page is shown. */
export type Told = { type: "annals:ready" } | { type: "annals:location"; path: string };

const isPage = typeof document !== "undefined";

/** Whether this is the page for frames. */
export const isEmbedded = isPage && window.location.pathname === `${basePath}embed`;

/** The origins that may embed this page. */
export function parents(): string[] {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="annals-parents"]');
  return meta?.content.split(" ").filter((origin) => origin !== "") ?? [];
}

/** Tells the page around, if it is one of an allowed origin. */
export function tell(message: Told): void {
  if (window.parent === window) return;
  for (const origin of parents()) window.parent.postMessage(message, origin);
}

/** Reads a message; null unless it is well formed and from an allowed page around this one. */
export function heard(event: MessageEvent, allowed: string[]): Said | null {
  if (event.source !== window.parent || !allowed.includes(event.origin)) return null;
  const said: unknown = event.data;
  if (typeof said !== "object" || said === null || !("type" in said)) return null;
  const has = (key: string) => typeof (said as Record<string, unknown>)[key] === "string";
  const isWhole =
    (said.type === "annals:token" && has("token")) || (said.type === "annals:open" && has("path"));
  return isWhole ? (said as Said) : null;
}
