// What the server gives the browser before anything is asked: one page, its policy, its files.

import { expect, test } from "./annals";

test.use({ person: null });

// A stranger sees the way in, whatever page they asked for, and comes to that page afterwards.
test("strangers are shown the way in", async ({ page }) => {
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  const policy = answer?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/ui/exports?q=cuda");
  await expect(page).toHaveURL(/\/ui\/sign-in\?return=.*cuda/);
});

// What carries its hash in its name is fetched once; the page that names it is fetched each time.
test("files are kept for ever, the page is not", async ({ request }) => {
  const page = await (await request.get("/")).text();
  const script = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(page)?.[1];
  expect(script).toBeTruthy();
  const file = await request.get(`/${script}`, { headers: { "accept-encoding": "br" } });
  expect(file.headers()["cache-control"]).toContain("immutable");
  expect(file.headers()["content-encoding"]).toBe("br");
  const again = await request.get(`/${script}`, {
    headers: { "accept-encoding": "br", "if-none-match": file.headers().etag ?? "" },
  });
  expect(again.status()).toBe(304);
});
