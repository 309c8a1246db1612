// An address that is passed on shows its receiver what its sender saw: in another zone, with other
// habits.

import { expect, test } from "./annals";
import { stateOf } from "./house";
import { rows } from "./log";
import { CLUSTER, RELEASER } from "./story";

const DAY_MS = 86_400_000;

test("picked columns and typed days mean the same elsewhere", async ({ page, browser }) => {
  // The day of the release as Shanghai counts it; elsewhere that day begins at another time.
  const wall = (time: number) => new Date(time + 8 * 3_600_000).toISOString().slice(0, 10);
  const day = wall(Date.now() - 5 * DAY_MS);
  await page.goto(`/ui/log?q=${encodeURIComponent(`operator:${RELEASER.operator}`)}`);
  await expect(rows(page).first()).toBeVisible();
  await page.locator("body").press("t");
  await page.getByLabel("Type a range").fill(`${day}..${day}`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/range=\d{4}-\d\d-\d\dT16%3A00%3A00Z\.\./);
  await expect(rows(page).filter({ hasText: CLUSTER.name })).toHaveCount(1);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Reason" }).click();
  await expect(page).toHaveURL(/columns=/);
  await page.keyboard.press("Escape");
  /** The columns, without the zone that times are written in, and how many rows there are. */
  const seen = async (one: typeof page) => ({
    heads: (await one.getByRole("columnheader").allTextContents()).map((head) =>
      head.replace(/ \(\w+\/\w+\)/, ""),
    ),
    count: await one.getByRole("grid").getAttribute("aria-rowcount"),
  });
  const sent = await seen(page);
  const other = await browser.newContext({
    storageState: stateOf("auditor"),
    locale: "en-GB",
    timezoneId: "America/Los_Angeles",
  });
  const same = await other.newPage();
  await same.addInitScript(() => localStorage.setItem("annals.language", "en"));
  await same.goto(page.url());
  await expect(rows(same).filter({ hasText: CLUSTER.name })).toHaveCount(1);
  expect(await seen(same)).toEqual(sent);
  await other.close();
});

// Columns picked earlier are the reader's habit; in the address they reach the next reader, too.
test("columns picked before stand in the address of the next visit", async ({ page }) => {
  await page.addInitScript(() =>
    localStorage.setItem("annals.log", JSON.stringify({ columns: ["time", "operator"] })),
  );
  await page.goto("/ui/log");
  await expect(page).toHaveURL(/columns=time%2Coperator/);
  await expect(page.getByRole("columnheader")).toHaveCount(2);
});
