// Lets several devices of one person work against a running API, with the app's own engine, and writes what came of it:
//   DAYBOOK_API_URL=… DAYBOOK_ACCESS_TOKEN=… node scripts/devices.mjs --seeds 1-20 --devices 5 --operations 200 --out x.json
// The token may be given by DAYBOOK_ACCESS_TOKEN_FILE instead, which is read again when the API refuses the last one.
// Exits with 1 when any seed has lost, doubled or resurrected something, or did not come to one state.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    devices: { type: "string", default: "5" },
    operations: { type: "string", default: "200" },
    patience: { type: "string", default: "60000" },
    out: { type: "string" },
  },
});

const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
};
const readToken = () => {
  const file = process.env.DAYBOOK_ACCESS_TOKEN_FILE;
  return file ? readFileSync(file, "utf8").trim() : required("DAYBOOK_ACCESS_TOKEN");
};
let token = readToken();
const tokens = {
  current: async () => token,
  renew: async (refused) => {
    token = readToken();
    return token === refused ? undefined : token;
  },
};

const [first, last = first] = values.seeds.split("-").map(Number);
const root = new URL("..", import.meta.url).pathname;

/** The driver and the engine as one file, since Node does not read TypeScript. */
async function load(entry) {
  const folder = mkdtempSync(join(tmpdir(), "daybook-devices-"));
  await build({
    root,
    configFile: false,
    logLevel: "error",
    resolve: { alias: { "@": `${root}src` } },
    ssr: { noExternal: true },
    build: {
      ssr: `${root}${entry}`,
      outDir: folder,
      minify: false,
      rolldownOptions: { output: { entryFileNames: "[name].mjs" } },
    },
  });
  const module = await import(pathToFileURL(join(folder, "run.mjs")).href);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return module;
}

const { run } = await load("src/testing/devices/run.ts");

const seeds = [];
for (let seed = first; seed <= last; seed++) {
  const report = await run({
    api: required("DAYBOOK_API_URL"),
    tokens,
    seed,
    devices: Number(values.devices),
    operations: Number(values.operations),
    patience: Number(values.patience),
  });
  seeds.push(report);
  console.log(JSON.stringify(report));
}

const isGood = (report) =>
  report.converged &&
  report.agrees_with_server &&
  report.lost_updates.length === 0 &&
  report.resurrected.length === 0;
const settled = seeds.map(({ settled_ms }) => settled_ms).sort((a, b) => a - b);
const result = {
  seeds,
  good: seeds.filter(isGood).length,
  settled_ms: { median: settled[settled.length >> 1], max: settled.at(-1) },
};
if (values.out) writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
console.log(`${result.good} of ${seeds.length} seeds came to one state and lost nothing`);
process.exit(result.good === seeds.length ? 0 : 1);
