// Millions of events behind the page: it comes up, asks, scrolls and types as with a few.
//
// Only where the house was filled with that many: `ANNALS_MANY_EVENTS` is their number (`cargo xtask
// test --full`, which takes the program built for release). What it takes is measured as the browser
// sees it and printed; docs/benchmarks.md has the figures. A loaded machine must not turn a test red,
// so what is asserted is what follows from the design: few rows in the page, however many were
// scrolled by.

import type { Page } from "@playwright/test";
import { expect, test } from "./annals";
import { rows } from "./log";

const EVENTS = Number(process.env.ANNALS_MANY_EVENTS ?? 0);
const ROWS_SCROLLED = 100_000;
/** Pixels of one turn of the wheel. */
const TURN_PX = 2_400;
const TURNS_MAX = 5_000;
const TURNS_MEASURED = 100;

test.skip(EVENTS === 0, "the house has few events");
test.setTimeout(600_000);

/** Milliseconds of each frame while something is done. */
async function frames(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const taken: number[] = [];
    let before = performance.now();
    const tick = (now: number) => {
      taken.push(now - before);
      before = now;
      if (Reflect.get(window, "taken") === taken) requestAnimationFrame(tick);
    };
    Reflect.set(window, "taken", taken);
    requestAnimationFrame(tick);
  });
  await act();
  return page.evaluate(() => {
    const taken = Reflect.get(window, "taken") as number[];
    Reflect.deleteProperty(window, "taken");
    return taken.slice(1);
  });
}

function told(name: string, taken: number[]): void {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  const figures = `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
  console.log(`${name}: ${sorted.length} frames, ${figures}`);
}

test("many events are asked, scrolled and typed at", async ({ page }) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("[role=gridcell]")) return;
      observer.disconnect();
      requestAnimationFrame(() => Reflect.set(window, "useful", performance.now()));
    }).observe(document, { childList: true, subtree: true });
  });
  for (const visit of ["first", "second"]) {
    await page.goto("/ui/log?range=all");
    await expect(rows(page).first()).toBeVisible();
    const useful = await page.evaluate(() => Reflect.get(window, "useful") as number);
    console.log(`useful after ${Math.round(useful)} ms at the ${visit} visit`);
  }
  const total = page.locator("[aria-live=polite]").filter({ hasText: "events" });
  await expect
    .poll(async () => Number((await total.first().textContent())?.replace(/\D/g, "")), {
      timeout: 60_000,
    })
    .toBeGreaterThanOrEqual(EVENTS);

  const grid = page.getByRole("grid");
  const loaded = async () => Number(await grid.getAttribute("aria-rowcount"));
  await grid.hover();
  const turn = (pixels: number) => page.mouse.wheel(0, pixels);
  // Down to the row, as fast as pages come.
  for (let turns = 0; (await loaded()) <= ROWS_SCROLLED; turns += 1) {
    expect(turns, `${await loaded()} rows are loaded`).toBeLessThan(TURNS_MAX);
    await turn(100_000);
  }
  told(
    `scrolling ${ROWS_SCROLLED} rows down`,
    await frames(page, async () => {
      for (let turns = 0; turns < TURNS_MEASURED; turns += 1) await turn(-TURN_PX);
    }),
  );
  // Only what is seen is in the page, however far one has scrolled.
  expect(await page.locator("[role=row]").count()).toBeLessThan(200);

  await page.keyboard.press("/");
  const bar = page.getByRole("combobox", { name: "Filter" });
  await expect(bar).toBeFocused();
  told(
    `typing with ${ROWS_SCROLLED} rows loaded`,
    await frames(page, () => bar.pressSequentially("operation:cluster.release outcome:success")),
  );
  await bar.press("Enter");
  await expect(page).toHaveURL(/[?&]q=/);
  await expect(rows(page).first()).toContainText("Release cluster");
});
