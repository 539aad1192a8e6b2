"use client";

import { RowsSkeleton } from "@/components/page-skeleton";
import { Segmented } from "@/components/ui/segmented";
import { LoadMore } from "@/features/todos/components/load-more";
import { TodoComposer } from "@/features/todos/components/todo-composer";
import { TodoList } from "@/features/todos/components/todo-list";
import { EmptyList, ListProblem } from "@/features/todos/components/todo-list-states";
import { useList } from "@/features/todos/hooks/use-list";
import { useRuntime } from "@/hooks/runtime";
import { useSnapshot } from "@/hooks/todo-store";
import { useEntry } from "@/hooks/use-entry";
import { isComplete } from "@/lib/sync/order";
import type { Status } from "@/lib/sync/types";

const options = [
  { value: "all", label: "All" },
  { value: "active", label: "Active" },
  { value: "done", label: "Done" },
] as const satisfies readonly { value: Status; label: string }[];

const today = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export function TodosPage() {
  const [status, setStatus] = useEntry(useRuntime().local.filter);
  const list = useList(status);
  const isFailed = list.error !== undefined;
  const isEmpty = list.todos.length === 0;

  return (
    <>
      <h1 className="font-semibold text-3xl tracking-tight">Todos</h1>
      <p className="mt-1 text-soft">
        {today.format(new Date())}
        <Remaining />
      </p>
      <div className="mt-6">
        <TodoComposer onAdd={() => status === "done" && setStatus("all")} />
      </div>
      <Segmented label="Show" value={status} onChange={setStatus} options={options} className="mt-6 mb-4" />
      <TodoList key={status} todos={list.todos} empty={list.isComplete && <EmptyList status={status} />} />
      {list.isLoading && <RowsSkeleton rows={isEmpty ? 6 : 2} />}
      {isEmpty && isFailed && <ListProblem error={list.error} onRetry={list.retry} />}
      {!isEmpty && !list.isComplete && !list.isLoading && (
        <LoadMore error={list.error} onLoad={list.loadMore} onRetry={list.retry} />
      )}
    </>
  );
}

/** Only said when it is known: a number of what happens to be loaded would be wrong. */
function Remaining() {
  const snapshot = useSnapshot();
  if (!isComplete(snapshot, "active") || snapshot.todos.length === 0) return null;
  const count = snapshot.todos.filter((todo) => !todo.completed).length;
  return <span> · {count === 0 ? "all done" : `${count} to do`}</span>;
}
