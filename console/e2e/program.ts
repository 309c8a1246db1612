// The program under test, as its users call it.

import { execFileSync, type SpawnSyncReturns, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

/** Where `cargo build` has put it, unless the task says otherwise. */
export const PROGRAM =
  process.env.ANNALS_PROGRAM ??
  fileURLToPath(new URL("../../target/debug/annals", import.meta.url));

interface Call {
  env?: Record<string, string>;
  input?: string | Buffer;
}

/** Runs a command to its end and gives what it printed; fails with what it complained of. */
export function annals(args: string[], { env = {}, input }: Call = {}): string {
  return execFileSync(PROGRAM, args, {
    env: { ...process.env, ...env },
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Runs two commands, the output of one as the input of the other: for more than fits a string. */
export async function piped(
  from: string[],
  into: string[],
  env: Record<string, string>,
): Promise<void> {
  const source = spawn(PROGRAM, from, { stdio: ["ignore", "pipe", "inherit"] });
  const sink = spawn(PROGRAM, into, {
    env: { ...process.env, ...env },
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(sink, "exit");
  await pipeline(source.stdout, sink.stdin);
  const [code] = await ended;
  if (code !== 0) throw new Error(`annals ${into.join(" ")} ended with ${code}`);
}

/** Runs a command that may say no: its exit code and what it printed. */
export function tried(args: string[]): { code: number; output: string } {
  try {
    return { code: 0, output: annals(args) };
  } catch (error) {
    const { status, stdout, stderr } = error as SpawnSyncReturns<string>;
    return { code: status ?? -1, output: `${stdout}${stderr}` };
  }
}

/** A server that runs. */
export interface Server {
  url: string;
  stop: () => Promise<void>;
}

/** Starts a server on a folder and waits for the one line that it prints. */
export async function serve(
  data: string,
  env: Record<string, string>,
  listen = "127.0.0.1:0",
): Promise<Server> {
  const args = ["serve", "--data", data, "--listen", listen];
  const child = spawn(PROGRAM, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (\S+)$/.exec(line)?.[1];
    if (url) return { url, stop };
  }
  throw new Error("the server did not start; its reason stands above");
}
