// Starts what the tests run against, once: the real program on a temporary folder with events of a
// realistic company, people of each role who are signed in, and a page that may embed the console.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "@playwright/test";
import {
  type House,
  makeAccount,
  PASSWORD,
  PEOPLE,
  type Person,
  setPassword,
  signIn,
  stateOf,
  stranger,
} from "./house";
import { annals, piped, serve } from "./program";
import { story } from "./story";

const EVENTS = 20_000;
const DAYS = 10;
const SEED = 7;

/** Playwright calls what this returns at the end. */
export default async function setUp(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "annals-browser-"));
  const data = join(folder, "data");
  const portal = await openPortal();
  const portalUrl = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
  const server = await serve(data, {
    ANNALS_ADMIN_PASSWORD: PASSWORD,
    ANNALS_REGION: "cn-shanghai",
    ANNALS_STACK_ID: "demo",
    ANNALS_CONSOLE_FRAME_ANCESTORS: JSON.stringify([portalUrl]),
    // The server's own check is part of what is shown: let it end soon.
    ANNALS_SCRUB_EVERY_SECONDS: "60",
  });
  const close = async () => {
    portal.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { url } = server;
    const emitter = token(data, "emitter", "--may-be-system");
    await fill(url, emitter);
    const vkey = annals(["key", "show", "--data", data]).trim();
    const house: House = { url, data, emitter, vkey, portal: portalUrl };
    process.env.ANNALS_TEST_HOUSE = JSON.stringify(house);
    process.env.ANNALS_TEST_STATES = folder;
    await people(url);
    if (process.env.ANNALS_SHOTS) await furnish(url, emitter);
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

function token(data: string, role: string, ...more: string[]): string {
  const args = ["token", "create", "--data", data, "--role", role, "--name", role, ...more];
  return annals(args).trim();
}

/** Events up to now, so that "last week" is last week. */
async function fill(url: string, emitter: string): Promise<void> {
  const events = Number(process.env.ANNALS_MANY_EVENTS ?? EVENTS);
  const until = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const how = ["--seed", String(SEED), "--days", String(DAYS), "--until", until];
  const env = { ANNALS_SERVER: url, ANNALS_TOKEN: emitter };
  const record = ["record", "--ndjson", "-"];
  await piped(["generate", "--events", String(events), ...how], record, env);
  const told = story(Date.now()).map((event) => `${JSON.stringify(event)}\n`);
  annals(record, { env, input: told.join("") });
}

/** An account for each person, and their signed-in browser. */
async function people(url: string): Promise<void> {
  const admin = await stranger();
  await signIn(admin, url, "admin", PASSWORD);
  await admin.storageState({ path: stateOf("admin") });
  for (const [name, roles] of Object.entries(PEOPLE)) {
    if (name === "admin") continue;
    const oneTime = await makeAccount(admin, url, { name, roles });
    const person = await stranger();
    await signIn(person, url, name, oneTime);
    await setPassword(person, url, oneTime, PASSWORD);
    await person.storageState({ path: stateOf(name as Person) });
    await person.dispose();
  }
  await admin.dispose();
}

/** What pages of pictures would be empty without: rejected lines, and exports. */
async function furnish(url: string, emitter: string): Promise<void> {
  const program = await stranger();
  const time = new Date().toISOString();
  const bad = [
    { id: "r-1", time, operation: "cluster.destroy-all", operator: "zhang3" },
    { id: "r-2", time, operation: "desktop.create" },
    { id: "r-3", time: "yesterday", operation: "file.download", operator: "李四" },
  ];
  const headers = { authorization: `Bearer ${emitter}` };
  await program.post(`${url}/v1/events`, { headers, data: bad });
  await program.dispose();
  const auditor = await request.newContext({ storageState: stateOf("auditor") });
  for (const question of [
    { q: "operation:cluster.release", format: "csv" },
    { q: "severity:high -outcome:success", format: "ndjson" },
  ]) {
    const data = { ...question, from: new Date(Date.now() - 7 * 86_400_000).toISOString() };
    const asked = await auditor.post(`${url}/v1/exports`, { headers: { origin: url }, data });
    if (!asked.ok()) throw new Error(`no export: ${await asked.text()}`);
  }
  await auditor.dispose();
}

/** A page of another origin with the console in a frame; it hands over the token from its address. */
async function openPortal(): Promise<Server> {
  const portal = createServer((asked, answer) => {
    const address = new URL(asked.url ?? "/", "http://portal");
    const server = address.searchParams.get("server") ?? "";
    const token = JSON.stringify(address.searchParams.get("token") ?? "");
    const open = JSON.stringify(address.searchParams.get("open") ?? undefined) ?? "undefined";
    answer.setHeader("content-type", "text/html; charset=utf-8");
    answer.end(`<!doctype html><title>Portal</title>
      <button>Open a user</button><output></output>
      <iframe title="Audit log" src="${server}/embed" width="1200" height="700"></iframe>
      <script>
        const frame = document.querySelector("iframe");
        const server = ${JSON.stringify(server)};
        const theirs = new URL(server).origin;
        const say = (message) => frame.contentWindow.postMessage(message, server);
        addEventListener("message", ({ origin, data }) => {
          if (origin !== theirs) return;
          if (data.type === "annals:ready") say({ type: "annals:token", token: ${token}, open: ${open} });
          if (data.type === "annals:location") document.querySelector("output").value = data.path;
        });
        document.querySelector("button").onclick = () =>
          say({ type: "annals:open", path: "/ui/integrity" });
      </script>`);
  });
  portal.listen(0, "127.0.0.1");
  await once(portal, "listening");
  return portal;
}
