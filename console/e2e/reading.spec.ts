// How rows are read on the audit page: as sentences, in either order, in bars parted and compared, in
// another zone, by their facets, and taken along from a row's menu.

import type { Page } from "@playwright/test";
import { expect, test } from "./annals";
import { ask, drawer, rows } from "./log";
import { count, events, facet, figure, hours, stamp } from "./recorded";
import { CLUSTER, RELEASER } from "./story";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OF_CLUSTER = `object:${CLUSTER.id} operation:(cluster.create OR cluster.release)`;
const AT = `/ui/log?range=30d&q=${encodeURIComponent(OF_CLUSTER)}`;
const RELEASED = `${RELEASER.operator} released cluster ${CLUSTER.name} from ${RELEASER.source_ip}`;

// A sentence for each event, newest first; turned round, what was first stands first.
test("rows are sentences, and their order is turned", async ({ page }) => {
  await page.goto(AT);
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Sentences" }).click();
  await expect(page).toHaveURL(/layout=list/);
  const created = `guoping created cluster ${CLUSTER.name}`;
  await expect(rows(page)).toContainText([RELEASED, created]);
  await page.getByRole("button", { name: "Newest first" }).click();
  await expect(page).toHaveURL(/order=time/);
  await expect(rows(page)).toContainText([created, RELEASED]);
  await page.reload();
  await expect(rows(page)).toContainText([created, RELEASED]);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await expect(
    page.getByRole("separator", { name: "Width of Operator", exact: true }),
  ).toBeVisible();
  await expect(rows(page)).toContainText(["Create cluster", "Release cluster"]);
});

/** What is said of the bar under a place of the chart, the place as a share of its width. */
async function barAt(page: Page, share: number): Promise<string> {
  const bars = page.locator(".u-over");
  const box = await bars.boundingBox();
  if (!box) throw new Error("no bars");
  await page.mouse.move(box.x + box.width * share - 3, box.y + box.height / 2);
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
  const chart = bars.locator("xpath=ancestor::*[@role='img']/..");
  return (await chart.textContent()) ?? "";
}

/** Names of services in English. */
async function serviceNames(page: Page): Promise<Map<string, string>> {
  const answer = await page.request.get("/v1/catalogue");
  const { services } = (await answer.json()) as { services: { code: string; en: string }[] };
  return new Map(services.map(({ code, en }) => [code, en]));
}

// Two days ending yesterday: a bar for each hour, and the two days before as a line over them.
test("bars are parted by service and compared with the time before", async ({ page }) => {
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const iso = (hours: number) => new Date(now - hours * HOUR_MS).toISOString();
  const [before, from, to] = [iso(120), iso(72), iso(24)];
  await page.goto(`/ui/log?range=${from}..${to}`);
  await expect(page.locator("canvas")).toBeVisible();
  const split = page.getByText("Split by").locator("..");
  await split.getByRole("button", { name: "Service" }).click();
  await expect(page).toHaveURL(/by=service/);
  await split.getByRole("button", { name: "Compare" }).click();
  await expect(page).toHaveURL(/compare=1/);

  const bars = await hours(page.request, { from, to });
  const barsBefore = await hours(page.request, { from: before, to: from });
  expect([bars.length, barsBefore.length]).toEqual([48, 48]);
  const busiest = bars.indexOf(Math.max(...bars));
  const within = { from: iso(72 - busiest), to: iso(71 - busiest) };
  const [service] = (await facet(page.request, "service", 1, within)).values;
  const name = (await serviceNames(page)).get(service?.value ?? "");
  await expect(async () => {
    const said = await barAt(page, (busiest + 0.5) / bars.length);
    expect(said).toContain(`${name}${service?.count}`);
    expect(said).toContain(`Before${barsBefore[busiest]}`);
  }).toPass();
});

