import { Unreachable } from "@/lib/api/problems";

export const CONFIG_PATH = "/config.json";

/**
 * The API's origin, asked of the app's own server once and remembered as long as the page lives.
 * A failed attempt is forgotten, so that the next call asks again.
 */
export function createAddress(fetchConfig: () => Promise<Response>): () => Promise<string> {
  let asked: Promise<string> | undefined;
  const ask = async () => {
    try {
      const response = await fetchConfig();
      const config: unknown = await response.json();
      const origin = (config as { api_origin?: unknown } | null)?.api_origin;
      if (!response.ok || typeof origin !== "string")
        throw new TypeError("The app's configuration is incomplete.");
      return origin;
    } catch (cause) {
      asked = undefined;
      throw new Unreachable({ cause });
    }
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}
