// A checkpoint is called signed only where one of the log's keys signed exactly this text.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judgeCheckpoint } from "./ledger";

const here = (name: string) =>
  readFileSync(new URL(`../../proof/testdata/${name}`, import.meta.url), "utf8");
const PROOF = here("event.tlog-proof");
const VKEYS = here("vkey.txt");
/** The checkpoint is what the proof ends with: three lines, a blank one, and the signatures. */
const CHECKPOINT = PROOF.slice(PROOF.indexOf("\nannals.local/") + 1);

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage;
}

async function check(checkpoint: string, vkeys: string, signature: string, key: string | null) {
  const state = await judgeCheckpoint(checkpoint, vkeys, storage());
  expect([state.signature, state.key]).toEqual([signature, key]);
  return state;
}

test("a signed checkpoint, by a key that is seen for the first time", async () => {
  const state = await check(CHECKPOINT, VKEYS, "signed", "first");
  expect(state.size).toBe(30457);
  expect(state.root).toMatch(/^[0-9a-f]{64}$/);
});

test("another size is not what was signed", async () => {
  await check(CHECKPOINT.replace("\n30457\n", "\n30458\n"), VKEYS, "bad", null);
});

test("no key of the log, no signature", async () => {
  await check(CHECKPOINT, "", "bad", null);
});

test("another key than the one known is told", async () => {
  const kept = storage();
  const pins = { "annals.local/c71e7ef7": [{ vkey: "other", seen: "2026-11-07T08:30:12Z" }] };
  kept.setItem("annals.verifier-keys", JSON.stringify(pins));
  const state = await judgeCheckpoint(CHECKPOINT, VKEYS, kept);
  expect([state.signature, state.key]).toEqual(["signed", "changed"]);
});
