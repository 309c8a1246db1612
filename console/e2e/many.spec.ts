// A million events and more behind the page: it asks, scrolls and types as with a few.
//
// Only where the house was filled with that many (`cargo xtask test --full`). Nothing is timed; the
// page would not answer within a test's patience if it kept what it does not show.

import { expect, test } from "./annals";
import { ask, rows } from "./log";

test.skip(!process.env.ANNALS_MANY_EVENTS, "the house has few events");

test("a million events are asked and scrolled", async ({ page }) => {
  await page.goto("/ui/log?range=all");
  await expect(page.getByText(/1,0\d\d,\d{3} events/).first()).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  for (let step = 0; step < 60; step += 1) {
    await page.mouse.move(900, 600);
    await page.mouse.wheel(0, 6_000);
  }
  await expect(rows(page).first()).toBeVisible();
  // Only what is seen is in the page, however far one has scrolled.
  expect(await page.locator("[role=row]").count()).toBeLessThan(200);
  await ask(page, "operation:cluster.*");
  await expect(rows(page).first()).toBeVisible();
});
