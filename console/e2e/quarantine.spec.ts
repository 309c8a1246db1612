// Rejected input: it is shown with its reason, and can be sent again once the cause is mended.

import { expect, test } from "./annals";
import { stranger } from "./house";

test.use({ person: "keeper", allowed: /status of 422/ });

test("a rejected line is shown with its reason", async ({ page, house }) => {
  const program = await stranger();
  const time = new Date().toISOString();
  const sent = await program.post(`${house.url}/v1/events`, {
    headers: { authorization: `Bearer ${house.emitter}` },
    data: { id: "q-1", time, operation: "cluster.destroy-all", operator: "zhang3" },
  });
  expect(sent.status()).toBe(422);
  await program.dispose();
  await page.goto("/ui/quarantine");
  const row = page.getByRole("row", { name: /unknown_operation/ }).first();
  await expect(row).toContainText("operation");
  // Nothing was mended, so it is refused again, and the page says why.
  await row.getByRole("button", { name: /^Send again/ }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await row.getByRole("link", { name: "Show" }).click();
  await expect(page).toHaveURL(/\/ui\/log\?event=\d+/);
});
