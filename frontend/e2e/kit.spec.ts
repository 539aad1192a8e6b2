import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { API } from "./support";

/** Only a development server has the page; it builds beside what `npm run build` has made, and takes nothing from it. */
let server: ChildProcess;
let address: string;

test.beforeAll(async ({ request }) => {
  // Turbopack builds the page when it is asked for, on as many cores as there are.
  test.setTimeout(600_000);
  const port = await freePort();
  address = `http://localhost:${port}/kit`;
  server = spawn(process.execPath, ["node_modules/next/dist/bin/next", "dev", "--port", `${port}`], {
    // What runs tests says so in NODE_ENV, and Next.js would believe it.
    env: { ...process.env, DAYBOOK_API_URL: API, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "development" },
    stdio: ["ignore", "inherit", "inherit"],
    // With a group of its own, so that what it starts ends with it.
    detached: true,
  });
  const status = () =>
    request.get(address).then(
      (answer) => answer.status(),
      () => 0,
    );
  await expect.poll(status, { timeout: 300_000 }).toBe(200);
});

test.afterAll(async () => {
  const ended = once(server, "exit");
  if (server.pid && server.exitCode === null) {
    process.kill(-server.pid, "SIGTERM");
    await ended;
  }
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const found = probe.address();
  probe.close();
  await once(probe, "close");
  if (!found || typeof found === "string") throw new Error("a server that listens has a port");
  return found.port;
}

for (const theme of ["light", "dark"] as const) {
  test(`every control in every state has nothing against it in ${theme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme: theme, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "Kit", level: 1 })).toBeVisible();
    await page.screenshot({ path: `screenshots/kit-${theme}.png`, fullPage: true });
    const { violations } = await new AxeBuilder({ page })
      // What Next.js shows to developers is not ours.
      .exclude("nextjs-portal")
      // Two pages stand in one here, each with a heading of its own.
      .disableRules(["page-has-heading-one", "heading-order", "duplicate-id-aria"])
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await context.close();
  });
}
