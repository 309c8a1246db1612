import { afterEach, expect, test, vi } from "vitest";
import { recall, recallJson, remember } from "./kept";

afterEach(() => vi.unstubAllGlobals());

const listOf = (kept: unknown) => (Array.isArray(kept) ? kept : []);

// Where the browser forbids it, pages must come up all the same.
test("nothing is remembered where that is forbidden", () => {
  const forbidden = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: forbidden, setItem: forbidden });
  remember("key", "text");
  expect(recall("key")).toBeNull();
  expect(recallJson("key", listOf)).toEqual([]);
});

test("what was kept comes back, and what is broken does not", () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
  });
  remember("key", "[1,2]");
  expect(recallJson("key", listOf)).toEqual([1, 2]);
  remember("key", "[1,");
  expect(recallJson("key", listOf)).toEqual([]);
});
