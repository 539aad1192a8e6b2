// Fails when an import goes against the direction of the layers, when two features know each other, when a file is too
// long to be read at once, or when a file only passes on what others export.
import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const MAX_LINES = 250;
/** Each layer may import itself and the ones before it. */
const LAYERS = ["config", "lib", "hooks", "components", "features", "app"];
const GENERATED = new Set(["lib/api/schema.d.ts"]);
/** Next.js looks for these beside `app`. */
const ENTRIES = { "proxy.ts": "app", "instrumentation.ts": "app" };

const layerOf = (file) => ENTRIES[file] ?? file.split("/")[0];
const featureOf = (file) => (file.startsWith("features/") ? file.split("/")[1] : undefined);
const isTest = (file) => file.startsWith("testing/") || /\.test\.tsx?$/.test(file);

/** What is wrong with one file, as sentences. */
export function problemsOf(file, source) {
  const problems = [];
  const lines = source.split("\n").length - 1;
  if (!GENERATED.has(file) && lines > MAX_LINES) problems.push(`${lines} lines, ${MAX_LINES} at most`);
  if (/^export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s+from/m.test(source))
    problems.push("passes on exports of others");
  for (const [, target] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (target.startsWith(".") && !target.endsWith(".css")) problems.push(`relative import of ${target}`);
    if (target.startsWith("@/") && !isTest(file)) problems.push(...importProblems(file, target.slice(2)));
  }
  return problems.map((problem) => `${file}: ${problem}`);
}

function importProblems(file, imported) {
  const problems = [];
  const [layer, importedLayer] = [layerOf(file), layerOf(imported)];
  const [feature, importedFeature] = [featureOf(file), featureOf(imported)];
  if (isTest(imported)) problems.push(`imports ${imported}, which is for tests`);
  else if (LAYERS.indexOf(importedLayer) > LAYERS.indexOf(layer)) {
    problems.push(`${layer} must not import ${importedLayer} (${imported})`);
  }
  if (feature && importedFeature && feature !== importedFeature) {
    problems.push(`feature ${feature} must not import feature ${importedFeature} (${imported})`);
  }
  return problems;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const files = readdirSync("src", { recursive: true })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\.tsx?$/.test(file));
  const problems = files.flatMap((file) => problemsOf(file, readFileSync(`src/${file}`, "utf8")));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  console.log(`imports ok: ${files.length} files go ${LAYERS.join(" → ")}`);
}
