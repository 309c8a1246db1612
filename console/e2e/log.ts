// The audit page as a person works it: asking, reading rows, opening an event.

import { expect, type Page } from "@playwright/test";

/** The rows of events, without the heading. */
export const rows = (page: Page) =>
  page.locator("[role=row][aria-rowindex]").filter({ has: page.locator("[role=gridcell]") });

/** One event, opened. */
export const drawer = (page: Page) =>
  page
    .locator("aside")
    .filter({ has: page.locator("h2") })
    .last();

/** From the address of the server to the audit page, as somebody comes who was given that alone. */
export async function toLog(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "Audit log" }).click();
}

/** Counts the clicks of a test from now on, over all pages. */
export async function countClicks(page: Page): Promise<() => number> {
  let clicks = 0;
  await page.exposeFunction("countClick", () => {
    clicks += 1;
  });
  const listen = () => {
    addEventListener(
      "click",
      // Keys that press a button make a click, too; it has no place.
      (event) => event.isTrusted && event.detail > 0 && Reflect.get(window, "countClick")(),
      true,
    );
  };
  await page.addInitScript(listen);
  return () => clicks;
}

/** Types a filter and waits for the answer. */
export async function ask(page: Page, filter: string): Promise<void> {
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  const bar = page.getByRole("combobox", { name: "Filter" });
  await bar.fill(filter);
  await bar.press("Enter");
  await expect(page).toHaveURL(/[?&]q=/);
}
