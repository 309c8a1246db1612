// Who is signed in, and what they may do.
//
// What a person has no right to is not shown; the server refuses it all the same.

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { json } from "./client";

/** The ways to sign in that this server offers. */
export interface Methods {
  password: boolean;
  ldap: boolean;
  oidc: { id: string; name: string }[];
}

/** How a page is shown in a frame of somebody else's. */
export interface EmbedView {
  language?: string;
  theme?: string;
  /** Columns of the audit page, in order. */
  columns?: string[];
}

/** The answer of `GET /v1/session`. */
export type Session =
  | { signed_in: false; methods: Methods }
  | {
      signed_in: true;
      principal: {
        kind: "account" | "token" | "embed";
        name: string;
        display_name?: string | null;
        source?: "local" | "ldap" | "oidc" | null;
      };
      roles: string[];
      rights: string[];
      scope: string | null;
      own_only: boolean;
      expires?: string | null;
      idle_seconds?: number | null;
      must_change_password: boolean;
      totp: boolean;
      separation: boolean;
      /** Whether system, security and audit are all in this one hand. */
      all_powers: boolean;
      behaviour: "on" | "pseudonymised" | "off";
      profile_reason: boolean;
      methods: Methods;
      /** How an embedded page is to be shown; only for its tokens. */
      embed?: EmbedView;
    };

export type SignedIn = Extract<Session, { signed_in: true }>;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => json<Session>("/v1/session"),
  staleTime: 60_000,
});

/** The session; suspends until it is known. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether the signed-in person has a right, by its name in `GET /v1/session`. */
export function useRight(right: string): boolean {
  const session = useSession();
  return session.signed_in && session.rights.includes(right);
}
