// Accounts and tokens: what an administrator does in the browser, and what others are not shown.

import { expect, test } from "./annals";
import { signIn, stranger } from "./house";

test.describe("an administrator", () => {
  test.use({ person: "admin" });

  test("makes an account, hands over its password, locks it", async ({ page, house }) => {
    await page.goto("/ui/admin/accounts");
    await page.getByRole("button", { name: "New account" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name", { exact: true }).fill("chen.audit");
    await form.getByLabel("Name for people").fill("陈审计");
    await form.getByRole("checkbox", { name: /^Auditor/ }).check();
    await form.getByRole("checkbox", { name: /^Viewer/ }).uncheck();
    await form.getByRole("button", { name: "Save" }).click();
    const shown = page.getByRole("dialog", { name: "One-time password of chen.audit" });
    const oneTime = (await shown.locator("pre").textContent()) ?? "";
    await shown.getByRole("button", { name: "I have noted it" }).click();
    const row = page.getByRole("row", { name: /chen\.audit/ });
    await expect(row).toContainText("陈审计");
    await expect(row).toContainText("Auditor");

    const person = await stranger();
    await signIn(person, house.url, "chen.audit", oneTime.trim());
    await page.getByRole("button", { name: "Manage chen.audit" }).click();
    await page.getByRole("menuitem", { name: "Lock", exact: true }).click();
    await expect(row).toContainText("Locked");
    const after = await person.get(`${house.url}/v1/session`);
    expect((await after.json()).signed_in).toBe(false);
    await person.dispose();
  });

  test("makes a token that works, and revokes it", async ({ page, house }) => {
    await page.goto("/ui/admin/tokens");
    await page.getByRole("button", { name: "New token" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name", { exact: true }).fill("reporting");
    await form.getByLabel("Role").selectOption("viewer");
    await form.getByRole("button", { name: "Create" }).click();
    const shown = page.getByRole("dialog", { name: "Token of reporting" });
    const secret = ((await shown.locator("pre").textContent()) ?? "").trim();
    await shown.getByRole("button", { name: "I have noted it" }).click();

    const program = await stranger();
    const headers = { authorization: `Bearer ${secret}` };
    const ask = () => program.get(`${house.url}/v1/count`, { headers });
    expect((await ask()).status()).toBe(200);
    await page.getByRole("button", { name: "Revoke: reporting" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await expect(page.getByRole("button", { name: "Revoke: reporting" })).toBeHidden();
    expect((await ask()).status()).toBe(401);
    await program.dispose();
  });
});

test.describe("a viewer", () => {
  test.use({ person: "viewer", allowed: /status of 403|ApiError/ });

  // What a role may not see is not shown; who knows the address all the same is told why not.
  test("is shown neither accounts nor tokens", async ({ page }) => {
    await page.goto("/ui/integrity");
    const pages = page.getByRole("navigation");
    await expect(pages.getByRole("link", { name: "Integrity" })).toBeVisible();
    for (const name of ["Accounts", "Tokens", "Rejected input", "Configuration"]) {
      await expect(pages.getByRole("link", { name })).toBeHidden();
    }
    await page.goto("/ui/admin/accounts");
    await expect(page.getByText("Not for your role")).toBeVisible();
  });
});

test.describe("whoever runs the server", () => {
  test.use({ person: "operator", allowed: /status of 403/ });

  test("sees its state and no event", async ({ page }) => {
    await page.goto("/ui/integrity");
    await expect(page.getByRole("heading", { name: "The server's own check" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Growth" })).toBeHidden();
    await expect(page.getByRole("link", { name: "Audit log" })).toBeHidden();
  });

  // To read, whole: every key that the server would print itself, and no secret among them.
  test("reads the configuration", async ({ page }) => {
    await page.goto("/ui/integrity");
    await page.getByRole("navigation").getByRole("link", { name: "Configuration" }).click();
    await expect(page.getByRole("heading", { name: "Configuration", level: 1 })).toBeVisible();
    const printed = await (await page.request.get("/v1/configuration")).text();
    expect(printed).toContain("frame_ancestors");
    await expect(page.locator("pre")).toHaveText(printed);
    await expect(page.getByRole("textbox")).toHaveCount(0);
  });
});
