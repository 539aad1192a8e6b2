// Writes public/sw.js: the service worker with the list of what it keeps, after `next build`.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const files = (root) =>
  readdirSync(root, { recursive: true })
    .map((file) => join(root, file))
    .filter((path) => statSync(path).isFile());
const digest = (data) => createHash("sha256").update(data).digest("hex").slice(0, 12);

const assets = files(".next/static")
  .filter((path) => !path.endsWith(".map"))
  .map((path) => `/_next/static/${relative(".next/static", path)}`)
  .sort();

/** The file a prerendered route was written to. Routes without one (error pages) are not kept. */
const rendered = (route) =>
  ["html", "body"]
    .map((extension) => `.next/server/app/${route === "/" ? "index" : route.slice(1)}.${extension}`)
    .find((path) => existsSync(path));

const { routes } = JSON.parse(readFileSync(".next/prerender-manifest.json", "utf8"));
const documents = Object.keys(routes)
  .filter((route) => !route.startsWith("/_") && rendered(route))
  .map((route) => [route, digest(readFileSync(rendered(route)))]);
const publicFiles = files("public")
  .filter((path) => path !== join("public", "sw.js"))
  .map((path) => [`/${relative("public", path)}`, digest(readFileSync(path))]);

// A URL listed twice would make the worker fail to install, silently: a map has each one once.
const manifest = { assets, documents: [...new Map([...documents, ...publicFiles])].sort() };
const version = digest(JSON.stringify(manifest));
const source = readFileSync("src/sw.js", "utf8")
  .replace("self.__MANIFEST", JSON.stringify(manifest))
  .replace("self.__VERSION", JSON.stringify(version));
writeFileSync("public/sw.js", source);
console.log(`sw.js ${version}: ${assets.length} assets, ${manifest.documents.length} documents`);
