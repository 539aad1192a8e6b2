// `npm run openapi`: writes src/lib/api/schema.d.ts from the document of a running gateway (DAYBOOK_API_URL).
// With --check nothing is written; it fails when the committed file is not what the gateway describes.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../src/lib/api/schema.d.ts", import.meta.url));
const document = new URL("/openapi.json", process.env.DAYBOOK_API_URL ?? "http://localhost:8000");

const PROBLEM = {
  description: "RFC 9457",
  type: "object",
  required: ["type", "title", "status"],
  properties: {
    type: { type: "string", description: "urn:problem:<slug>" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
  },
  additionalProperties: true,
};

if (!existsSync(`${here}node_modules`)) {
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const response = await fetch(document).catch((error) => {
  console.error(
    `${document} does not answer (${error.cause?.code ?? error.message}). Start the system first: make start`,
  );
  process.exit(1);
});
if (!response.ok) {
  console.error(`${document} answered ${response.status}.`);
  process.exit(1);
}

const {
  default: openapiTypes,
  astToString,
  COMMENT_HEADER,
} = await import(new URL("node_modules/openapi-typescript/dist/index.mjs", import.meta.url).href);
const types =
  COMMENT_HEADER +
  astToString(await openapiTypes(withoutRepetition(await response.json()), { alphabetize: true }));

/**
 * The document without what the app reads in one place (lib/api/problems.ts) and never by operation: what every answer's
 * headers are, and the same problem for each of twenty statuses.
 */
function withoutRepetition(document) {
  const { headers: _, ...components } = document.components ?? {};
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  for (const operation of operations) {
    if (!operation?.responses) continue;
    const succeeded = Object.entries(operation.responses).filter(([status]) => Number(status) < 400);
    operation.responses = {
      ...Object.fromEntries(succeeded.map(([status, { headers: _, ...answer }]) => [status, answer])),
      default: {
        description: "A problem",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    };
  }
  return { ...document, components: { ...components, schemas: { ...components.schemas, Problem: PROBLEM } } };
}

if (!process.argv.includes("--check")) {
  writeFileSync(target, types);
  console.log(`wrote ${target}`);
} else if (readFileSync(target, "utf8") !== types) {
  console.error(
    "src/lib/api/schema.d.ts is not what the gateway describes: run `npm run openapi` and commit it.",
  );
  process.exit(1);
} else console.log("src/lib/api/schema.d.ts is what the gateway describes");
