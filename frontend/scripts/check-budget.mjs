// Fails when a page makes the browser load more script than allowed before it can be used.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 190_000;
const paths = [
  "/",
  "/sign-in",
  "/register",
  "/forgot",
  "/reset",
  "/verify",
  "/settings",
  "/settings/security",
  "/settings/devices",
  "/settings/tokens",
  "/settings/activity",
  "/settings/data",
];

const sizes = new Map();
const gzipped = (path) => {
  if (!sizes.has(path)) sizes.set(path, gzipSync(readFileSync(path), { level: 9 }).length);
  return sizes.get(path);
};

let failed = false;
for (const path of paths) {
  const file = path === "/" ? "index" : path.slice(1);
  const document = `.next/server/app/${file}.html`;
  if (!existsSync(document)) {
    console.error(`${document} is missing: run \`npm run build\` first.`);
    process.exit(1);
  }
  const html = readFileSync(document, "utf8");
  // Old browsers alone load `nomodule` scripts.
  const scripts = [...html.matchAll(/<script\b([^>]*)>/g)]
    .filter(([, attributes]) => !/\bnomodule\b/i.test(attributes))
    .flatMap(([, attributes]) => attributes.match(/\bsrc="\/_next\/([^"?]+)/)?.[1] ?? []);
  const total = [...new Set(scripts)].reduce(
    (sum, script) => sum + gzipped(`.next/${decodeURIComponent(script)}`),
    0,
  );
  const verdict = total <= BUDGET ? "ok" : "OVER BUDGET";
  failed ||= total > BUDGET;
  console.log(
    `${path.padEnd(20)} ${(total / 1000).toFixed(1).padStart(6)} kB of ${BUDGET / 1000} kB gzip  ${verdict}`,
  );
}
process.exit(failed ? 1 : 0);
