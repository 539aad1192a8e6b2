/**
 * What the server process reads from its environment, checked. The build reads nothing: one build serves every
 * environment, and the browser learns the API's address from `/config.json`.
 */
export interface Env {
  /** Public origin of the gateway, such as `https://api.example.org`, without a path. */
  readonly apiOrigin: string;
}

export class EnvError extends Error {
  override readonly name = "EnvError";
}

export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const value = source.DAYBOOK_API_URL?.trim();
  if (!value) {
    throw new EnvError(
      "DAYBOOK_API_URL is not set. It is the public address of the API, such as http://localhost:8000.",
    );
  }
  return { apiOrigin: origin(value) };
}

function origin(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const bare = url && url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  if (!bare || !["http:", "https:"].includes(url.protocol)) {
    throw new EnvError(
      `DAYBOOK_API_URL must be an http or https address without a path, such as http://localhost:8000; it is ${JSON.stringify(value)}.`,
    );
  }
  return url.origin;
}
