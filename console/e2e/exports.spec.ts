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

test.describe("a filter that cannot be read", () => {
  test.use({ allowed: /status of 400/ });

  test("is refused in the form", async ({ page }) => {
    await page.goto("/ui/exports?q=%28open");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
  });
});
