// Chinese names of the pages in the navigation.

import type { nav as english } from "../en/nav";
import type { TranslationOf } from "../messages";

export const nav: TranslationOf<typeof english> = {
  log: "审计日志",
};
