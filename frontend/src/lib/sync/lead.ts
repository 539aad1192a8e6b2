import { load } from "@/lib/load";
import type { Batch } from "@/lib/sync/batch";
import type { Engine, EngineParts } from "@/lib/sync/engine";
import { expired } from "@/lib/sync/receive";

interface Lead extends Omit<EngineParts, "apply"> {
  readonly change: (batch: Batch) => void;
}

/** What the tab whose turn it is begins with. The engine is loaded now: most tabs never need it. */
export async function takeLead({ change, ...parts }: Lead, signal: AbortSignal): Promise<Engine> {
  const { Engine } = await load(() => import("@/lib/sync/engine"), signal);
  const old = expired(parts.replica);
  if (!old.isEmpty) change(old.toBatch());
  return new Engine({ ...parts, apply: (draft) => change(draft.toBatch()) });
}
