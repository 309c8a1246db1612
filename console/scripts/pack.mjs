// Puts the built console where the server takes it from, each file compressed beforehand.
//
// The server fills three places of the page at each answer; a build whose page lacks one of them
// would start without its styles or at the wrong address, so it fails here.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const target = new URL("../../crates/server/console/", import.meta.url);
const FILLED = [
  '<base href="/" />',
  '<meta name="csp-nonce" content="" />',
  '<meta name="annals-parents" content="" />',
];
const WORTH_COMPRESSING = /\.(js|css|svg|json)$/;

const page = readFileSync(new URL("index.html", dist), "utf8");
for (const place of FILLED) {
  if (!page.includes(place)) throw new Error(`index.html lacks ${place}`);
}

for (const name of readdirSync(target)) {
  if (name !== ".gitignore") rmSync(new URL(name, target), { recursive: true });
}
writeFileSync(new URL("index.html", target), page);
cpSync(new URL("assets/", dist), new URL("assets/", target), { recursive: true });

const assets = new URL("assets/", target);
let files = 0;
for (const name of readdirSync(assets)) {
  files += 1;
  if (!WORTH_COMPRESSING.test(name)) continue;
  const plain = readFileSync(new URL(name, assets));
  const brotli = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } };
  writeFileSync(new URL(`${name}.br`, assets), brotliCompressSync(plain, brotli));
  writeFileSync(new URL(`${name}.gz`, assets), gzipSync(plain, { level: 9 }));
}
console.log(`${files} files for the server in ${fileURLToPath(target)}`);
