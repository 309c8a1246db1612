// The pages about one thing: each answers its question in a few clicks, and by keyboard alone.

import { expect, test } from "./annals";
import { drawer } from "./log";
import { count, events, facet, figure, stamp } from "./recorded";
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

// What the log has of a person is what the page says: refusals, and each address from first to last.
test("a person's refusals and addresses are those of the log", async ({ page }) => {
  const q = `user:${OWL.operator}`;
  const [all, refused] = await Promise.all([
    events(page.request, { q }, "time"),
    events(page.request, { q: `${q} outcome:(failure OR denied)` }, "time"),
  ]);
  await page.goto(`/ui/user/${OWL.operator}?range=30d`);
  const head = page.locator("article > header");
  await expect(head.getByText(/^First seen/)).toHaveText(
    `First seen ${stamp(all[0]?.time ?? "").slice(0, 10)}`,
  );
  const refusals = page.getByRole("region", { name: "Failures and refusals" });
  expect(refused.map(({ operation }) => operation)).toEqual(["user.login"]);
  await expect(refusals.getByRole("listitem")).toHaveText(/^User login.*Failure.*1$/);
  const figures = page.locator("dl").first();
  await expect(figures).toContainText(`Failed or denied${refused.length}`);

  const table = page.getByRole("region", { name: "Addresses" });
  const from = { q: `${q} source_ip:${OWL.source_ip}` };
  const [here, times] = [await events(page.request, from, "time"), (time = "") => stamp(time)];
  await expect(table.getByRole("row", { name: OWL.source_ip }).getByRole("cell")).toContainText([
    OWL.source_ip,
    times(here[0]?.time).slice(0, 10),
    times(here.at(-1)?.time).slice(0, 16),
    figure(here.length),
  ]);
  await refusals.getByRole("link").first().click();
  await expect(page.getByText(/^1 event$/)).toBeVisible();
});

// Who touched it, how often and from where; who created and who deleted it, and when.
test("an object's people, addresses and ends are those of the log", async ({ page }) => {
  const q = `object:${DESKTOP.id}`;
  const all = await events(page.request, { q }, "time");
  await page.goto(`/ui/object?type=${DESKTOP.type}&id=${DESKTOP.id}`);
  for (const [field, title] of [
    ["operator", "Who touched it"],
    ["source_ip", "From where"],
  ] as const) {
    const { values } = await facet(page.request, field, 8, { q });
    expect(values).toHaveLength(2);
    const lines = page.getByRole("region", { name: title }).getByRole("listitem");
    await expect(lines).toHaveText(values.map((one) => `${one.value}${figure(one.count)}`));
  }
  const figures = page.locator("dl").first();
  await expect(figures).toContainText(`Events${await count(page.request, { q })}`);
  const day = (operation: string) =>
    stamp(all.find((event) => event.operation === operation)?.time ?? "").slice(0, 10);
  await expect(figures).toContainText(`Created${day("desktop.create")}`);
  await expect(figures).toContainText("by guoping");
  await expect(figures).toContainText(`Deleted${day("desktop.delete")}`);
  await expect(figures).toContainText(`by ${RELEASER.operator}`);
});
