// The console in a frame of somebody else's page: the token comes by message, from allowed origins.

import type { FrameLocator, Page } from "@playwright/test";
import { expect, test } from "./annals";
import { CLUSTER, DESKTOP } from "./story";

test.use({ person: "admin" });

const embedded = async (
  request: import("@playwright/test").APIRequestContext,
  url: string,
  view: Record<string, unknown>,
) => {
  const answer = await request.post("/v1/embed-tokens", { headers: { origin: url }, data: view });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
  return ((await answer.json()) as { token: string }).token;
};

// Language, theme and scope come with the token; the page around is told where the reader is and can
// lead them elsewhere.
test("a portal shows the log in its own page", async ({ page, house, context }) => {
  const view = { scope: "service:hpc-clusters", language: "zh", theme: "dark", seconds: 600 };
  const token = await embedded(context.request, house.url, view);
  await page.goto(`${house.portal}/?server=${house.url}&token=${token}`);
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(frame.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expect(page.locator("output")).toHaveText(/^\/ui\/log/);
  await expect(frame.getByRole("navigation")).toHaveCount(0);
  await page.getByRole("button", { name: "Open a user" }).click();
  await expect(frame.getByRole("heading", { name: "完整性", level: 1 })).toBeVisible();
  await expect(page.locator("output")).toHaveText("/ui/integrity");
});

/** Leads the frame to a page, as the page around does. */
async function open(page: Page, server: string, path: string): Promise<void> {
  await page
    .locator("iframe")
    .evaluate(
      (frame: HTMLIFrameElement, { server, path }) =>
        frame.contentWindow?.postMessage({ type: "annals:open", path }, server),
      { server, path },
    );
}

const cells = (frame: FrameLocator, column: string) =>
  frame.locator(`[role=gridcell][data-column="${column}"]`);

// The reader sees what the token's scope lets through, in its columns, and nothing else by any way.
test("scope and columns are those of the token", async ({ page, house, context }) => {
  const columns = ["time", "service", "operator", "object.id"];
  const view = { scope: "service:hpc-clusters", language: "en", columns };
  const token = await embedded(context.request, house.url, view);
  await page.goto(`${house.portal}/?server=${house.url}&token=${token}`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("columnheader")).toHaveText([
    /^Time/,
    "Service",
    "Operator",
    "Object ID",
  ]);
  await expect(cells(frame, "service").first()).toBeVisible();
  const services = new Set(await cells(frame, "service").allTextContents());
  expect([...services]).toEqual(["HPC clusters"]);
  // Of both there are events in the log; one of them is of another service.
  await open(page, house.url, `/ui/log?range=all&q=object:${CLUSTER.id}`);
  await expect(cells(frame, "object.id")).toHaveText([CLUSTER.id, CLUSTER.id]);
  await open(page, house.url, `/ui/log?range=all&q=object:${DESKTOP.id}`);
  await expect(frame.getByRole("heading", { name: "No events match" })).toBeVisible();
});

// A token that is no good shows nothing, and the reader is not led to a form of ours in a frame.
test("with a token that is no good nothing is shown", async ({ page, house }) => {
  const token = "annals_00000000_x";
  const judged = page.waitForResponse(
    (answer) => answer.request().headers().authorization === `Bearer ${token}`,
  );
  await page.goto(`${house.portal}/?server=${house.url}&token=${token}`);
  expect((await (await judged).json()).signed_in).toBe(false);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByText("Waiting for the page around")).toBeVisible();
  await expect(frame.getByRole("heading")).toHaveCount(1);
  await expect(page.locator("output")).toHaveText("");
});

// Any other page of the console refuses to stand in a frame, even of an allowed origin.
test.describe("another page than /embed", () => {
  // The browser shows a page of its own in the frame, in which nothing is remembered.
  test.use({ allowed: /frame-ancestors|status of 401|localStorage/ });

  test("does not stand in a frame", async ({ page, house }) => {
    await page.goto(`${house.portal}/?server=${house.url}&token=x`);
    const refused = page.waitForEvent("console", (said) => /frame-ancestors/.test(said.text()));
    await page.locator("iframe").evaluate((frame: HTMLIFrameElement, url) => {
      frame.src = `${url}/ui/log`;
    }, house.url);
    await refused;
    await expect(page.frameLocator("iframe").getByRole("heading")).toHaveCount(0);
  });
});

test("opened by itself it says what it is for", async ({ page }) => {
  await page.goto("/embed");
  await expect(page.getByText(/for frames of pages/)).toBeVisible();
});
