// The whole console below a path of its host, as behind a proxy.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./annals";
import { type House, PASSWORD } from "./house";
import { serve } from "./program";

test.use({
  person: null,
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what is wanted from the pattern
  house: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "annals-base-"));
    const env = { ANNALS_ADMIN_PASSWORD: PASSWORD, ANNALS_CONSOLE_BASE_PATH: "/audit" };
    const { url, stop } = await serve(join(folder, "data"), env);
    await use({ url, portal: url } as House);
    await stop();
    rmSync(folder, { recursive: true, force: true });
  },
});

test("pages, files and calls all stay below the path", async ({ page }) => {
  const strays: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/audit/")) strays.push(pathname);
  });
  await page.goto("/audit/ui/integrity");
  await expect(page).toHaveURL(/\/audit\/ui\/sign-in\?return=/);
  await page.getByLabel("Name", { exact: true }).fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Integrity", level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/audit\/ui\/integrity$/);
  await page.getByRole("navigation").getByRole("link", { name: "Tokens" }).click();
  await expect(page).toHaveURL(/\/audit\/ui\/admin\/tokens$/);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Tokens", level: 1 })).toBeVisible();
  expect(strays).toEqual([]);
});
