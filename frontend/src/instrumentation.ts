import { readEnv } from "@/config/env";

/** A server that does not know where the API is says so when it starts, not to the first visitor. */
export function register(): void {
  if (process.env.NEXT_RUNTIME === "nodejs") readEnv();
}
