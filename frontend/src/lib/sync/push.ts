import { ApiProblem } from "@/lib/api/problems";
import { changedFields, differences, merge } from "@/lib/sync/merge";
import type { Transport } from "@/lib/sync/transport";
import type { Obstacle, Queued, Todo } from "@/lib/sync/types";

export type Settlement =
  /** On the server, or no longer needed there. `stored` is null when the todo is gone. */
  | { readonly type: "done"; readonly stored: Todo | null }
  /** Waits for the person. */
  | { readonly type: "obstructed"; readonly obstacle: Obstacle; readonly stored: Todo | null | undefined };

/** Each round is caused by a write of somebody else's in between; so many in a row are no accident. */
const ROUNDS = 5;

/** Brings one operation to the server without overwriting what the person has not seen. Throws what may pass. */
export async function push(
  queued: Queued,
  known: Todo | undefined,
  transport: Transport,
  signal: AbortSignal,
): Promise<Settlement> {
  let stored = known;
  for (let round = 0; round < ROUNDS; round++) {
    const step = await attempt(queued, stored, transport, signal);
    if ("type" in step) return step;
    stored = step.stored;
  }
  throw new ApiProblem(
    503,
    "busy",
    "This todo is being changed elsewhere",
    undefined,
    [],
    undefined,
    undefined,
    {},
  );
}

type Step = Settlement | { readonly stored: Todo };

async function attempt(
  queued: Queued,
  known: Todo | undefined,
  transport: Transport,
  signal: AbortSignal,
): Promise<Step> {
  const { operation } = queued;
  if (operation.kind === "create") return send(queued, queued.operation, undefined, transport, signal);
  const stored = known ?? (await transport.fetch(operation.todo_id, signal));
  if (!stored || stored.deleted_at !== null) return gone(queued);
  if (operation.kind === "delete") {
    const fields = differences(queued.seen, stored);
    if (fields.length > 0) return { type: "obstructed", obstacle: { type: "clash", stored, fields }, stored };
    return send(queued, operation, stored.version, transport, signal);
  }
  const { changes, clashes } = merge(stored, operation.changes);
  if (clashes.length > 0) {
    return { type: "obstructed", obstacle: { type: "clash", stored, fields: clashes }, stored };
  }
  if (changedFields(changes).length === 0) return { type: "done", stored };
  return send(queued, { ...operation, changes }, stored.version, transport, signal);
}

async function send(
  queued: Queued,
  operation: Queued["operation"],
  version: number | undefined,
  transport: Transport,
  signal: AbortSignal,
): Promise<Step> {
  const result = await transport.push(operation, version, signal);
  if (result.outcome === "applied") return { type: "done", stored: result.todo };
  return result.outcome === "stale" ? { stored: result.stored } : gone(queued);
}

/** Deleting what is gone is done; changing it is not. */
const gone = ({ operation }: Queued): Settlement =>
  operation.kind === "delete"
    ? { type: "done", stored: null }
    : { type: "obstructed", obstacle: { type: "gone" }, stored: null };

/** The server has looked at the operation and does not take it; sending it again would not help. */
export function refusal(error: unknown): Obstacle {
  if (!(error instanceof ApiProblem))
    return { type: "refused", title: "This change could not be saved", errors: [] };
  const { title, detail, errors } = error;
  return { type: "refused", title, errors, ...(detail === undefined ? {} : { detail }) };
}
