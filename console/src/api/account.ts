// One's own account, and for administrators everybody's accounts and tokens.

import { queryOptions } from "@tanstack/react-query";
import { json } from "./client";

/** One's own account. */
export interface OwnAccount {
  name: string;
  display_name: string;
  source: string;
  roles: string[];
  scope: string | null;
  totp: { enabled: boolean };
  created: string;
  password_changed: string | null;
}

/** A signed-in browser. */
export interface SignInSession {
  id: string;
  created: string;
  last_used: string;
  source_ip: string | null;
  user_agent: string | null;
  current: boolean;
}

/** An account as administrators see it. */
export interface Account {
  name: string;
  display_name: string;
  source: string;
  roles: string[];
  scope: string | null;
  /** Why nobody can sign in with it. */
  locked: string | null;
  totp: boolean;
  created: string;
  last_sign_in: string | null;
}

/** A token of the API; never the secret. */
export interface Token {
  id: string;
  name: string;
  role: string;
  scope: string | null;
  created: string;
  expires: string | null;
  last_used: string | null;
  revoked: string | null;
  may_be_system: boolean;
  created_by: string;
}

/** The roles a person can have, and those of a token. */
export const PERSON_ROLES = [
  "viewer",
  "auditor",
  "security-admin",
  "system-admin",
  "audit-admin",
] as const;
export const TOKEN_ROLES = ["emitter", ...PERSON_ROLES] as const;

const name = encodeURIComponent;

export const accountQuery = queryOptions({
  queryKey: ["account"],
  queryFn: () => json<OwnAccount>("/v1/account"),
});

export const ownSessionsQuery = queryOptions({
  queryKey: ["account", "sessions"],
  queryFn: () => json<{ sessions: SignInSession[] }>("/v1/account/sessions"),
});

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: () => json<{ accounts: Account[] }>("/v1/accounts"),
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: () => json<{ tokens: Token[] }>("/v1/tokens"),
});

const call = <T>(method: string, path: string, body?: unknown) =>
  json<T>(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

export const changePassword = (change: { current: string; new: string }) =>
  call<void>("POST", "/v1/account/password", change);
export const proposeTotp = () => call<{ secret: string; uri: string }>("POST", "/v1/account/totp");
export const confirmTotp = (code: string) =>
  call<{ recovery_codes: string[] }>("PUT", "/v1/account/totp", { code });
export const endTotp = (password: string) => call<void>("DELETE", "/v1/account/totp", { password });
export const endSession = (id: string) => call<void>("DELETE", `/v1/account/sessions/${name(id)}`);

/** What an account is made from, and what of it can be changed. */
export interface AccountDraft {
  name: string;
  display_name: string;
  roles: string[];
  scope: string | null;
}

export const createAccount = (draft: AccountDraft) =>
  call<Account & { password: string }>("POST", "/v1/accounts", draft);
export const changeAccount = (
  who: string,
  change: Partial<Omit<AccountDraft, "name">> & { locked?: boolean },
) => call<void>("PATCH", `/v1/accounts/${name(who)}`, change);
export const deleteAccount = (who: string) => call<void>("DELETE", `/v1/accounts/${name(who)}`);
export const resetPassword = (who: string) =>
  call<{ password: string }>("POST", `/v1/accounts/${name(who)}/password`);
export const removeTotp = (who: string) => call<void>("DELETE", `/v1/accounts/${name(who)}/totp`);
export const endSessions = (who: string) =>
  call<void>("DELETE", `/v1/accounts/${name(who)}/sessions`);

/** What a token is made from. */
export interface TokenDraft {
  name: string;
  role: string;
  scope: string | null;
  expires: string | null;
  may_be_system: boolean;
}

export const createToken = (draft: TokenDraft) =>
  call<Token & { token: string }>("POST", "/v1/tokens", draft);
export const revokeToken = (id: string) => call<void>("DELETE", `/v1/tokens/${name(id)}`);
