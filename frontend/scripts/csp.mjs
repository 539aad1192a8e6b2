// Hashes the inline scripts of every prerendered document into .next/csp.json, from which src/proxy.ts makes headers.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = ".next/server/app";
const inlineScript = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g;
const hash = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const policies = {};
for (const file of readdirSync(root, { recursive: true }).sort()) {
  if (!file.endsWith(".html")) continue;
  const document = readFileSync(join(root, file), "utf8");
  const path = file === "index.html" ? "/" : `/${file.replace(/\.html$/, "")}`;
  policies[path] = [...new Set([...document.matchAll(inlineScript)].map(([, script]) => hash(script)))];
}
writeFileSync(".next/csp.json", JSON.stringify(policies));
console.log(
  `csp: ${Object.keys(policies).length} documents, ${Object.values(policies).flat().length} inline scripts`,
);
