// The browser's verdict is the one `annals verify` gives: known answers of the leaf format, the worked
// example of the documentation, a proof made by the program, and every way to tamper with it.

import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { fromBase64, fromHex, toBase64, toHex, utf8 } from "./bytes";
import { readProofFile } from "./file";
import { commitmentOf, leafHash, readDisclosure, readEntry, writeDisclosure } from "./leaf";
import { judge, pin } from "./pin";
import { type Claim, type Step, verify } from "./verify";

const here = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

interface Vector {
  name: string;
  fields: { tag: number; value: string; salt: string; commitment: string }[];
  entry: string;
  leaf_hash: string;
}

const VECTORS: Vector[] = JSON.parse(here("../../../testdata/vectors/leaf.json")).cases;
const PROOF = here("testdata/event.tlog-proof");
const VKEYS = here("testdata/vkey.txt");
const EVENT: Record<string, unknown> = JSON.parse(here("testdata/event.json"));
const CLAIM: Claim = { proof: PROOF, vkeys: VKEYS, shown: EVENT };

async function check(claim: Partial<Claim>, failing: Step[]) {
  const result = await verify({ ...CLAIM, ...claim });
  const failed = result.steps.filter((one) => one.verdict === "failed").map((one) => one.step);
  expect(failed).toEqual(failing);
  expect(result.verdict).toBe(failing.length > 0 ? "failed" : "verified");
  return result;
}

/** The proof with other extra bytes. */
function withExtra(change: (extra: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): string {
  return PROOF.replace(/^extra (\S+)$/m, (_, text) => {
    const extra = fromBase64(text);
    if (!extra) throw new Error("no base64");
    return `extra ${toBase64(change(extra))}`;
  });
}

describe("known answers of the leaf", () => {
  test.each(VECTORS)("$name", async (vector) => {
    const entry = readEntry(fromHex(vector.entry));
    expect(toHex(await leafHash(entry.bytes))).toBe(vector.leaf_hash);
    for (const field of vector.fields) {
      const made = await commitmentOf(field.tag, fromHex(field.salt), utf8(field.value));
      expect(toHex(made)).toBe(field.commitment);
      expect(toHex(entry.commitments.get(field.tag) ?? new Uint8Array())).toBe(field.commitment);
    }
  });
});

test("the worked example of docs/formats/proofs.md holds", async () => {
  const document = here("../../../docs/formats/proofs.md");
  const blocks = [...document.matchAll(/```\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  const proof = blocks.find((block) => block.includes("\nindex 1\n"));
  const vkeys = blocks.find((block) => block.startsWith("log.example/audit+"));
  if (!proof || !vkeys) throw new Error("the example is gone");
  const result = await verify({ proof, vkeys, shown: { index: 1 } });
  const passed = result.steps.filter((one) => one.verdict === "passed").map((one) => one.step);
  expect(passed).toEqual(["file", "values", "tree", "signature"]);
});

describe("a proof made by the program", () => {
  test("is verified as it is", async () => {
    const result = await check({}, []);
    expect(result.signedBy).toBe(VKEYS.trim());
    expect(result.fields.every((field) => field.verdict === "disclosed")).toBe(true);
  });

  test("an event shown otherwise is not verified, and the field is named", async () => {
    const told = await check({ shown: { ...EVENT, operator: "nobody" } }, ["shown"]);
    expect(told.differences).toEqual(["operator"]);
    const more = await check({ shown: { ...EVENT, session_id: "made-up" } }, ["shown"]);
    expect(more.differences).toEqual(["session_id"]);
    const { reason: _, ...less } = EVENT;
    await check({ shown: less }, ["shown"]);
    await check({ shown: { ...EVENT, index: 5 } }, ["shown"]);
  });

  test("a masked field is not compared", async () => {
    await check({ shown: { ...EVENT, reason: "***", masked: ["reason"] } }, []);
  });

  test("a value changed in the proof does not give its commitment", async () => {
    const proof = withExtra((extra) => {
      extra[extra.length - 1] = (extra[extra.length - 1] ?? 0) ^ 1;
      return extra;
    });
    const result = await verify({ ...CLAIM, proof });
    expect(result.verdict).toBe("failed");
    expect(result.steps.find((one) => one.step === "values")?.verdict).toBe("failed");
  });

  test("an entry changed in the proof does not lead to the root", async () => {
    const proof = withExtra((extra) => {
      const { entry, disclosed } = readDisclosure(extra);
      const bytes = utf8('"region":"');
      const text = Array.from(entry.bytes, (byte) => String.fromCharCode(byte)).join("");
      const at = text.indexOf('"region":"') + bytes.length;
      entry.bytes[at] = (entry.bytes[at] ?? 0) ^ 1;
      return writeDisclosure(entry.bytes, disclosed);
    });
    const result = await verify({ ...CLAIM, proof });
    expect(result.steps.find((one) => one.step === "tree")?.verdict).toBe("failed");
  });

  test("a withheld value is said to be withheld, and the rest still holds", async () => {
    const proof = withExtra((extra) => {
      const { entry, disclosed } = readDisclosure(extra);
      return writeDisclosure(entry.bytes, disclosed.slice(1));
    });
    const result = await check({ proof }, []);
    expect(result.fields[0]?.verdict).toBe("withheld");
  });

  test("another index, size or signature fails", async () => {
    await check({ proof: PROOF.replace(/^index \d+$/m, "index 7") }, ["tree", "shown"]);
    const [, size = "0"] = readProofFile(PROOF)[0]?.note.text.split("\n") ?? [];
    const grown = PROOF.replace(`\n${size}\n`, `\n${Number(size) + 1}\n`);
    const result = await verify({ ...CLAIM, proof: grown });
    expect(result.steps.find((one) => one.step === "signature")?.verdict).toBe("failed");
  });

  test("without the log's key nothing is verified", async () => {
    await check({ vkeys: "" }, ["signature"]);
  });

  test("anything that is no proof is refused, not thrown", async () => {
    for (const proof of [
      "",
      "x",
      PROOF.replace("@v1", "@v2"),
      PROOF.replace("extra ", "extra ="),
    ]) {
      const result = await verify({ ...CLAIM, proof });
      expect(result.verdict).toBe("failed");
    }
  });
});

describe("the pinned key", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage;
  beforeEach(() => kept.clear());

  test("is kept at first sight, known afterwards, and another one is a change", () => {
    expect(judge("log", "a", storage)).toBe("first");
    expect(judge("log", "a", storage)).toBe("known");
    expect(judge("log", "b", storage)).toBe("changed");
    expect(judge("log", "b", storage)).toBe("changed");
    expect(judge("other", "b", storage)).toBe("first");
    pin("log", "b", storage);
    expect(judge("log", "b", storage)).toBe("known");
  });
});
