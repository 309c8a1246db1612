// Browser tests: the console as the real program serves it, in Debian's Chromium.
//
// `cargo xtask test` runs the project `tests`, `cargo xtask shots` the project `shots`. One server
// with one folder of events serves all of them (`setup.ts`); a test that changes something makes its
// own account or token. There are no retries: what fails sometimes is broken.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  outputDir: "../../target/browser-tests",
  globalSetup: "./setup.ts",
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: "chromium",
    viewport: { width: 1366, height: 860 },
    locale: "en-GB",
    timezoneId: "Asia/Shanghai",
    colorScheme: "light",
    reducedMotion: "reduce",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: "/usr/bin/chromium",
      args: [
        // Tests run as root in places where there is no other user.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        // The browser itself asks nobody either.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "tests", testMatch: "*.spec.ts" },
    { name: "shots", testMatch: "shots.ts" },
  ],
});
