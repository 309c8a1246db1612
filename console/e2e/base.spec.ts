// The whole console below a path of its host, as behind a proxy.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./annals";
import { type House, PASSWORD, house as shared, stranger } from "./house";
import { serve } from "./program";

test.use({
  person: null,
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what is wanted from the pattern
  house: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "annals-base-"));
    const { portal } = shared();
    const env = {
      ANNALS_ADMIN_PASSWORD: PASSWORD,
      ANNALS_CONSOLE_BASE_PATH: "/audit",
      ANNALS_CONSOLE_FRAME_ANCESTORS: JSON.stringify([portal]),
    };
    const { url, stop } = await serve(join(folder, "data"), env);
    await use({ url, portal } as House);
    await stop();
    rmSync(folder, { recursive: true, force: true });
  },
});

/** What is asked of the server elsewhere than below its path. */
function straysOf(page: Page, server: string): string[] {
  const strays: string[] = [];
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === server && !pathname.startsWith("/audit/")) strays.push(pathname);
  });
  return strays;
}

test("pages, files and calls all stay below the path", async ({ page, house }) => {
  const strays = straysOf(page, house.url);
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

// A portal frames the console there, too; the pages it is told of and asks for are without the path.
test("a frame stays below the path", async ({ page, house }) => {
  const strays = straysOf(page, house.url);
  const admin = await stranger();
  const headers = { origin: house.url };
  const signedIn = await admin.post(`${house.url}/audit/v1/sign-in`, {
    headers,
    data: { username: "admin", password: PASSWORD },
  });
  expect(signedIn.status(), await signedIn.text()).toBe(200);
  const made = await admin.post(`${house.url}/audit/v1/embed-tokens`, { headers, data: {} });
  const { token } = (await made.json()) as { token: string };
  await admin.dispose();
  await page.goto(`${house.portal}/?server=${house.url}/audit&token=${token}`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "Audit log" })).toBeVisible();
  await expect(page.locator("output")).toHaveText(/^\/ui\/log/);
  await page.getByRole("button", { name: "Open a user" }).click();
  await expect(frame.getByRole("heading", { name: "Integrity", level: 1 })).toBeVisible();
  await expect(page.locator("output")).toHaveText("/ui/integrity");
  expect(strays).toEqual([]);
});
