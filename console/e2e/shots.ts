// Pictures of every page in both languages and both themes, for people to look at.

import { mkdirSync } from "node:fs";
import { expect, test } from "./annals";
import { PAGES, visit } from "./pages";

const folder = process.env.ANNALS_SHOTS ?? "../../target/shots";
/** Pages with a chart, which comes after the rest. */
const DRAWN = ["log", "event", "overview", "user", "ip"];
mkdirSync(folder, { recursive: true });

for (const language of ["en", "zh"] as const) {
  for (const theme of ["light", "dark"] as const) {
    for (const listed of PAGES) {
      test.describe(`${listed.name}, ${language}, ${theme}`, () => {
        test.use({ person: listed.person, language, theme });

        test("is pictured", async ({ page }) => {
          await visit(page, listed, language);
          if (DRAWN.includes(listed.name)) await expect(page.locator("canvas")).toBeVisible();
          // A page that follows something never falls quiet; then it is taken as it is.
          await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
          await page.screenshot({ path: `${folder}/${listed.name}-${language}-${theme}.png` });
        });
      });
    }
  }
}
