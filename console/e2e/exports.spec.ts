// Exports: from a filter to a file on one's own disk.

import { readFileSync } from "node:fs";
import { expect, test } from "./annals";

test("a filter becomes a file", async ({ page }) => {
  await page.goto("/ui/exports?q=operation%3Acluster.release&range=30d");
  await expect(page.getByLabel("Filter")).toHaveValue("operation:cluster.release");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const row = page.getByRole("row", { name: /cluster\.release/ }).first();
  await expect(row.getByText("Done")).toBeVisible();
  const saved = page.waitForEvent("download");
  await row.getByRole("link", { name: "Download" }).click();
  const text = readFileSync(await (await saved).path(), "utf8");
  const lines = text.trim().split("\n");
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines.slice(1)) expect(line).toContain("cluster");
  await row.getByRole("button", { name: "Remove" }).click();
  await expect(row).toBeHidden();
});

// A job that is still at work, as the server describes one: it can be called off.
test("an export under way is cancelled", async ({ page }) => {
  await page.goto("/ui/exports?q=operation%3Acluster.create&range=30d");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const row = page.getByRole("row", { name: /cluster\.create/ }).first();
  await expect(row.getByText("Done")).toBeVisible();
  await page.route(/\/v1\/exports$/, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const response = await route.fetch();
    const { exports } = (await response.json()) as { exports: object[] };
    const busy = exports.map((job) => ({ ...job, state: "running", rows: 1, rows_total: 4 }));
    await route.fulfill({ response, json: { exports: busy } });
  });
  await page.reload();
  await expect(row.getByText("1 of 4")).toBeVisible();
  const called = page.waitForRequest((asked) => asked.method() === "DELETE");
  await row.getByRole("button", { name: "Cancel" }).click();
  expect((await called).url()).toMatch(/\/v1\/exports\/[^/]+$/);
  await expect(row).toBeHidden();
});

// How much it would be is said before it is asked for.
test("the rows are counted beforehand", async ({ page }) => {
  await page.goto("/ui/exports?q=operation%3Acluster.release+object%3Ac-render-07&range=30d");
  const form = page.locator("form");
  await expect(form.getByRole("status")).toHaveText("1 event would be written");
  await page.getByLabel("Filter").fill("operation:cluster.* object:c-render-07");
  await expect(form.getByRole("status")).toHaveText("2 events would be written");
});

test.describe("in Chinese", () => {
  test.use({ language: "zh" });

  test("the rows are counted beforehand", async ({ page }) => {
    await page.goto("/ui/exports?q=operation%3Acluster.release+object%3Ac-render-07&range=30d");
    await expect(page.locator("form").getByRole("status")).toHaveText("将写入 1 条事件");
  });
});

test.describe("a filter that cannot be read", () => {
  test.use({ allowed: /status of 400/ });

  test("is refused in the form", async ({ page }) => {
    await page.goto("/ui/exports?q=%28open");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
  });
});
