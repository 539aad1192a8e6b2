"use client";

import { lazy, Suspense, useCallback, useEffect, useMemo } from "react";
import { Boundary } from "@/components/boundary";
import { RowsSkeleton } from "@/components/page-skeleton";
import { goTo } from "@/components/place-link";
import { PageHead } from "@/features/todos/components/page-head";
import { QuickAdd } from "@/features/todos/components/quick-add";
import { TodoList } from "@/features/todos/components/todo-list";
import { headingsOf } from "@/features/todos/headings";
import { usePlace } from "@/features/todos/hooks/use-place";
import { useSelection } from "@/features/todos/hooks/use-selection";
import { useTrash } from "@/features/todos/hooks/use-trash";
import { takesNew, todosOf } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useSnapshot } from "@/hooks/todo-store";
import { useToday } from "@/hooks/use-today";

const Details = lazy(() => import("@/features/todos/components/details"));
const EmptyView = lazy(() => import("@/features/todos/components/empty-view"));
const BulkBar = lazy(() => import("@/features/todos/components/bulk-bar"));

/** All views of the todos: which one, and which todo is open, is in the address. */
export function TodosPage() {
  const t = useText();
  const { place, openId, hrefWith } = usePlace();
  const snapshot = useSnapshot();
  const day = useToday();
  const todos = useMemo(() => todosOf(snapshot, place, day), [snapshot, place, day]);
  const headings = useMemo(() => headingsOf(t, place, todos, day), [t, place, todos, day]);
  const selection = useSelection(todos);
  const isPartial = useTrash(place.name === "trash");
  const isKnown = snapshot.phase === "ready" && (snapshot.complete || todos.length > 0);

  const open = useCallback((id: string | null) => goTo(hrefWith(id)), [hrefWith]);
  const { clear } = selection;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view, another selection.
  useEffect(clear, [place, clear]);

  return (
    <div className="xl:pe-96">
      <div className="mx-auto max-w-2xl">
        <PageHead place={place} todos={todos} selection={selection} />
        {takesNew(place) && (
          <div className="mt-6">
            <QuickAdd place={place} />
          </div>
        )}
        {isPartial && (
          <p role="status" className="mt-4 text-soft text-sm">
            {t("What other devices have deleted comes in when the connection is back.")}
          </p>
        )}
        <div className="mt-5">
          {isKnown ? (
            <Boundary key={place.name}>
              <TodoList
                place={place}
                todos={todos}
                headings={headings}
                selection={selection}
                openId={openId}
                onOpen={open}
                empty={
                  <Suspense>
                    <EmptyView place={place} />
                  </Suspense>
                }
              />
            </Boundary>
          ) : (
            <RowsSkeleton />
          )}
        </div>
      </div>
      {selection.ids.size > 0 && (
        <Suspense>
          <BulkBar place={place} todos={todos} selection={selection} />
        </Suspense>
      )}
      {openId !== null && (
        <Boundary key={openId}>
          <Suspense>
            <Details todoId={openId} place={place} onClose={() => open(null)} />
          </Suspense>
        </Boundary>
      )}
    </div>
  );
}
