// Fails when what a first visit loads has grown over its budget.
//
// A first visit is the entry, the shell, the audit page and one language, with all that they import, read
// from the build's manifest; the bars above the rows and every other page come later and count by
// themselves. Sizes are gzip, as the server sends them.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { firstVisit } from "./firstVisit.mjs";

const INITIAL_JS_KB_MAX = 260;
const INITIAL_CSS_KB_MAX = 25;
const LAZY_CHUNK_KB_MAX = 100;
const FIRST_VISIT = ["src/shell/Shell.tsx", "src/pages/log/LogPage.tsx", "src/i18n/zh/index.ts"];

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const kilobytes = (file) => gzipSync(readFileSync(new URL(file, dist))).length / 1000;

const initial = firstVisit(manifest, FIRST_VISIT);

const chunks = Object.entries(manifest).filter(([, chunk]) => chunk.file.endsWith(".js"));
const css = new Set([...initial].flatMap((name) => manifest[name].css ?? []));
const sum = (files) => files.reduce((total, file) => total + kilobytes(file), 0);
const initialJs = sum([...initial].map((name) => manifest[name].file));
const initialCss = sum([...css]);
const lazy = chunks.filter(([name]) => !initial.has(name)).map(([, chunk]) => chunk.file);

let over = false;
const check = (what, value, limit) => {
  const verdict = value > limit ? "OVER" : "ok";
  over ||= value > limit;
  console.log(`${verdict.padEnd(5)} ${what}: ${value.toFixed(1)} kB gzip of ${limit}`);
};
check("JS of a first visit", initialJs, INITIAL_JS_KB_MAX);
check("CSS of a first visit", initialCss, INITIAL_CSS_KB_MAX);
for (const file of lazy) check(file, kilobytes(file), LAZY_CHUNK_KB_MAX);
process.exit(over ? 1 : 0);
