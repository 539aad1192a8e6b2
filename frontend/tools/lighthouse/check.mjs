// `npm run lighthouse`: what Lighthouse finds on pages of a running system (DAYBOOK_APP_URL, DAYBOOK_API_URL). Fails
// unless accessibility, best practices and SEO are 1.0, and tells what does not apply.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const here = fileURLToPath(new URL(".", import.meta.url));
const app = process.env.DAYBOOK_APP_URL ?? "http://localhost:3000";
const api = process.env.DAYBOOK_API_URL ?? "http://localhost:8000";
const categories = ["accessibility", "best-practices", "seo"];

if (!existsSync(`${here}node_modules`)) {
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
const { default: lighthouse } = await import("lighthouse");

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Answers what is wrong with a page, as sentences. */
async function look(path, port) {
  const url = new URL(path, app).href;
  const result = await lighthouse(url, {
    port,
    onlyCategories: categories,
    // How fast a page comes is measured elsewhere: nothing has to be slowed down for this.
    throttlingMethod: "provided",
    logLevel: "error",
  });
  const { audits, finalDisplayedUrl, categories: found, runtimeError } = result.lhr;
  if (runtimeError) return [`${path}: ${runtimeError.message}`];
  if (finalDisplayedUrl !== url) return [`${path} led to ${finalDisplayedUrl}`];
  const problems = categories.flatMap((category) => {
    const { score, auditRefs } = found[category];
    console.log(`${path.padEnd(10)} ${category.padEnd(15)} ${score ?? "–"}`);
    // What does not apply, or only informs, has no weight by now.
    const failed = auditRefs.filter(({ id, weight }) => weight > 0 && audits[id].score !== 1);
    return failed.map(({ id }) => `${path}: ${id}: ${wordsOf(audits[id])}`);
  });
  const inapplicable = Object.values(audits).filter(
    ({ scoreDisplayMode }) => scoreDisplayMode === "notApplicable",
  );
  console.log(`${"".padEnd(11)}does not apply: ${inapplicable.map(({ id }) => id).join(", ")}`);
  return problems;
}

function wordsOf({ title, explanation, errorMessage, details }) {
  const items = (details?.items ?? []).slice(0, 5).map((item) => JSON.stringify(item.node?.snippet ?? item));
  return [title, explanation, errorMessage, ...items].filter(Boolean).join("\n  ");
}

const port = await freePort();
const profile = mkdtempSync(join(tmpdir(), "daybook-lighthouse-"));
// With a profile of its own, not a context beside it: the pages that Lighthouse opens have the cookies of the profile.
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
  args: [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-quic",
    `--remote-debugging-port=${port}`,
  ],
});
try {
  const problems = [...(await look("/sign-in", port)), ...(await look("/register", port))];
  const account = { email: `lighthouse-${randomUUID()}@example.com`, password: "a long enough passphrase" };
  const registered = await browser.request.post(`${api}/auth/register`, {
    data: account,
    headers: { origin: app },
  });
  if (!registered.ok()) throw new Error(`registering: ${registered.status()} ${await registered.text()}`);
  problems.push(...(await look("/", port)));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
