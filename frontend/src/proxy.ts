import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/config/content-security-policy";
import { readEnv } from "@/config/env";

/** Documents only: what is fetched by them is governed by their policy. */
export const config = {
  matcher: ["/((?!_next/static|_next/image|icons/|sw.js|config.json|manifest.webmanifest|robots.txt).*)"],
};

const isDevelopment = process.env.NODE_ENV === "development";
let hashes: Readonly<Record<string, readonly string[]>> | undefined;

/** The policy names the API's address and is therefore made when a page is asked for, not when it is built. */
export function proxy(request: NextRequest): NextResponse {
  const response = NextResponse.next();
  const policy = contentSecurityPolicy({
    scriptHashes: scriptHashes(request.nextUrl.pathname),
    apiOrigin: readEnv().apiOrigin,
    isDevelopment,
  });
  response.headers.set("content-security-policy", policy);
  return response;
}

function scriptHashes(pathname: string): readonly string[] {
  if (isDevelopment) return [];
  // Written by scripts/csp.mjs after the build, beside the documents it describes.
  hashes ??= JSON.parse(
    readFileSync(join(/* turbopackIgnore: true */ process.cwd(), ".next/csp.json"), "utf8"),
  );
  return hashes?.[pathname] ?? hashes?.["/_not-found"] ?? [];
}
