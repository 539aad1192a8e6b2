// Fails when the lock leaves out a platform binary (`npm ci` would stop there with EUSAGE) or names a download address.
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const names = new Set(Object.keys(packages).map((path) => path.split("node_modules/").pop()));
const entries = Object.entries(packages);

const missing = entries.flatMap(([path, { optionalDependencies = {} }]) =>
  Object.keys(optionalDependencies)
    .filter((name) => !names.has(name))
    .map((name) => `${path} needs ${name} on some platform, and the lock does not have it`),
);
const located = entries
  .filter(([, { resolved }]) => resolved)
  .map(([path]) => `${path} carries a download address`);
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
  .map(([name, version]) => `${name} is not pinned: ${version}`);

const problems = [...missing, ...located, ...loose];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`lock ok: ${names.size} packages, every platform binary present`);
