"use client";

import { useCallback } from "react";
import { useRuntime } from "@/hooks/runtime";
import { type Resource, useResource } from "@/hooks/use-resource";
import type { Connection } from "@/lib/api/connect";

/** A resource of the API. `load` has to be the same function each time. */
export function useLoaded<Value>(
  load: (connection: Connection, signal: AbortSignal) => Promise<Value>,
): Resource<Value> {
  const { connection } = useRuntime();
  return useResource(useCallback((signal: AbortSignal) => load(connection, signal), [connection, load]));
}
