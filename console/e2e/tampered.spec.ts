// The browser checks what it shows. A server that lies in one byte is found out by the page itself.

import { expect, test } from "./annals";
import { drawer, rows } from "./log";
import { CLUSTER, RELEASER } from "./story";

const filter = encodeURIComponent(`operation:cluster.release object:${CLUSTER.id}`);
const address = `/ui/log?range=30d&q=${filter}`;

test("an event as it was kept is verified", async ({ page }) => {
  await page.goto(address);
  await rows(page).first().click();
  await expect(drawer(page)).toContainText("Verified in this browser");
});

// The list and the event say somebody else did it; the proof is the true one.
test("an event that is shown otherwise than proved is not", async ({ page }) => {
  await page.route(/\/v1\/events/, async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    const isProof = route.request().url().includes("/proof");
    const body = isProof ? text : text.replaceAll(`"${RELEASER.operator}"`, '"lisi"');
    await route.fulfill({ response: answer, body });
  });
  await page.goto(address);
  await rows(page).first().click();
  await expect(drawer(page)).toContainText("lisi");
  await expect(drawer(page)).toContainText("Not verified");
});

// The proof itself was altered.
test("an event with an altered proof is not", async ({ page }) => {
  await page.route(/\/proof$/, async (route) => {
    const answer = await route.fetch();
    const lines = (await answer.text()).split("\n");
    const at = lines.findIndex((line) => /^[A-Za-z0-9+/]{43}=$/.test(line));
    const line = lines[at] ?? "";
    lines[at] = (line[0] === "A" ? "B" : "A") + line.slice(1);
    await route.fulfill({ response: answer, body: lines.join("\n") });
  });
  await page.goto(address);
  await rows(page).first().click();
  await expect(drawer(page)).toContainText("Not verified");
});
