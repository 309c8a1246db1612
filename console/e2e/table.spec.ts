// What readers arrange for themselves: columns, their order and width, density, the zone of times, and
// the wall display. Each is kept until they come again.

import { expect, test } from "./annals";
import { rows } from "./log";
import { CLUSTER, story } from "./story";

const RELEASED = `operation:cluster.release object:${CLUSTER.id}`;
const AT = `/ui/log?range=30d&q=${encodeURIComponent(RELEASED)}`;

/** The twelve columns of the platform's own page, which readers know. */
const KNOWN = {
  en: [
    "Region",
    "Stack ID",
    "Username",
    "Service",
    "Operation type",
    "Source IP",
    "Operator",
    "User type",
    "Object ID",
    "Object name",
    "Request data",
    "Time (Asia/Shanghai)",
  ],
  zh: [
    "区域",
    "Stack ID",
    "用户名",
    "服务",
    "操作类型",
    "源IP",
    "操作人",
    "用户类型",
    "对象ID",
    "对象名称",
    "请求数据",
    "操作时间 (Asia/Shanghai)",
  ],
} as const;
const OUTCOME = { en: "Outcome", zh: "操作结果" } as const;

for (const language of ["en", "zh"] as const) {
  test.describe(`the table in ${language}`, () => {
    test.use({ language });

    // What it shows at first: all that the platform's page has, and how it ended.
    test("has the twelve columns of the platform's page", async ({ page }) => {
      await page.goto(AT);
      await expect(rows(page)).toHaveCount(1);
      const heads = await page.getByRole("columnheader").allTextContents();
      const wanted = [...KNOWN[language], OUTCOME[language]];
      expect(heads.map((head) => head.trim()).sort()).toEqual(wanted.sort());
    });
  });
}

// Columns are picked and ordered from a list; the table follows at once and remembers it.
test("columns are picked and ordered, and are so at the next visit", async ({ page }) => {
  await page.goto(AT);
  await expect(rows(page)).toHaveCount(1);
  const heads = page.getByRole("columnheader");
  const names = async () => (await heads.allTextContents()).map((name) => name.trim());
  const before = await names();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Region" }).uncheck();
  await page.getByRole("checkbox", { name: "Reason" }).check();
  await page.getByRole("button", { name: `Move ${before[2]} up` }).click();
  const [first, second, third, ...others] = before;
  const wanted = [first, third, second, ...others.filter((name) => name !== "Region"), "Reason"];
  expect(await names()).toEqual(wanted);
  await expect(rows(page).getByText("项目结束")).toBeVisible();
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  expect(await names()).toEqual(wanted);

  // As at first: one button, no guessing.
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("button", { name: "As at first" }).click();
  expect(await names()).toEqual(before);
});

// By the mouse, a head is dragged before another one.
test("a column is dragged to another place", async ({ page }) => {
  await page.goto(AT);
  await expect(rows(page)).toHaveCount(1);
  const heads = page.getByRole("columnheader");
  const before = await heads.allTextContents();
  await heads.nth(3).dragTo(heads.nth(1), { targetPosition: { x: 20, y: 10 } });
  const [first, second, third, fourth, ...others] = before;
  await expect
    .poll(() => heads.allTextContents())
    .toEqual([first, fourth, second, third, ...others]);
});

// Width by the edge of a head: with the mouse, with arrow keys, back by a double click, remembered.
test("a column is widened by mouse and by keys", async ({ page }) => {
  await page.goto(AT);
  await expect(rows(page)).toHaveCount(1);
  const edge = page.getByRole("separator", { name: "Width of Operator", exact: true });
  const width = async () => Number(await edge.getAttribute("aria-valuenow"));
  const shown = async () => (await edge.locator("..").boundingBox())?.width ?? 0;
  const atFirst = await width();
  const at = await edge.boundingBox();
  if (!at) throw new Error("no edge");
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  await page.mouse.down();
  await page.mouse.move(at.x + at.width / 2 + 90, at.y + at.height / 2, { steps: 4 });
  await page.mouse.up();
  const dragged = await width();
  expect(Math.abs(dragged - atFirst - 90)).toBeLessThan(12);
  expect(Math.abs((await shown()) - dragged)).toBeLessThanOrEqual(1);
  await edge.focus();
  await edge.press("ArrowRight");
  expect(await width()).toBe(dragged + 16);
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  expect(await width()).toBe(dragged + 16);
  await edge.dblclick();
  expect(await width()).toBe(atFirst);
});

// Dense rows show more of them at once.
test("density is chosen and remembered", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  const height = async () => (await rows(page).first().boundingBox())?.height ?? 0;
  const choose = async (name: string) => {
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("radiogroup", { name: "Density" }).getByText(name).click();
    await page.keyboard.press("Escape");
  };
  await choose("Roomy");
  const roomy = await height();
  await choose("Dense");
  await expect.poll(height).toBeLessThan(roomy);
  const dense = await height();
  await page.reload();
  await expect(rows(page).first()).toBeVisible();
  expect(await height()).toBe(dense);
});

// A zone by name: times, and what the column is called, are of that zone.
test("times are read in a named zone", async ({ page }) => {
  await page.goto(AT);
  await expect(rows(page)).toHaveCount(1);
  const released = story(Date.now()).find((event) => event.operation === "cluster.release");
  // The day is that of the moment when the house was filled, at most minutes ago.
  const hour = (zone: string) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit" }).format(
      Date.parse(released?.time ?? ""),
    );
  const time = rows(page).first().getByRole("gridcell").first();
  const inBrowser = await time.textContent();
  await page.keyboard.press("t");
  await page.getByLabel("Other, such as Asia/Shanghai").fill("America/St_Johns");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader").first()).toContainText("America/St_Johns");
  const there = (await time.textContent()) ?? "";
  // Half an hour beside the full one: no other zone gives this.
  const minutes = (text: string | null) => Number(/\d\d:(\d\d):\d\d/.exec(text ?? "")?.[1]);
  expect((minutes(there) - minutes(inBrowser) + 60) % 60).toBe(30);
  expect([hour("America/St_Johns"), next(hour("America/St_Johns"), -1)]).toContain(
    /(\d\d):\d\d:\d\d/.exec(there)?.[1],
  );
  await page.reload();
  await expect(page.getByRole("columnheader").first()).toContainText("America/St_Johns");
});

const next = (hour: string, by: number) => String((Number(hour) + by + 24) % 24).padStart(2, "0");

// On a wall: larger, nothing but the page, left by the same key.
test("the overview fills a wall and comes back", async ({ page }) => {
  await page.goto("/ui/overview");
  const title = page.getByRole("heading", { name: "Overview" });
  await expect(title).toBeVisible();
  const size = async () => (await title.boundingBox())?.height ?? 0;
  const before = await size();
  const menu = page.getByRole("navigation").getByRole("link", { name: "Audit log" });
  await page.keyboard.press("w");
  await expect(page).toHaveURL(/wall=1/);
  await expect.poll(size).toBeGreaterThan(before * 1.2);
  const at = await menu.boundingBox();
  const isCovered = await menu.evaluate((link, box) => {
    if (!box) return true;
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !link.contains(top);
  }, at);
  expect(isCovered, "the menu is out of sight").toBe(true);
  await page.keyboard.press("w");
  await expect(page).not.toHaveURL(/wall=1/);
  await expect.poll(size).toBe(before);
});
