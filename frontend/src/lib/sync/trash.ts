import { Draft } from "@/lib/sync/batch";
import type { Replica } from "@/lib/sync/replica";
import type { Transport } from "@/lib/sync/transport";

/** Reads from the server's trash what this device never had, or had forgotten. */
export async function readTrash(
  transport: Transport,
  replica: Replica,
  commit: (draft: Draft) => void,
  signal: AbortSignal,
): Promise<void> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Transport["trash"]>> = await transport.trash(cursor, signal);
    signal.throwIfAborted();
    const draft = new Draft();
    for (const document of page.items) {
      const known = replica.shadow.get(document.id);
      // What the stream of changes has told since is newer.
      if (known && known.version > document.version) continue;
      draft.put("shadow", { ...document, seq: 0 });
    }
    if (!draft.isEmpty) commit(draft);
    cursor = page.next_cursor;
  } while (cursor !== null);
}
