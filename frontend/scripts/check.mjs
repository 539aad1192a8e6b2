// `npm run check`: everything that is true of the sources without running them. Reports all failures, not only the first.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";

// Next.js writes this file when it builds; a fresh clone is checked before that.
if (!existsSync("next-env.d.ts")) writeFileSync("next-env.d.ts", '/// <reference types="next" />\n');

const checks = [
  ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  ["node_modules/typescript/bin/tsc", "--noEmit"],
  ["scripts/check-imports.mjs"],
  ["scripts/check-lock.mjs"],
];

const failed = checks.filter(
  (check) => spawnSync(process.execPath, check, { stdio: "inherit", env: process.env }).status !== 0,
);
for (const [check] of failed) console.error(`failed: ${check}`);
process.exit(failed.length > 0 ? 1 : 0);
