import { readEnv } from "@/config/env";

/** Asked at run time: the same build serves every environment. */
export const dynamic = "force-dynamic";

/** Where the API is. Public by definition: the browser talks to it. */
export function GET(): Response {
  return Response.json({ api_origin: readEnv().apiOrigin }, { headers: { "cache-control": "no-store" } });
}
