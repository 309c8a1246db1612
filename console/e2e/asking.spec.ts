// How a question is put and how its answer is read: completion, faults, chips, facets, ranges, bars,
// live events, saved views, and what is left on paper and without a connection.

import { expect, expectAccessible, test } from "./annals";
import { stateOf } from "./house";
import { countClicks, drawer, rows } from "./log";
import { annals } from "./program";
import { CLUSTER, RELEASER } from "./story";

const RELEASE = `operation:cluster.release object:${CLUSTER.id}`;

// Fields first, then their values with counts; Tab takes one over and nothing has to be known by heart.
test("fields and values are offered while one types", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  const bar = page.getByRole("combobox", { name: "Filter" });
  await bar.pressSequentially("operat");
  const fields = page.getByRole("listbox", { name: "Fields" });
  await expect(fields.getByRole("option", { name: /Operator/ }).first()).toBeVisible();
  await bar.fill("operator:zhao");
  const values = page.getByRole("listbox", { name: /^Values of/ });
  const offered = values.getByRole("option", { name: new RegExp(RELEASER.operator) });
  // The name, and how many events it has.
  await expect(offered).toHaveText(/zhaomin\s*\d+/);
  await bar.press("Tab");
  await expect(bar).toHaveValue(/^operator:zhao\w+ $/);
});

test.describe("a fault", () => {
  test.use({ allowed: /status of 400/ });

  // It is underlined where it is, and one click puts the nearest word there.
  test("is underlined in place and mended by one click", async ({ page }) => {
    await page.goto(`/ui/log?q=${encodeURIComponent("outcome:success operatr:zhang3")}`);
    await expect(page.locator("mark")).toHaveText("operatr");
    await expect(page.getByRole("alert")).toBeVisible();
    await page.getByRole("button", { name: "Write operator" }).click();
    await expect(page).toHaveURL(/operator%3Azhang3|operator:zhang3/);
    await expect(page.getByRole("alert")).toBeHidden();
  });
});

// Chips and text are one filter: what is done to a chip stands in the text and in the address.
test("chips become text and text becomes chips", async ({ page }) => {
  await page.goto(`/ui/log?range=30d&q=${encodeURIComponent(`${RELEASE} outcome:success`)}`);
  await page.getByRole("button", { name: /^Outcome: Success/ }).click();
  await expect(page.getByRole("button", { name: /^Outcome ≠ Success/ })).toBeVisible();
  await page.getByRole("button", { name: "Edit filter as text" }).click();
  const bar = page.getByRole("combobox", { name: "Filter" });
  await expect(bar).toHaveValue(`${RELEASE} -outcome:success `);
  await bar.fill(RELEASE);
  await bar.press("Enter");
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("button", { name: `Remove object:${CLUSTER.id}` }).click();
  await expect(page).toHaveURL(/q=operation(%3A|:)cluster\.release(&|$)/);
});

// Full-width punctuation, as Chinese input methods give it, means the same.
test("full-width punctuation is accepted", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  const bar = page.getByRole("combobox", { name: "Filter" });
  await bar.fill(`操作人：（${RELEASER.operator}　OR　nobody）　对象：${CLUSTER.id}`);
  await bar.press("Enter");
  await expect(rows(page)).toHaveCount(1);
});

// Include, exclude, only, by what is under the pointer.
test("facets include and exclude", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  const facets = page.getByRole("complementary", { name: "Facets" });
  await facets.getByRole("button", { name: /^Failure/ }).click();
  await expect(page).toHaveURL(/outcome(%3A|:)failure/);
  await expect(rows(page).first()).toContainText("Failure");
  await facets.getByRole("button", { name: /^Denied/ }).hover();
  await facets.getByRole("button", { name: "Only Denied" }).click();
  await expect(rows(page).first()).toContainText("Denied");
  await facets.getByRole("button", { name: /^Denied/ }).hover();
  await facets.getByRole("button", { name: "Exclude Denied" }).click();
  await expect(page).toHaveURL(/-outcome(%3A|:)denied/);
});