// `u`: the same instant, as UTC and as the browser's zone write it.
test("times turn to UTC and back by a key", async ({ page }) => {
  await page.goto(AT);
  await expect(rows(page)).toHaveCount(2);
  const [released] = await events(page.request, { q: OF_CLUSTER }, "-time");
  const time = released?.time ?? "";
  const head = page.getByRole("columnheader").first();
  const cell = rows(page).first().getByRole("gridcell").first();
  await expect(head).toHaveText("Time (Asia/Shanghai)");
  await expect(cell).toHaveText(stamp(time));
  await page.keyboard.press("u");
  await expect(head).toHaveText("Time (UTC)");
  await expect(cell).toHaveText(stamp(time, "UTC"));
  await page.keyboard.press("t");
  await expect(page.getByRole("radio", { name: "UTC" })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Type a range")).toBeHidden();
  await page.keyboard.press("u");
  await expect(head).toHaveText("Time (Asia/Shanghai)");
  await expect(cell).toHaveText(stamp(time));
});

// A range that has ended: its counts stay what they are while others write.
test("a facet is pinned, opened to all its values, and searched", async ({ page }) => {
  const [from, to] = [9, 1].map((days) => new Date(Date.now() - days * DAY_MS).toISOString());
  await page.goto(`/ui/log?range=${from}..${to}`);
  const facets = page.getByRole("complementary", { name: "Facets" });
  const heads = facets.getByRole("heading");
  await expect(heads.first()).toHaveText("Outcome");
  await facets.getByRole("button", { name: "Keep Operation type on top" }).click();
  await expect(heads.first()).toHaveText("Operation type");
  await page.reload();
  await expect(heads.first()).toHaveText("Operation type");

  const operations = facets.locator("section").first();
  const values = operations.getByRole("listitem");
  const span = { from: `${from}`, to: `${to}` };
  const six = await facet(page.request, "operation", 6, span);
  const compact = { notation: "compact", maximumFractionDigits: 1 } as const;
  const others = new Intl.NumberFormat("en-US", compact).format(six.other);
  await expect(values).toHaveCount(6);
  await operations.getByRole("button", { name: new RegExp(`^More…\\s*${others} others$`) }).click();
  await expect.poll(() => values.count()).toBeGreaterThan(6);
  await operations.getByRole("textbox", { name: "Search in Operation type" }).fill("release");
  await expect(values.first()).toContainText("Release");
  await expect(values.filter({ hasNotText: /release/i })).toHaveCount(0);
  // Under the mouse the count gives way to what can be done with the value.
  await operations.getByRole("button", { name: /^Release cluster/ }).click();
  await expect(page).toHaveURL(/operation(%3A|:)cluster\.release/);
  const found = await count(page.request, { ...span, q: "operation:cluster.release" });
  await expect(page.getByText(new RegExp(`^${figure(found)} events?$`))).toBeVisible();
});

// What was asked is offered again where nothing is typed yet, newest first.
test("recent filters are offered again", async ({ page }) => {
  await page.goto("/ui/log?range=30d");
  await ask(page, "outcome:failure");
  await ask(page, OF_CLUSTER);
  await page.goto("/ui/log?range=30d");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  const recent = page.getByRole("listbox", { name: "Recent filters" }).getByRole("option");
  await expect(recent).toHaveText([OF_CLUSTER, "outcome:failure"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(2);
});

test.describe("a row's menu", () => {
  test("copies the row in each form", async ({ page, house }) => {
    await page.goto(AT);
    const [released] = await events(page.request, { q: OF_CLUSTER }, "-time");
    const at = `${released?.index}`;
    const cell = rows(page).first().locator('[data-column="operator"]');
    // The page itself may not read what is copied, by the server's policy: it is pasted elsewhere.
    const pad = await page.context().newPage();
    await pad.setContent("<textarea></textarea>");
    const paste = async () => {
      await pad.bringToFront();
      await pad.locator("textarea").fill("");
      await pad.locator("textarea").press("Control+V");
      return pad.locator("textarea").inputValue();
    };
    const take = async (item: string, form: RegExp) => {
      await page.bringToFront();
      await cell.click({ button: "right" });
      await page.getByRole("menuitem", { name: item, exact: true }).click();
      await expect.poll(paste).toMatch(form);
      return paste();
    };
    expect(await take("Copy value", /^\w+$/)).toBe(RELEASER.operator);
    const text = await take("Copy as text", /^\d.* released/);
    expect(text).toBe(`${stamp(released?.time ?? "")} ${RELEASED}`);
    expect(JSON.parse(await take("Copy as JSON", /^\{/))).toEqual(released);
    const curl = await take("Copy as curl", /^curl /);
    expect(curl).toContain(`'${house.url}/v1/events/index/${at}'`);
    expect(curl).toContain("$ANNALS_TOKEN");
    await page.goto(await take("Copy link to event", /^http/));
    await expect(drawer(page)).toContainText(CLUSTER.name);
    await expect(page).toHaveURL(new RegExp(`event=${at}(&|$)`));
  });

  // By the value under the pointer, and by keyboard.
  test("filters by a cell and opens the event", async ({ page }) => {
    await page.goto(AT);
    await expect(rows(page)).toHaveCount(2);
    const cell = rows(page).first().locator('[data-column="operator"]');
    await cell.click({ button: "right" });
    await page.getByRole("menuitem", { name: "Without this value" }).click();
    await expect(rows(page)).toHaveCount(1);
    await expect(cell).toHaveText("guoping");
    await page.goBack();
    await expect(rows(page)).toHaveCount(2);
    await cell.click({ button: "right" });
    await page.getByRole("menuitem", { name: "Only this value" }).click();
    await expect(rows(page)).toHaveCount(1);
    await expect(cell).toHaveText(RELEASER.operator);
    await page.locator("body").press("j");
    await page.keyboard.press("c");
    await expect(page.getByRole("menuitem", { name: "Copy as JSON" })).toBeVisible();
    await page.getByRole("menuitem", { name: "Open", exact: true }).click();
    await expect(drawer(page)).toContainText(CLUSTER.name);
  });
});
