// The pages about one thing: each answers its question in a few clicks, and by keyboard alone.

import { expect, test } from "./annals";
import { drawer } from "./log";
import { DESKTOP, night, OWL, RELEASER } from "./story";

// From the life line to who created and who deleted it, and what was changed in between.
test("one desktop from its creation to its deletion", async ({ page }) => {
  await page.goto(`/ui/object?type=${DESKTOP.type}&id=${DESKTOP.id}`);
  const life = page.getByRole("group", { name: `Life line of ${DESKTOP.name}` });
  await life.getByRole("button", { name: /^Created / }).click();
  await expect(drawer(page)).toContainText("created desktop");
  // A mark may be small because its row below does the same, and that one is large enough
  // (WCAG 2.5.8, "Equivalent").
  const row = page.getByRole("region", { name: "What happened to it" });
  const box = await row.locator("button[aria-pressed=true]").boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  await life.getByRole("button", { name: /^Deleted / }).click();
  await expect(drawer(page)).toContainText(RELEASER.operator);
  await expect(drawer(page)).toContainText("deleted desktop");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/event=/);
  await page.getByText("Changes", { exact: true }).click();
  await expect(page).toHaveURL(/show=changes/);
  await expect(page.getByText("Exactly what changed, as the event says").first()).toBeVisible();
  await expect(page.getByRole("cell", { name: "memory_gib" }).first()).toBeVisible();
});

// All of a night stands on the person's page, and each event opens beside it by keys.
test("all that one user did in a night, event by event", async ({ page }) => {
  const dark = night(Date.now());
  const range = [dark - 60_000, dark + 6 * 60 * 60_000].map((time) => new Date(time).toISOString());
  await page.goto(`/ui/user/${OWL.operator}?order=time&range=${range.join("..")}`);
  const told = page.getByRole("region", { name: "What happened" });
  await expect(told.getByRole("button", { name: /plan-\d\.step/ })).toHaveCount(3);
  await page.keyboard.press("j");
  await expect(drawer(page)).toContainText("signed in");
  await page.keyboard.press("j");
  await expect(drawer(page)).toContainText("plan-1.step");
  await page.keyboard.press("k");
  await expect(drawer(page)).toContainText("signed in");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/event=/);
});

// Charts are one stop of the tab key each; from there the arrow keys lead on.
test("hours of the week and session bars by keyboard", async ({ page }) => {
  await page.goto(`/ui/user/${OWL.operator}?range=30d`);
  const hours = page.getByRole("grid", { name: "Hours of the week" });
  await hours.getByRole("gridcell").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await expect(hours.getByRole("gridcell", { name: /^Tuesday 23:00/ })).toBeFocused();

  await page.goto(`/ui/sessions?range=30d&q=object:${DESKTOP.id}`);
  const bar = page.getByRole("button", { name: /WebRDP.*closed by the person/ });
  await bar.focus();
  await page.keyboard.press("Enter");
  await expect(drawer(page)).toContainText(DESKTOP.name);
  await expect(drawer(page)).toContainText("Verified in this browser");
});
