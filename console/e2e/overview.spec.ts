// The overview and the page of one address: their figures are those of the API, and lead to the rows.

import type { Page } from "@playwright/test";
import { expect, test } from "./annals";
import { rows } from "./log";
import { annals } from "./program";
import { count, events, facet, figure, type RecordedEvent, stamp } from "./recorded";
import { RELEASER } from "./story";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const REFUSED = "outcome:(failure OR denied)";

const iso = (time: number) => new Date(time).toISOString();

/** A figure by its name, as it is written. */
const shown = (page: Page, name: string) =>
  page
    .locator("dl > div")
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd");

// A range that has ended: its figures stay what they are while others write.
test("events and refusals are those of the log", async ({ page }) => {
  const [from, to] = [iso(Date.now() - 5 * DAY_MS), iso(Date.now() - DAY_MS)];
  await page.goto(`/ui/overview?range=${from}..${to}`);
  const events = await count(page.request, { from, to });
  const refused = await count(page.request, { from, to, q: REFUSED });
  expect(refused).toBeGreaterThan(0);
  await expect(shown(page, "Events").getByRole("link")).toHaveText(figure(events));
  await expect(shown(page, "Failed or denied").getByRole("link")).toHaveText(figure(refused));
  const worst = await facet(page.request, "operation", 1, { from, to, q: REFUSED });
  const refusals = page.getByRole("list", { name: "Failures and refusals" });
  const first = refusals.getByRole("listitem").first();
  await expect(first).toContainText(figure(worst.values[0]?.count ?? 0));
  await first.getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Audit log", level: 1 })).toBeAttached();
  await expect(page.getByText(/^[\d,]+ events?$/)).toHaveText(
    new RegExp(`^${figure(worst.values[0]?.count ?? 0)} events?$`),
  );
});

// The ledger grows while one looks at it, by what is read, too: between before and after.
test("the ledger is as large as its checkpoint says", async ({ page }) => {
  const size = async () => {
    const note = await (await page.request.get("/log/checkpoint")).text();
    return Number(note.split("\n")[1]);
  };
  const before = await size();
  await page.goto("/ui/overview");
  const ledger = page.getByRole("region", { name: "Ledger" });
  await expect(ledger).toContainText("Signature checked in this browser");
  const text = await ledger
    .locator("div")
    .filter({ has: page.getByText("Events in the ledger", { exact: true }) })
    .locator("dd")
    .first()
    .textContent();
  const told = Number(text?.replaceAll(",", ""));
  expect(told).toBeGreaterThanOrEqual(before);
  expect(told).toBeLessThanOrEqual(await size());
});

// Of two events the later one counts, although it came first.
test("a source is shown with its last event and its lag", async ({ page, house }) => {
  const name = `gate-${Date.now()}`;
  const made = ["token", "create", "--data", house.data, "--role", "emitter", "--name", name];
  const env = { ANNALS_SERVER: house.url, ANNALS_TOKEN: annals(made).trim() };
  const [last, first] = [3, 5].map((hours) => iso(Date.now() - hours * HOUR_MS - 60_000));
  for (const time of [last, first]) {
    const event = { id: `${name}-${time}`, time, operation: "file.upload", operator: name };
    annals(["record", "--ndjson", "-"], { env, input: `${JSON.stringify(event)}\n` });
  }
  const [recorded] = await events(page.request, { q: `operator:${name}` }, "-time");
  // Of the last hours: two senders, this one and the one who filled the house.
  const range = `${iso(Date.now() - 6 * HOUR_MS)}..${iso(Date.now() - 2 * HOUR_MS)}`;
  await page.goto(`/ui/overview?range=${range}`);
  const row = page
    .getByRole("region", { name: "Sources" })
    .getByRole("row", { name: new RegExp(`^${recorded?.emitter}`) });
  await expect(row.getByRole("cell")).toContainText([/./, "3 hours ago", /^3 h/, /^2$/]);
  await row.getByRole("link").click();
  await expect(rows(page)).toHaveCount(2);
});

// One act from one address, told without a filter: who, what, how often.
test("an address says who used it and for what", async ({ page }) => {
  const q = `source_ip:${RELEASER.source_ip}`;
  await page.goto(`/ui/ip/${RELEASER.source_ip}?range=30d`);
  const all = await events(page.request, { q }, "time");
  expect(all.length).toBeGreaterThan(0);
  const figures = page.locator("dl").first();
  await expect(figures).toContainText(`Events${all.length}`);
  const seen = (event: RecordedEvent | undefined) => stamp(event?.time ?? "").slice(0, 16);
  await expect(page.getByText(`First seen ${seen(all[0])}`)).toBeVisible();
  await expect(page.getByText(`Last seen ${seen(all.at(-1))}`)).toBeVisible();
  await expect(page.getByRole("link", { name: RELEASER.operator }).first()).toBeVisible();
  await page.getByRole("link", { name: "In the audit log" }).first().click();
  await expect(rows(page)).toHaveCount(all.length);
});

// The hours of the week at which an address was used, where the clocks of the reader show them.
test("an address says at which hours of the week", async ({ page }) => {
  const q = `source_ip:${RELEASER.source_ip}`;
  const all = await events(page.request, { q }, "time");
  const hours = new Map<string, number>();
  for (const { time } of all) {
    const day = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", weekday: "long" });
    const key = `${day.format(Date.parse(time))} ${stamp(time).slice(11, 13)}`;
    hours.set(key, (hours.get(key) ?? 0) + 1);
  }
  for (const range of ["30d", "all"]) {
    await page.goto(`/ui/ip/${RELEASER.source_ip}?range=${range}`);
    const week = page.getByRole("grid", { name: "Hours of the week" });
    await expect(week.getByRole("gridcell")).toHaveCount(168);
    await expect(week.getByRole("gridcell", { name: /: 0 events$/ })).toHaveCount(168 - hours.size);
    for (const [key, many] of hours) {
      const cell = week.getByRole("gridcell", {
        name: new RegExp(`^${key}:00.*: ${many} events?$`),
      });
      await expect(cell).toHaveCount(1);
    }
  }
});

test.describe("an account with all powers", () => {
  test.use({ person: "admin" });

  // Nobody would find out what it does, so that it is told to change that.
  test("is told so, and how to change it", async ({ page }) => {
    await page.goto("/ui/overview");
    const note = page.getByRole("note");
    await expect(note).toContainText("all three powers");
    await note.getByRole("link").click();
    await expect(page.getByRole("heading", { name: "Accounts" })).toBeVisible();
  });
});

// Others hold one power or none, and the wall is not about who reads it.
test("others are not told", async ({ page }) => {
  await page.goto("/ui/overview");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(page.locator("dl").first()).toBeVisible();
  await expect(page.getByRole("note")).toHaveCount(0);
});
