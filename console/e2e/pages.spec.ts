// Every page in both languages, one of them in the dark: it comes up, it is accessible, and it fits a
// narrow window.

import { expect, expectAccessible, test } from "./annals";
import { PAGES, visit } from "./pages";

const THEME_OF = { en: "light", zh: "dark" } as const;

for (const language of ["en", "zh"] as const) {
  for (const listed of PAGES) {
    test.describe(`${listed.name}, ${language}`, () => {
      test.use({ person: listed.person, language, theme: THEME_OF[language] });

      test("comes up and is accessible", async ({ page }) => {
        await visit(page, listed, language);
        await expectAccessible(page);
        // WCAG 1.4.10: at 320 CSS pixels nothing is reached by scrolling sideways.
        await page.setViewportSize({ width: 320, height: 700 });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, "scrolls sideways").toBeLessThanOrEqual(0);
      });
    });
  }
}
