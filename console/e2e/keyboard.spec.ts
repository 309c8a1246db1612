// The mouse stays where it is: the whole way from a question to a proved event by keyboard.

import { expect, test } from "./annals";
import { drawer, rows } from "./log";
import { CLUSTER } from "./story";

test("from a question to an event and back, by keyboard alone", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(`object:${CLUSTER.id}`);
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press("Escape");
  await page.locator("body").press("j");
  await page.keyboard.press("Enter");
  await expect(drawer(page)).toContainText(CLUSTER.name);
  const first = await drawer(page).textContent();
  await page.keyboard.press("j");
  await expect(drawer(page)).not.toHaveText(first ?? "");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/event=/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Keyboard");
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page.getByRole("heading", { name: "Integrity", level: 1 })).toBeVisible();
});

// While an input method composes, its keys belong to it: Enter takes a word and asks nothing.
test("composing Chinese triggers nothing", async ({ page, context }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  const bar = page.getByRole("combobox", { name: "Filter" });
  await expect(bar).toBeFocused();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Input.imeSetComposition", {
    text: "shi fang",
    selectionStart: 8,
    selectionEnd: 8,
  });
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/[?&]q=/);
  await devtools.send("Input.insertText", { text: "操作类型：释放集群" });
  await bar.press("Enter");
  await expect(page).toHaveURL(/[?&]q=/);
  await expect(rows(page).first()).toBeVisible();
});
