// Fails when what a first visit loads has grown over its budget.
//
// It follows the static imports of the entry in the build's manifest, the way a browser does; pages
// that are loaded later count by themselves. Sizes are gzip, as the server sends them.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const INITIAL_JS_KB_MAX = 260;
const ALL_CSS_KB_MAX = 25;
const LAZY_CHUNK_KB_MAX = 100;

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const kilobytes = (file) => gzipSync(readFileSync(new URL(file, dist))).length / 1000;

const initial = new Set();
const follow = (name) => {
  if (initial.has(name)) return;
  initial.add(name);
  for (const next of manifest[name].imports ?? []) follow(next);
};
for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) follow(name);

const chunks = Object.entries(manifest).filter(([, chunk]) => chunk.file.endsWith(".js"));
const css = new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []));
const sum = (files) => files.reduce((total, file) => total + kilobytes(file), 0);
const initialJs = sum([...initial].map((name) => manifest[name].file));
const allCss = sum([...css]);
const lazy = chunks.filter(([name]) => !initial.has(name)).map(([, chunk]) => chunk.file);

let over = false;
const check = (what, value, limit) => {
  const verdict = value > limit ? "OVER" : "ok";
  over ||= value > limit;
  console.log(`${verdict.padEnd(5)} ${what}: ${value.toFixed(1)} kB gzip of ${limit}`);
};
check("initial JS", initialJs, INITIAL_JS_KB_MAX);
check("all CSS", allCss, ALL_CSS_KB_MAX);
for (const file of lazy) check(file, kilobytes(file), LAZY_CHUNK_KB_MAX);
process.exit(over ? 1 : 0);
