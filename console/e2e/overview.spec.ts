// The overview and the page of one address: their figures are those of the API, and lead to the rows.

import type { APIRequestContext } from "@playwright/test";
import { expect, test } from "./annals";
import { rows } from "./log";
import { RELEASER } from "./story";

const DAY_MS = 24 * 60 * 60 * 1000;

async function count(request: APIRequestContext, url: string, q: string, days: number) {
  const from = new Date(Date.now() - days * DAY_MS).toISOString();
  const answer = await request.get(`${url}/v1/count`, { params: { q, from } });
  return ((await answer.json()) as { count: number }).count;
}

// One act from one address, told without a filter: who, what, how often.
test("an address says who used it and for what", async ({ page, house }) => {
  await page.goto(`/ui/ip/${RELEASER.source_ip}?range=30d`);
  const events = await count(page.request, house.url, `source_ip:${RELEASER.source_ip}`, 30);
  expect(events).toBeGreaterThan(0);
  const figures = page.locator("dl").first();
  await expect(figures).toContainText(`Events${events}`);
  await expect(page.getByRole("link", { name: RELEASER.operator }).first()).toBeVisible();
  await page.getByRole("link", { name: "In the audit log" }).first().click();
  await expect(rows(page)).toHaveCount(events);
});

test.describe("an account with all powers", () => {
  test.use({ person: "admin" });

  // Nobody would find out what it does, so that it is told to change that.
  test("is told so, and how to change it", async ({ page }) => {
    await page.goto("/ui/overview");
    const note = page.getByRole("note");
    await expect(note).toContainText("all three powers");
    await note.getByRole("link").click();
    await expect(page.getByRole("heading", { name: "Accounts" })).toBeVisible();
  });
});

// Others hold one power or none, and the wall is not about who reads it.
test("others are not told", async ({ page }) => {
  await page.goto("/ui/overview");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(page.locator("dl").first()).toBeVisible();
  await expect(page.getByRole("note")).toHaveCount(0);
});