test.describe("in a narrow window", () => {
  test.use({ viewport: { width: 390, height: 800 } });

  test("facets come over the rows", async ({ page }) => {
    await page.goto("/ui/log?range=30d");
    await expect(rows(page).first()).toBeVisible();
    await page.getByRole("button", { name: "Show facets" }).click();
    const facets = page.getByRole("dialog", { name: "Facets" });
    await facets.getByRole("button", { name: /^Failure/ }).click();
    await expect(page).toHaveURL(/outcome(%3A|:)failure/);
    await page.keyboard.press("Escape");
    await expect(facets).toBeHidden();
  });
});

// `t`, `2h`, Enter; and the bars: drag to zoom.
test("a range is typed, and zoomed into with the bars", async ({ page }) => {
  const clicks = await countClicks(page);
  await page.goto("/ui/log");
  await expect(rows(page).first()).toBeVisible();
  await page.locator("body").press("t");
  await page.getByLabel("Type a range").fill("2h");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/range=2h/);
  await page.locator("body").press("t");
  await page.getByLabel("Type a range").fill("yesterday-ish");
  await expect(page.getByText("No time is written like this")).toBeVisible();
  expect(clicks()).toBe(0);

  await page.goto("/ui/log?range=7d");
  const bars = page.locator(".u-over");
  const box = (await bars.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/range=\d{4}-\d\d-\d\dT/);
  await expect(rows(page).first()).toBeVisible();
});

// Newer events wait while one reads further down, and a banner says how many there are.
test("live events wait behind a banner", async ({ page, house }) => {
  const mark = `live-${Date.now()}`;
  const record = (id: string) => {
    const time = new Date().toISOString();
    const event = { id, time, operation: "file.download", operator: mark, source_ip: "10.1.2.3" };
    const env = { ANNALS_SERVER: house.url, ANNALS_TOKEN: house.emitter };
    annals(["record", "--ndjson", "-"], { env, input: `${JSON.stringify(event)}\n` });
  };
  record(`${mark}-1`);
  await page.goto(`/ui/log?live=1&q=operator:${mark}`);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: /^Live.*per second/ })).toBeVisible();
  record(`${mark}-2`);
  await expect(rows(page)).toHaveCount(2);
  // With an event open nothing moves under the eye.
  await rows(page).first().click();
  await expect(drawer(page)).toContainText(mark);
  record(`${mark}-3`);
  const banner = page.getByRole("button", { name: /1 new event/ });
  await expect(banner).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
  await banner.click();
  await expect(rows(page)).toHaveCount(3);
});

for (const theme of ["light", "dark"] as const) {
  test.describe(`following, ${theme}`, () => {
    test.use({ theme });

    // The button that is pressed then is of another colour, and the rate on it quiet.
    test("is readable", async ({ page }) => {
      await page.goto("/ui/log?live=1&range=30d");
      await expect(rows(page).first()).toBeVisible();
      await expect(page.getByRole("button", { name: /^Live.*per second/ })).toBeVisible();
      await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
      await expectAccessible(page);
    });
  });
}

// A view keeps filter, range and columns, for oneself or for everyone.
test("a view is saved, opened and shared", async ({ page, browser }) => {
  const name = `Releases ${Date.now()}`;
  const mine = `Mine ${Date.now()}`;
  await page.goto(`/ui/log?range=30d&q=${encodeURIComponent(RELEASE)}`);
  await page.getByRole("button", { name: "Saved views" }).click();
  const share = page.getByRole("checkbox", { name: "Share with everyone who may read" });
  for (const one of [mine, name]) {
    await page.getByLabel("Save this view").fill(one);
    await share.setChecked(one === name);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("button", { name: new RegExp(one) }).first()).toBeVisible();
  }
  await page.goto("/ui/log");
  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByRole("button", { name: `Shared ${name}` }).click();
  await expect(page).toHaveURL(/range=30d/);
  await expect(rows(page)).toHaveCount(1);

  // Somebody else finds what is shared, may not delete it, and learns nothing of the other.
  const other = await browser.newContext({ storageState: stateOf("keeper"), locale: "en-GB" });
  const theirs = await other.newPage();
  await theirs.goto(new URL("/ui/log", page.url()).href);
  await theirs.getByRole("button", { name: "Saved views" }).click();
  const shared = theirs.getByRole("button", { name: `Shared ${name}` });
  await expect(shared).toBeVisible();
  await expect(theirs.getByRole("button", { name: `Delete ${name}` })).toHaveCount(0);
  await expect(theirs.getByRole("button", { name: new RegExp(mine) })).toHaveCount(0);
  await shared.click();
  await expect(theirs).toHaveURL(/range=30d/);
  await expect(rows(theirs)).toHaveCount(1);
  await expect(rows(theirs)).toContainText(RELEASER.operator);
  await other.close();
});

