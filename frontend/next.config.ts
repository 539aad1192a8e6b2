import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { NextConfig } from "next";

/** Headers that never change. The content security policy does (it names the API) and is set in `src/proxy.ts`. */
const everywhere = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
];

/** The same sources give the same build id, and other sources another one, wherever and whenever it is built. */
function fingerprint(): string {
  const digest = createHash("sha256").update(readFileSync("package-lock.json"));
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" }).sort()) {
    const path = join("src", file);
    if (statSync(path).isFile()) digest.update(file).update(readFileSync(path));
  }
  return digest.digest("hex").slice(0, 16);
}

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  reactStrictMode: true,
  poweredByHeader: false,
  typedRoutes: true,
  // `npm run check` does this, for every file and not only those that end up in the build.
  typescript: { ignoreBuildErrors: true },
  generateBuildId: fingerprint,
  headers: async () => [
    { source: "/:path*", headers: everywhere },
    {
      source: "/sw.js",
      headers: [
        { key: "Cache-Control", value: "no-cache" },
        { key: "Service-Worker-Allowed", value: "/" },
      ],
    },
  ],
};

export default config;
