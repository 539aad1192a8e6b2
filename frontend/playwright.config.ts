import { defineConfig } from "@playwright/test";

/** The system that runs already: `make start` prints both addresses. Nothing here is faked. */
const appUrl = process.env.DAYBOOK_APP_URL ?? "http://localhost:3000";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 1,
  retries: 0,
  // Generous: a machine that others use too may be ten times slower than one of one's own.
  timeout: 300_000,
  // What is broken as a whole is known after a few tests, not after all of them have waited.
  maxFailures: 8,
  expect: { timeout: 60_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    baseURL: appUrl,
    browserName: "chromium",
    locale: "en-GB",
    colorScheme: "light",
    // A button that cannot be pressed is said to be so, instead of waited for until the test is over.
    actionTimeout: 60_000,
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-domain-reliability",
        // Nothing here is drawn in three dimensions, and a graphics card in software costs a third of the time.
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
