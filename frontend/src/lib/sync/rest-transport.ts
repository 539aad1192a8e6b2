import type { Api } from "@/lib/api/client";
import { ApiProblem } from "@/lib/api/problems";
import { changedFields } from "@/lib/sync/merge";
import { wanted } from "@/lib/sync/operations";
import type { PushResult, Transport } from "@/lib/sync/transport";
import type { Operation, Todo } from "@/lib/sync/types";

export const PAGE_SIZE = 50;

/** Operations as single REST calls. */
export function restTransport(connect: () => Promise<Api>): Transport {
  const fetchTodo = async (todo_id: string, signal: AbortSignal): Promise<Todo | undefined> => {
    const api = await connect();
    const found = await unlessGone(api.GET("/todos/{todo_id}", { params: { path: { todo_id } }, signal }));
    return found?.data;
  };

  return {
    fetch: fetchTodo,
    async list(status, cursor, signal) {
      const api = await connect();
      const query = { status, limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) };
      return content(await api.GET("/todos", { params: { query }, signal }));
    },
    async push(operation, version, signal) {
      const api = await connect();
      try {
        return await send(api, operation, version, signal);
      } catch (error) {
        return resultOf(error);
      }
    },
  };
}

async function send(api: Api, operation: Operation, version = 0, signal: AbortSignal): Promise<PushResult> {
  const path = { todo_id: operation.todo_id };
  const patch = wanted(operation.changes);
  if (operation.kind === "create") {
    const body = { id: operation.todo_id, title: "", ...patch };
    return applied(content(await api.POST("/todos", { body, signal })));
  }
  if (operation.kind === "delete") {
    const header = { "If-Match": `"v${version}"` };
    await api.DELETE("/todos/{todo_id}", { params: { path, header }, signal });
    return applied(null);
  }
  if (changedFields(operation.changes).join() === "completed") {
    // States its target and needs no version: of two values, one is the wanted one.
    const body = { completed: patch.completed ?? false };
    return applied(content(await api.PATCH("/todos/{todo_id}/toggle", { params: { path }, body, signal })));
  }
  const body = { ...patch, version };
  return applied(content(await api.PUT("/todos/{todo_id}", { params: { path }, body, signal })));
}

const applied = (todo: Todo | null): PushResult => ({ outcome: "applied", todo });

/** What the server's refusals mean for an operation. Everything else is thrown on. */
function resultOf(error: unknown): PushResult {
  if (!(error instanceof ApiProblem)) throw error;
  if (isGone(error)) return { outcome: "gone" };
  const { current } = error.body as { current?: Todo };
  if (!current) throw error;
  // The id was made here: a todo that has it is this one, sent before and changed by somebody since.
  if (error.slug === "todo-exists") return applied(current);
  return { outcome: "stale", stored: current };
}

const isGone = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 404 || error.slug === "todo-deleted");

async function unlessGone<Result>(result: Promise<Result>): Promise<Result | undefined> {
  try {
    return await result;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Error answers have thrown before they get here; a success without its document is a fault of the server. */
function content<Data>({ data, response }: { data?: Data; response: Response }): Data {
  if (data !== undefined) return data;
  const title = "The server's answer was empty";
  throw new ApiProblem(response.status, "empty-answer", title, undefined, [], undefined, undefined, {});
}
