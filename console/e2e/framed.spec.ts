// What a reader does in a frame: links that lead out of it, views, and being led with the columns of
// the token.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type APIRequestContext, type Page, request } from "@playwright/test";
import { expect, test } from "./annals";
import { type House, PASSWORD, house as shared } from "./house";
import { serve } from "./program";

const COLUMNS = ["time", "operator", "outcome"];

async function embedToken(admin: APIRequestContext, house: House): Promise<string> {
  const data = { language: "en", columns: COLUMNS, seconds: 600 };
  const headers = { origin: new URL(house.url).origin };
  const answer = await admin.post(`${house.url}/v1/embed-tokens`, { headers, data });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
  return ((await answer.json()) as { token: string }).token;
}

/** Shows the portal's page around the console. */
async function embed(page: Page, house: House, token: string, open?: string) {
  const search = new URLSearchParams({ server: house.url, token, ...(open ? { open } : {}) });
  await page.goto(`${house.portal}/?${search}`);
  return page.frameLocator("iframe");
}

/** Says something to the console from the page around it. */
const lead = (page: Page, house: House, path: string) =>
  page.evaluate(
    ([path, origin]) =>
      document
        .querySelector("iframe")
        ?.contentWindow?.postMessage({ type: "annals:open", path }, origin ?? ""),
    [path, new URL(house.url).origin],
  );

test.describe("in a frame", () => {
  test.use({ person: "admin" });

  test("a link leads to the page itself, and nothing is saved for a token", async ({
    page,
    house,
    context,
  }) => {
    await page.addInitScript(() => {
      const writeText = async (text: string) => void Reflect.set(window, "copied", text);
      Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    });
    const token = await embedToken(context.request, house);
    const frame = await embed(page, house, token, "/ui/log?range=30d&q=outcome%3Afailure");
    await frame.getByRole("button", { name: "Saved views" }).click();
    const link = frame.getByRole("button", { name: "Copy link to this view" });
    await expect(link).toBeVisible();
    await expect(frame.getByLabel("Save this view")).toHaveCount(0);
    await link.click();
    const copied = await page
      .frames()
      .find((one) => one.url().endsWith("/embed"))
      ?.evaluate(() => String(Reflect.get(window, "copied")));
    const address = new URL(copied ?? "");
    expect(address.origin + address.pathname).toBe(`${house.url}/ui/log`);
    expect(Object.fromEntries(address.searchParams)).toEqual({
      range: "30d",
      q: "outcome:failure",
      columns: COLUMNS.join(","),
    });
  });
});

test.describe("below a base path", () => {
  test.use({
    person: null,
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what is wanted from the pattern
    house: async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "annals-framed-"));
      const { portal } = shared();
      const { url, stop } = await serve(join(folder, "data"), {
        ANNALS_ADMIN_PASSWORD: PASSWORD,
        ANNALS_CONSOLE_BASE_PATH: "/audit",
        ANNALS_CONSOLE_FRAME_ANCESTORS: JSON.stringify([portal]),
      });
      await use({ url, portal } as House);
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  });

  test("the page around leads to pages, which keep the token's columns", async ({
    page,
    house: origin,
  }) => {
    const house = { ...origin, url: `${origin.url}/audit` };
    const admin = await request.newContext();
    await admin.post(`${house.url}/v1/sign-in`, {
      headers: { origin: new URL(house.url).origin },
      data: { username: "admin", password: PASSWORD },
    });
    const token = await embedToken(admin, house);
    await admin.dispose();
    const frame = await embed(page, house, token, "/audit/ui/integrity");
    await expect(frame.getByRole("heading", { name: "Integrity", level: 1 })).toBeVisible();
    await lead(page, house, "/audit/ui/log?range=30d");
    await expect(frame.getByRole("columnheader")).toHaveCount(COLUMNS.length);
    await expect(page.locator("output")).toHaveText(/columns=time%2Coperator%2Coutcome/);
  });
});
