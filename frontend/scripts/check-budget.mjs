// Fails when a page makes the browser load more script than allowed before it can be used. Says besides what follows on
// the pages of todos until the list is there: the store, its database and the engine, which are loaded by themselves.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 190_000;
const paths = [
  "/",
  "/today",
  "/upcoming",
  "/done",
  "/trash",
  "/tag",
  "/search",
  "/share",
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

/** The pages that show todos, and words of ours by which the parts are known that these load by themselves. */
const withTodos = new Set(["/", "/today", "/upcoming", "/done", "/trash", "/tag", "/search"]);
const parts = { store: "daybook:todos:v2", database: "chromeTransactionDurability", engine: "empty-answer" };

const sizes = new Map();
const gzipped = (path) => {
  if (!sizes.has(path)) sizes.set(path, gzipSync(readFileSync(path), { level: 9 }).length);
  return sizes.get(path);
};

const totalOf = (scripts) => [...scripts].reduce((sum, script) => sum + gzipped(`.next/${script}`), 0);

/** The scripts of the parts, each with those that are always loaded together with it. */
function loadedAfterwards() {
  const names = readdirSync(".next/static/chunks").filter((name) => name.endsWith(".js"));
  const sources = new Map(
    names.map((name) => [`static/chunks/${name}`, readFileSync(`.next/static/chunks/${name}`, "utf8")]),
  );
  const groups = [...sources.values()].flatMap((source) =>
    [...source.matchAll(/\[("static\/chunks\/[^\]]+")\]/g)].map(([, list]) => JSON.parse(`[${list}]`)),
  );
  return Object.entries(parts).flatMap(([part, word]) => {
    const script = [...sources.keys()].find((name) => sources.get(name).includes(word));
    if (!script) throw new Error(`No script has “${word}”: by what is the ${part} known now?`);
    return [script, ...(groups.find((group) => group.includes(script)) ?? [])];
  });
}

const afterwards = loadedAfterwards();
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
    .flatMap(([, attributes]) => attributes.match(/\bsrc="\/_next\/([^"?]+)/)?.[1] ?? [])
    .map(decodeURIComponent);
  const first = new Set(scripts);
  const total = totalOf(first);
  const rest = withTodos.has(path) ? totalOf(new Set(afterwards.filter((script) => !first.has(script)))) : 0;
  const later = rest > 0 ? `, ${(rest / 1000).toFixed(1)} kB more until the list is there` : "";
  const verdict = total <= BUDGET ? "ok" : "OVER BUDGET";
  failed ||= total > BUDGET;
  console.log(
    `${path.padEnd(20)} ${(total / 1000).toFixed(1).padStart(6)} kB of ${BUDGET / 1000} kB gzip  ${verdict}${later}`,
  );
}
process.exit(failed ? 1 : 0);
