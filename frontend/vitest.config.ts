import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  test: {
    include: ["src/**/*.test.{ts,tsx}", "scripts/**/*.test.mjs"],
    // A test that needs a document says so in its first line. Node is closer to a browser's fetch than its imitations.
    environment: "node",
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 180_000,
    // Starting a worker costs more than most of these tests.
    maxWorkers: 2,
  },
});
