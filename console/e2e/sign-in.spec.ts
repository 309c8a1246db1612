// Signing in and out: passwords, what is said of wrong ones, where it leads, and a second factor.

import { createHmac } from "node:crypto";
import { type Page, request } from "@playwright/test";
import { expect, test } from "./annals";
import { makeAccount, PASSWORD, setPassword, signIn, stateOf } from "./house";

test.use({ person: null, allowed: /status of (401|403|422)/ });

async function enter(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

/** An account of its own for a test that changes it; the name is the test's. */
async function newcomer(url: string, name: string): Promise<string> {
  const admin = await request.newContext({ storageState: stateOf("admin") });
  const oneTime = await makeAccount(admin, url, { name, roles: ["auditor"] });
  await admin.dispose();
  return oneTime;
}

/** What an authenticator app shows (RFC 6238: SHA-1, 30 s, six digits). */
function code(secret: string, at: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  const offset = (mac[19] ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// The page that was asked for comes back after signing in, with all of its state.
test("a password leads back to where one wanted to go", async ({ page }) => {
  await page.goto("/ui/integrity?from=a-link");
  await enter(page, "auditor", PASSWORD);
  await expect(page.getByRole("heading", { name: "Integrity", level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/ui\/integrity/);
});

// One text for every cause: nobody finds out here which names exist.
test("wrong names and wrong passwords look the same", async ({ page }) => {
  await page.goto("/ui/sign-in");
  await enter(page, "auditor", "wrong");
  const refusal = page.getByRole("alert");
  await expect(refusal).toContainText("Name, password or second factor is wrong");
  await enter(page, "nobody", "wrong");
  await expect(refusal).toContainText("Name, password or second factor is wrong");
});

test("a password that was handed over must be replaced first", async ({ page, house }) => {
  const oneTime = await newcomer(house.url, "replaces");
  await page.goto("/ui/sign-in");
  await enter(page, "replaces", oneTime);
  await expect(page.getByRole("heading", { name: "Set your own password" })).toBeVisible();
  const fill = async (wanted: string) => {
    await page.getByLabel("Present password").fill(oneTime);
    await page.getByLabel("New password", { exact: true }).fill(wanted);
    await page.getByLabel("New password again").fill(wanted);
    await page.getByRole("button", { name: "Change the password" }).click();
  };
  await fill("password1234");
  await expect(page.getByRole("alert")).toContainText("Too easy to guess");
  await fill(PASSWORD);
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
});

test("a second factor is set up, asked for, and taken away", async ({ page, house, context }) => {
  const oneTime = await newcomer(house.url, "careful");
  await signIn(context.request, house.url, "careful", oneTime);
  await setPassword(context.request, house.url, oneTime, PASSWORD);
  await page.goto("/ui/account");
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
  const secret = (await page.getByLabel("Secret", { exact: true }).textContent()) ?? "";
  await page.getByLabel("Six digits").fill(code(secret.trim(), Date.now()));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("Keep these recovery codes")).toBeVisible();
  const recovery =
    (await page.getByRole("listitem").filter({ hasText: /^\w+-/ }).first().textContent()) ?? "";

  await context.clearCookies();
  await page.goto("/ui/account");
  await enter(page, "careful", PASSWORD);
  await page.getByLabel("Second factor").fill(recovery.trim());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
  await page.getByLabel("Present password").last().fill(PASSWORD);
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
});

// A session that ended elsewhere: the reader signs in and finds the same page.
test("an ended session keeps the address", async ({ page, house, context }) => {
  await signIn(context.request, house.url, "viewer", PASSWORD);
  await page.goto("/ui/log?q=operation%3Acluster.*");
  await expect(page.getByRole("main")).toBeVisible();
  await context.clearCookies();
  await page.reload();
  await enter(page, "viewer", PASSWORD);
  await expect(page).toHaveURL(/\/ui\/log\?q=operation/);
});

// The page notices by itself, with several calls under way that are all refused.
test("a session that ends under an open page leads back to it", async ({
  page,
  house,
  context,
}) => {
  await signIn(context.request, house.url, "auditor", PASSWORD);
  await page.goto("/ui/log?q=operation%3Acluster.*&by=service");
  await expect(page.locator("[role=gridcell]").first()).toBeVisible();
  const before = page.url();
  await context.clearCookies();
  await page.locator("body").press("r");
  await enter(page, "auditor", PASSWORD);
  await expect(page).toHaveURL(before);
  await expect(page.locator("[role=gridcell]").first()).toBeVisible();
});
