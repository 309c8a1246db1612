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
