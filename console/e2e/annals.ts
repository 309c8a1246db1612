// What every browser test begins with: a page as a person of a role sees it, and what must hold on
// each page whatever the test is about.
//
// A test fails when the page broke its Content-Security-Policy, asked another origin, or left an
// error in the browser's console.

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { type House, house, type Person, stateOf } from "./house";

interface Options {
  /** Who is signed in; null: nobody. */
  person: Person | null;
  language: "en" | "zh";
  theme: "light" | "dark";
  /** What the browser's console may say all the same; null: nothing. */
  allowed: RegExp | null;
}

interface Fixtures {
  house: House;
}

export const test = base.extend<Options & Fixtures>({
  person: ["auditor", { option: true }],
  language: ["en", { option: true }],
  theme: ["light", { option: true }],
  allowed: [null, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what is wanted from the pattern
  house: async ({}, use) => use(house()),
  baseURL: async ({ house }, use) => use(house.url),
  storageState: async ({ person }, use) =>
    use(person ? stateOf(person) : { cookies: [], origins: [] }),
  page: async ({ page, house, language, theme, allowed }, use) => {
    await page.addInitScript(
      ([language, theme]) => {
        // Only where nothing was chosen yet: a test may choose.
        if (localStorage.getItem("annals.language")) return;
        localStorage.setItem("annals.language", language ?? "en");
        localStorage.setItem("annals.theme", theme ?? "light");
      },
      [language, theme],
    );
    const faults = watch(page, [house.url, house.portal]);
    await use(page);
    // The page may ask on until it closes: what a test answers in the server's place ends with it.
    await page.unrouteAll({ behavior: "ignoreErrors" });
    const unexpected = faults.filter((fault) => !allowed?.test(fault));
    expect(unexpected, "faults of the page").toEqual([]);
  },
});

function watch(page: Page, origins: string[]): string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    const isOwn = origins.includes(url.origin) || ["data:", "blob:"].includes(url.protocol);
    if (!isOwn) faults.push(`asked ${url.origin}`);
  });
  return faults;
}

/**
 * A mark on a life line stands where its time is, however close the next one is. Each leads where its
 * row below leads, too, and that is large enough (WCAG 2.5.8, "Equivalent").
 */
const LIFE_LINE_MARK = /^<button[^>]* data-kind="/;

/** No violation of WCAG 2.2 AA that a program can find. */
export async function expectAccessible(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(({ id, nodes }) => {
    const real = nodes.filter(({ html }) => id !== "target-size" || !LIFE_LINE_MARK.test(html));
    return {
      id,
      at: real.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
    };
  });
  expect(found.filter(({ at }) => at.length > 0)).toEqual([]);
}

export { expect } from "@playwright/test";
