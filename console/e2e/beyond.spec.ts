// Beyond the rows: an event's causes, a session while it lasts, a search that stopped early, and a
// browser that cannot check.

import { expect, test } from "./annals";
import type { House } from "./house";
import { drawer, rows } from "./log";
import { annals } from "./program";
import { APPROVAL, CLUSTER } from "./story";

function record(house: House, event: Record<string, unknown>): void {
  const env = { ANNALS_SERVER: house.url, ANNALS_TOKEN: house.emitter };
  const whole = { time: new Date().toISOString(), ...event };
  annals(["record", "--ndjson", "-"], { env, input: `${JSON.stringify(whole)}\n` });
}

// The deletion names the policy that asked for it.
test("a consequence leads to its cause", async ({ page }) => {
  const deletion = `operation:approval_data.download_area.delete object:${APPROVAL.id}`;
  await page.goto(`/ui/log?range=30d&q=${encodeURIComponent(deletion)}`);
  await rows(page).first().click();
  const opened = drawer(page);
  await opened.getByRole("tab", { name: "Related" }).click();
  const causes = opened
    .locator("section")
    .filter({ has: page.getByRole("heading", { name: "Causes and consequences" }) });
  await expect(causes.getByRole("listitem")).toHaveCount(2);
  await expect(causes.getByRole("listitem").nth(1)).toContainText("this event");
  await causes.getByRole("link").first().click();
  await expect(page).toHaveURL(/event=\d+/);
  await expect(opened).toContainText("approval_policy.flow.edit");
});

// Open as long as nothing ended it; then with the cause that came.
test("a session is open until its end comes", async ({ page, house }) => {
  const mark = `sits-${Date.now()}`;
  const session = {
    operator: mark,
    source_ip: "10.1.2.3",
    session_id: mark,
    object: { type: "desktop", id: mark, name: mark },
  };
  record(house, { ...session, id: `${mark}-1`, operation: "desktop.webrdp.create" });
  await page.goto(`/ui/sessions?layout=list&q=operator:${mark}`);
  const row = page.getByRole("row").filter({ hasText: mark });
  await expect(row).toContainText("Open");
  await expect(page.getByText("1 open now")).toBeVisible();
  record(house, {
    ...session,
    id: `${mark}-2`,
    operation: "desktop.webrdp.disconnect",
    request_data: { end_cause: "timeout" },
  });
  // The page asks again by itself.
  await expect(row).toContainText("ended by time-out", { timeout: 30_000 });
  await expect(page.getByText("1 open now")).toBeHidden();
});

test("a search that stopped early says how far it came", async ({ page }) => {
  await page.route(/\/v1\/events\?/, async (route) => {
    const response = await route.fetch();
    const found = { ...(await response.json()), partial: true, scanned_to: 12_345 };
    await route.fulfill({ response, json: found });
  });
  await page.goto(`/ui/log?range=30d&q=object:${CLUSTER.id}`);
  await expect(page.getByText("everything below position 12,345 was looked at")).toBeVisible();
});

// Plain http from afar: the browser computes no hashes, and the page claims nothing.
test("without cryptography nothing is called verified", async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(crypto, "subtle", { value: undefined }));
  await page.goto(`/ui/log?range=30d&q=object:${CLUSTER.id}`);
  await rows(page).first().click();
  await expect(drawer(page)).toContainText("Not checked here");
  await expect(drawer(page)).not.toContainText("Verified in this browser");
});
