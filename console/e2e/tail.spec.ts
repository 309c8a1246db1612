// Following what is recorded: nothing between the page's moment and the following is passed over, and
// what came stays when the following stops.

import { expect, test } from "./annals";
import type { House } from "./house";
import { drawer, rows } from "./log";
import { annals } from "./program";

/** Records a download under a name of the test's own. */
function record(house: House, operator: string, id: string): void {
  const time = new Date().toISOString();
  const event = { id, time, operation: "file.download", operator, source_ip: "10.1.2.3" };
  const env = { ANNALS_SERVER: house.url, ANNALS_TOKEN: house.emitter };
  annals(["record", "--ndjson", "-"], { env, input: `${JSON.stringify(event)}\n` });
}

test("what was recorded before Live was pressed is shown, too", async ({ page, house }) => {
  const mark = `before-${Date.now()}`;
  record(house, mark, `${mark}-1`);
  await page.goto(`/ui/log?q=operator:${mark}`);
  await expect(rows(page)).toHaveCount(1);
  record(house, mark, `${mark}-2`);
  await page.getByRole("button", { name: /^Live/ }).click();
  await expect(rows(page)).toHaveCount(2);
});

test("what Live brought stays when it stops, with what was held back", async ({ page, house }) => {
  const mark = `stays-${Date.now()}`;
  record(house, mark, `${mark}-1`);
  await page.goto(`/ui/log?live=1&q=operator:${mark}`);
  await expect(rows(page)).toHaveCount(1);
  record(house, mark, `${mark}-2`);
  await expect(rows(page)).toHaveCount(2);
  await rows(page).first().click();
  await expect(drawer(page)).toContainText(mark);
  record(house, mark, `${mark}-3`);
  await expect(page.getByRole("button", { name: /1 new event/ })).toBeVisible();
  await page.getByRole("button", { name: /^Live/ }).click();
  await expect(page).not.toHaveURL(/live=1/);
  await expect(rows(page)).toHaveCount(3);
  // Pressed again it goes on where it was.
  record(house, mark, `${mark}-4`);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Live/ }).click();
  await expect(rows(page)).toHaveCount(4);
});