// The address is the whole state: another reader who opens it sees the same.
test("an address is the whole question", async ({ page, browser, house }) => {
  const columns = "time,operator,operation";
  await page.goto(`/ui/log?range=30d&q=${encodeURIComponent(RELEASE)}&columns=${columns}`);
  await rows(page).first().click();
  await expect(page).toHaveURL(/event=\d+/);
  const other = await browser.newContext({ storageState: stateOf("keeper"), locale: "en-GB" });
  const same = await other.newPage();
  await same.goto(page.url());
  await expect(same.getByRole("columnheader")).toHaveCount(3);
  await expect(drawer(same)).toContainText(RELEASER.operator);
  expect(same.url().startsWith(house.url)).toBe(true);
  await other.close();
});

// On paper: the event with what is needed to find and check it, and nothing to press.
test("a printed event is evidence", async ({ page }) => {
  await page.goto(`/ui/log?range=30d&q=${encodeURIComponent(RELEASE)}`);
  await rows(page).first().click();
  await expect(drawer(page)).toContainText("Verified in this browser");
  await page.emulateMedia({ media: "print" });
  await expect(drawer(page)).toBeVisible();
  await expect(drawer(page).locator("footer")).toContainText(/Position [\d,]+/);
  await expect(drawer(page).locator("footer")).toContainText("annals.local/");
  await expect(page.getByRole("navigation")).toBeHidden();
  await expect(page.getByRole("combobox", { name: "Filter" })).toBeHidden();
});

test.describe("without a connection", () => {
  test.use({ allowed: /ERR_INTERNET_DISCONNECTED|ApiError/ });

  test("the page says so, keeps what it has, and asks again", async ({ page, context }) => {
    await page.goto("/ui/log?range=30d");
    await expect(rows(page).first()).toBeVisible();
    await expect(page.locator("canvas")).toBeVisible();
    await context.setOffline(true);
    await expect(page.getByText("You are offline.")).toBeVisible();
    await expect(rows(page).first()).toBeVisible();
    await page.getByRole("link", { name: "Exports" }).hover();
    await context.setOffline(false);
    await expect(page.getByText("You are offline.")).toBeHidden();
  });
});

// What went wrong is said with the name by which the server knows the request.
test.describe("an answer that fails", () => {
  test.use({ allowed: /status of 500/ });

  test("shows the request's name and a way to try again", async ({ page }) => {
    let broken = true;
    await page.route(/\/v1\/events\?/, async (route) => {
      if (!broken) return route.continue();
      const problem = { status: 500, code: "internal", title: "x", detail: "the disk is gone" };
      await route.fulfill({
        status: 500,
        headers: { "x-request-id": "req-77", "content-type": "application/problem+json" },
        body: JSON.stringify({ ...problem, request_id: "req-77" }),
      });
    });
    await page.goto("/ui/log?range=30d");
    await expect(page.getByText("req-77")).toBeVisible();
    broken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(rows(page).first()).toBeVisible();
  });
});

// The first key leads into the page's content, wherever the page lives.
test("the skip link leads to the content", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  await expect(page).toHaveURL(/\/ui\/log/);
});
