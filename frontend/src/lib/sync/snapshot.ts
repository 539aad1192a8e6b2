import { noLists } from "@/lib/sync/lists";
import { compareTodos } from "@/lib/sync/order";
import { project } from "@/lib/sync/project";
import type { Connection, Queued, Snapshot, Todo } from "@/lib/sync/types";

export const emptySnapshot: Snapshot = {
  todos: [],
  lists: noLists,
  unsent: 0,
  obstructed: [],
  connection: { state: "idle" },
};

interface Parts {
  shadow: ReadonlyMap<string, Todo>;
  outbox: readonly Queued[];
  lists: Snapshot["lists"];
  connection: Connection;
}

export function takeSnapshot({ shadow, outbox, lists, connection }: Parts): Snapshot {
  const obstructed = outbox.filter((queued) => queued.obstacle);
  const todos = [...project(shadow, outbox).values()]
    .filter((todo) => todo.deleted_at === null)
    .sort(compareTodos);
  return { todos, lists, unsent: outbox.length - obstructed.length, obstructed, connection };
}
