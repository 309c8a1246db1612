// What is counted for a first visit, and that nothing is left out silently.

import { expect, test } from "vitest";
import { firstVisit } from "./firstVisit.mjs";

const MANIFEST = {
  "index.html": { isEntry: true, imports: ["_react.js"] },
  "src/page.tsx": { imports: ["_table.js", "_react.js"] },
  "src/other.tsx": { imports: ["_chart.js"] },
  "_react.js": {},
  "_table.js": {},
  "_chart.js": {},
};

test("the entry and the named chunks count with what they import, others do not", () => {
  const names = [...firstVisit(MANIFEST, ["src/page.tsx"])].sort();
  expect(names).toEqual(["_react.js", "_table.js", "index.html", "src/page.tsx"]);
});

test("a name that was not built is not passed over", () => {
  expect(() => firstVisit(MANIFEST, ["src/renamed.tsx"])).toThrow("src/renamed.tsx is no chunk");
});
