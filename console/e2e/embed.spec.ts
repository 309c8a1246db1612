// The console in a frame of somebody else's page: the token comes by message, from allowed origins.

import { expect, test } from "./annals";

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

// A token that is no good shows nothing, and the reader is not led to a form of ours in a frame.
test.describe("with a token that is no good", () => {
  test.use({ allowed: /status of 401/ });

  test("nothing is shown", async ({ page, house }) => {
    await page.goto(`${house.portal}/?server=${house.url}&token=annals_00000000_x`);
    const frame = page.frameLocator("iframe");
    await expect(frame.getByText("Waiting for the page around")).toBeVisible();
  });
});

// Any other page of the console refuses to stand in a frame, even of an allowed origin.
test.describe("another page than /embed", () => {
  // The browser shows a page of its own in the frame, in which nothing is remembered.
  test.use({ allowed: /frame-ancestors|status of 401|localStorage/ });

  test("does not stand in a frame", async ({ page, house }) => {
    await page.goto(`${house.portal}/?server=${house.url}&token=x`);
    await page.locator("iframe").evaluate((frame: HTMLIFrameElement, url) => {
      frame.src = `${url}/ui/log`;
    }, house.url);
    await expect(page.frameLocator("iframe").getByRole("heading")).toHaveCount(0);
  });
});

test("opened by itself it says what it is for", async ({ page }) => {
  await page.goto("/embed");
  await expect(page.getByText(/for frames of pages/)).toBeVisible();
});
