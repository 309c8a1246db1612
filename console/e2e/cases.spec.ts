// The questions that people come with, from the first click to the answer, as a new user would go.

import { readFileSync, writeFileSync } from "node:fs";
import { expect, expectAccessible, test } from "./annals";
import { ask, countClicks, drawer, rows, toLog } from "./log";
import { tried } from "./program";
import { CLUSTER, DESKTOP, night, OWL, RELEASER } from "./story";

// Who released this cluster last week, and from where? One filter, one click on the row (and one on
// the menu, to come to the log).
test("who released a cluster last week, and from where", async ({ page }) => {
  const clicks = await countClicks(page);
  await toLog(page);
  await ask(page, `operation:cluster.release object:${CLUSTER.id}`);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await expect(drawer(page)).toContainText(RELEASER.operator);
  await expect(drawer(page)).toContainText(RELEASER.source_ip);
  await expect(drawer(page)).toContainText("项目结束");
  await expect(drawer(page)).toContainText("Verified in this browser");
  expect(clicks()).toBe(2);
  await expectAccessible(page);
});

// An auditor takes the proof home and needs neither this page nor this server to check it.
test("a downloaded proof holds offline, and an altered one does not", async ({ page, house }) => {
  const clicks = await countClicks(page);
  await toLog(page);
  await ask(page, `operation:cluster.release object:${CLUSTER.id}`);
  await rows(page).first().click();
  await drawer(page).getByRole("tab", { name: "Proof" }).click();
  const saved = page.waitForEvent("download");
  await drawer(page).getByText("Download proof").click();
  const path = await (await saved).path();
  expect(clicks()).toBe(4);
  const proved = tried(["verify", path, "--key", house.vkey]);
  expect(proved.code, proved.output).toBe(0);
  expect(proved.output).toContain(RELEASER.operator);
  const proof = readFileSync(path, "utf8");
  const at = Math.floor(proof.length / 2);
  const other = proof[at] === "A" ? "B" : "A";
  writeFileSync(`${path}.altered`, proof.slice(0, at) + other + proof.slice(at + 1));
  expect(tried(["verify", `${path}.altered`, "--key", house.vkey]).code).not.toBe(0);
});

// All that one person did in a night: a name, the range typed, nothing clicked but the menu.
test("all that one user did in a night", async ({ page }) => {
  const clicks = await countClicks(page);
  const dark = night(Date.now());
  const stamp = (time: number) =>
    new Date(time + SHANGHAI_MS).toISOString().slice(0, 16).replace("T", " ");
  await toLog(page);
  await ask(page, `operator:${OWL.operator}`);
  await page.keyboard.press("Escape");
  await page.locator("body").press("t");
  await page
    .getByLabel("Type a range")
    .fill(`${stamp(dark - 60_000)}..${stamp(dark + 6 * HOUR_MS)}`);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/range=/);
  await expect(rows(page)).toHaveCount(5);
  expect(clicks()).toBe(1);
  for (const file of ["plan-1.step", "plan-2.step", "plan-3.step"]) {
    await expect(page.getByText(file).first()).toBeVisible();
  }
});

const HOUR_MS = 60 * 60_000;
/** The time zone of the browser under test. */
const SHANGHAI_MS = 8 * HOUR_MS;

// One desktop from creation to deletion, and the language changed in the middle of it.
test("one desktop's life, in the middle of it in Chinese", async ({ page }) => {
  const clicks = await countClicks(page);
  await toLog(page);
  await ask(page, `object:${DESKTOP.id}`);
  await expect(rows(page).first()).toBeVisible();
  await rows(page).first().click();
  await drawer(page)
    .getByRole("link", { name: `Life of ${DESKTOP.name}` })
    .first()
    .click();
  await expect(page).toHaveURL(/\/ui\/object\?/);
  await expect(page.getByText("Create desktop").first()).toBeVisible();
  await expect(page.getByText("Delete desktop").first()).toBeVisible();
  expect(clicks()).toBe(3);
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "中文" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByText("新建桌面").first()).toBeVisible();
  await expect(page.getByText("删除桌面").first()).toBeVisible();
  await expect(page).toHaveURL(/\/ui\/object\?/);
});
