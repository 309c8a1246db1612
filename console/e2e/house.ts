// The server under test and the people in it: what `setup.ts` made, and tests read.

import { type APIRequestContext, request } from "@playwright/test";

/** What every test can reach. */
export interface House {
  /** Where the server listens. */
  url: string;
  /** The data folder. */
  data: string;
  /** A token that sends events. */
  emitter: string;
  /** The verifier key, from the folder and not from the server. */
  vkey: string;
  /** The origin of a page that may embed the console. */
  portal: string;
}

export const PASSWORD = "a long way to the sea 7";

/** People by what they may do; each signs in with `PASSWORD`. */
export const PEOPLE = {
  admin: [] as string[],
  auditor: ["auditor"],
  viewer: ["viewer"],
  operator: ["system-admin"],
  keeper: ["audit-admin"],
} as const;

export type Person = keyof typeof PEOPLE;

/** Where the browser state of a signed-in person is kept between tests. */
export const stateOf = (person: Person) => `${process.env.ANNALS_TEST_STATES}/${person}.json`;

/** The house, for tests. */
export function house(): House {
  return JSON.parse(process.env.ANNALS_TEST_HOUSE ?? "{}") as House;
}

/** Somebody without a cookie, whoever is signed in in the browser. */
export const stranger = () => request.newContext({ storageState: { cookies: [], origins: [] } });

/** Signs in by the API; the cookie stays with the context. */
export async function signIn(
  request: APIRequestContext,
  url: string,
  name: string,
  password: string,
) {
  const answer = await request.post(`${url}/v1/sign-in`, {
    headers: { origin: url },
    data: { username: name, password },
  });
  if (!answer.ok()) throw new Error(`${name} cannot sign in: ${await answer.text()}`);
}

/** Makes an account by an administrator's context, with a password of its own. */
export async function makeAccount(
  admin: APIRequestContext,
  url: string,
  account: { name: string; roles: readonly string[]; scope?: string },
): Promise<string> {
  const answer = await admin.post(`${url}/v1/accounts`, {
    headers: { origin: url },
    data: account,
  });
  if (!answer.ok()) throw new Error(`no account ${account.name}: ${await answer.text()}`);
  return ((await answer.json()) as { password: string }).password;
}

/** Sets a password in place of the one-time one. */
export async function setPassword(
  person: APIRequestContext,
  url: string,
  current: string,
  wanted: string,
) {
  const answer = await person.post(`${url}/v1/account/password`, {
    headers: { origin: url },
    data: { current, new: wanted },
  });
  if (!answer.ok()) throw new Error(`the password cannot be set: ${await answer.text()}`);
}
