// The mouse stays where it is: the whole way from a question to a proved event by keyboard. Who cannot
// have letters as commands switches them off, and the keys of an input method are its own.

import type { Page } from "@playwright/test";
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

// WCAG 2.1.4: whoever speaks to the browser must not set off what a letter would. Keys that are no
// letters go on, and the help stays in reach.
test("letters and signs are switched off, and on again", async ({ page }) => {
  const help = page.getByRole("dialog", { name: "Keyboard" });
  const choice = help.getByRole("checkbox", { name: "Letters and signs are shortcuts" });
  const entry = page.getByLabel("Type a range");
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("?");
  await expect(help.getByText("Choose a time range")).toBeVisible();
  await choice.uncheck();
  await expect(help.getByText("Choose a time range")).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();

  for (const key of ["?", "t", "c", "l", "g", "i"]) await page.keyboard.press(key);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(drawer(page)).toBeVisible();
  await expect(page).toHaveURL(/\/ui\/log\?(?!.*live)/);
  await expect(help).toBeHidden();
  await expect(entry).toBeHidden();

  // It is so at the next visit, until it is turned back.
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("t");
  await page.keyboard.press("Control+/");
  await expect(help).toBeVisible();
  await expect(entry).toBeHidden();
  await choice.check();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await page.keyboard.press("t");
  await expect(entry).toBeVisible();
});

// Nobody has to know a key to find the keys.
test("the account's menu opens the help", async ({ page }) => {
  await page.goto("/ui/integrity");
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("menuitem", { name: "Keyboard" }).click();
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help.getByText("This help").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
});

/** Composes a text as an input method does, and gives what takes another in its place. */
async function compose(page: Page, text: string): Promise<(taken: string) => Promise<unknown>> {
  const devtools = await page.context().newCDPSession(page);
  const [selectionStart, selectionEnd] = [text.length, text.length];
  await devtools.send("Input.imeSetComposition", { text, selectionStart, selectionEnd });
  return (taken) => devtools.send("Input.insertText", { text: taken });
}

// While an input method composes, its keys belong to it: Enter takes a word and asks nothing.
test("composing Chinese triggers nothing", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  const bar = page.getByRole("combobox", { name: "Filter" });
  await expect(bar).toBeFocused();
  const take = await compose(page, "shi fang");
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/[?&]q=/);
  await take("操作类型：释放集群");
  await bar.press("Enter");
  await expect(page).toHaveURL(/[?&]q=/);
  await expect(rows(page).filter({ hasNotText: "Release cluster" })).toHaveCount(0);
  await expect(rows(page).first()).toContainText("Release cluster");
});

// Escape drops what is composed, and not the form that it is composed in.
test("Escape of an input method closes nothing", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("button", { name: "Saved views" }).click();
  const name = page.getByLabel("Save this view");
  await name.focus();
  const takeName = await compose(page, "shi fang");
  await page.keyboard.press("Escape");
  await takeName("释放");
  await expect(name).toHaveValue("释放");
  await page.keyboard.press("Escape");
  await expect(name).toBeHidden();

  await page.locator("body").press("t");
  const entry = page.getByLabel("Type a range");
  await expect(entry).toBeFocused();
  const takeRange = await compose(page, "zui jin");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await takeRange("最近3天");
  await expect(entry).toHaveValue("最近3天");
  await expect(page).toHaveURL(/range=30d/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/ui/log?range=${encodeURIComponent("最近3天")}`);
  await expect(entry).toBeHidden();
  await expect(rows(page).first()).toBeVisible();
});

test.describe("a search among values", () => {
  test.use({ language: "zh" });

  // Half-typed words are asked of nobody, and the keys that compose them are no shortcuts.
  test("waits for the input method", async ({ page }) => {
    const prefixes: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.pathname === "/v1/complete") prefixes.push(url.searchParams.get("prefix") ?? "");
    });
    await page.goto("/ui/log?range=30d");
    const operations = page
      .getByRole("complementary", { name: "分类统计" })
      .locator("section")
      .filter({ has: page.getByRole("heading", { name: "操作类型" }) });
    await operations.getByRole("button", { name: /^更多/ }).click();
    const values = operations.getByRole("listitem");
    await expect.poll(() => values.count()).toBeGreaterThan(6);
    const search = operations.getByRole("textbox", { name: "在操作类型中搜索" });
    await search.focus();
    const take = await compose(page, "shi fang");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await expect(search).toHaveValue("shi fang");
    expect(await values.count()).toBeGreaterThan(6);
    await take("释放集群");
    await expect(values).toHaveCount(1);
    await expect(values).toContainText("释放集群");
    await expect.poll(() => prefixes.at(-1)).toBe("释放集群");
    expect(new Set(prefixes)).toEqual(new Set(["", "释放集群"]));
    await expect(page).not.toHaveURL(/event=/);
  });
});
