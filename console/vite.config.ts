// How the console is built and served while one works on it.
//
// All addresses are relative to the page's <base>, so one build serves under any base path. Nothing
// is inlined: the server's Content-Security-Policy allows scripts of its own origin and no others.

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.ANNALS_SERVER ?? "http://127.0.0.1:8787";
// For working without signing in; only this development server ever sends it.
const token = process.env.ANNALS_TOKEN;
const proxied = {
  target: server,
  changeOrigin: true,
  ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
};

export default defineConfig({
  base: "./",
  plugins: [react()],
  server: { proxy: { "/v1": proxied, "/log": proxied, "/openapi.json": proxied } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
  },
  css: { modules: { localsConvention: "camelCaseOnly" } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx", "scripts/*.test.mjs"] },
});
