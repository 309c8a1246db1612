// The integrity page: what it says is checked in the browser, and what it hands out holds offline.

import { readFileSync } from "node:fs";
import { expect, test } from "./annals";
import { tried } from "./program";

test("the checkpoint is checked here and kept as a file", async ({ page, house }) => {
  await page.goto("/ui/integrity");
  await expect(page.getByText("Signed", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Current key", { exact: true })).toHaveText(house.vkey);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Keep it as a file" }).click();
  const path = await (await saved).path();
  expect(readFileSync(path, "utf8")).toContain(house.vkey.split("+")[0]);
  const args = ["verify", "--data", house.data, "--key", house.vkey, "--checkpoint", path];
  const { code, output } = tried(args);
  expect(code, output).toBe(0);
});

// Whoever is asked for evidence does not wait for the night: the whole log is checked now, the page
// shows how far it is, and what it found stands there and in the log itself.
test("the whole log is checked when somebody asks", async ({ page }) => {
  await page.goto("/ui/integrity");
  const check = page.locator("section").filter({ hasText: "The server's own check" }).first();
  const began = page.waitForResponse(
    (answer) => answer.url().endsWith("/v1/verification") && answer.request().method() === "POST",
  );
  await check.getByRole("button", { name: "Check everything now" }).click();
  expect((await began).status()).toBe(202);
  await expect(check.getByText("Nothing found")).toBeVisible();
  await expect(check.getByRole("button", { name: "Check everything now" })).toBeEnabled();
  await page.goto("/ui/log?q=operation%3Averify.begin");
  await expect(page.getByRole("row", { name: /auditor/ }).first()).toBeVisible();
});

// The progress is shown while it lasts.
test("a check that takes long shows how far it is", async ({ page }) => {
  await page.route("**/v1/verification", async (route) => {
    const answer = await route.fetch({ method: "GET" });
    const running = { ...(await answer.json()), running: true, done_bytes: 4e9, total_bytes: 1e10 };
    await route.fulfill({ response: answer, json: running });
  });
  await page.goto("/ui/integrity");
  const bar = page.getByRole("progressbar", { name: "The server's own check" });
  await expect(bar).toHaveAttribute("aria-valuenow", "40");
  await expect(page.getByRole("button", { name: "Checking …" })).toBeDisabled();
});

// The page must find a forged checkpoint by itself: the server that shows it is not asked.
test("a checkpoint that was altered is not signed", async ({ page }) => {
  await page.route("**/log/checkpoint", async (route) => {
    const answer = await route.fetch();
    const note = await answer.text();
    const size = note.split("\n")[1] ?? "";
    await route.fulfill({ response: answer, body: note.replace(size, String(Number(size) + 1)) });
  });
  await page.goto("/ui/integrity");
  await expect(page.getByText("Not signed", { exact: true })).toBeVisible();
});

// Another key than before is not wrong, but never silent.
test("a key that changed is reported", async ({ page, house }) => {
  const origin = house.vkey.split("+")[0] ?? "";
  await page.addInitScript(
    ([origin]) => {
      const kept = [{ vkey: "another+00000000+AAAA", seen: "2026-01-01T00:00:00Z" }];
      localStorage.setItem("annals.verifier-keys", JSON.stringify({ [origin ?? ""]: kept }));
    },
    [origin],
  );
  await page.goto("/ui/integrity");
  await expect(page.getByText("Another key", { exact: true })).toBeVisible();
});
