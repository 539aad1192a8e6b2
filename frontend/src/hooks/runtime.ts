"use client";

import { createContext, useContext } from "react";
import type { Connection } from "@/lib/api/connect";
import type { StorageArea } from "@/lib/storage/entry";
import type { Local } from "@/lib/storage/local";

/** What the whole app shares, made once by `src/app/providers.tsx`. */
export interface Runtime {
  readonly area: StorageArea;
  readonly local: Local;
  readonly connection: Connection;
}

export const RuntimeContext = createContext<Runtime | undefined>(undefined);

export function useRuntime(): Runtime {
  const runtime = useContext(RuntimeContext);
  if (!runtime) throw new Error("The runtime is provided by src/app/providers.tsx.");
  return runtime;
}
