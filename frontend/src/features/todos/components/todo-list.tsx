"use client";

import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { TodoRow } from "@/features/todos/components/todo-row";
import type { Heading } from "@/features/todos/headings";
import { holdPointer, loadDrag } from "@/features/todos/hold";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useLingering } from "@/features/todos/hooks/use-lingering";
import { focusControl, focusNeighbour, useRowKeys } from "@/features/todos/hooks/use-row-keys";
import type { Selection } from "@/features/todos/hooks/use-selection";
import { useWindow } from "@/features/todos/hooks/use-window";
import { hasOwnOrder, type Place } from "@/features/todos/places";
import { useText } from "@/hooks/text";
import { useTodoStore } from "@/hooks/todo-store";
import type { TodoView } from "@/lib/sync/types";

interface TodoListProps {
  place: Place;
  todos: readonly TodoView[];
  headings: ReadonlyMap<string, Heading>;
  selection: Selection;
  openId: string | null;
  onOpen: (id: string | null) => void;
  /** Shown in its place when there is nothing in it, and nothing on its way out. */
  empty: React.ReactNode;
}

/** A row with a line of its own below the title; measured once it is there. */
const LINE = 49;
const DETAILS = 22;
const HEADING = 44;

const hasDetails = (todo: TodoView): boolean =>
  todo.due !== null || todo.priority !== "none" || todo.tags.length > 0 || todo.description.trim() !== "";

export function TodoList(props: TodoListProps) {
  const { place, todos, headings, selection, openId, onOpen, empty } = props;
  const t = useText();
  const store = useTodoStore();
  const actions = useActions();
  const [announcement, setAnnouncement] = useState("");
  const isOrdered = hasOwnOrder(place);
  const find = useCallback(
    (id: string) => {
      const todo = store.get(id);
      return todo?.deleted_at === null ? todo : undefined;
    },
    [store],
  );
  const shown = useLingering(todos, find);
  const rows = useMemo(
    () =>
      shown.todos.map((todo) => ({
        key: todo.id,
        estimate: LINE + (hasDetails(todo) ? DETAILS : 0) + (headings.has(todo.id) ? HEADING : 0),
      })),
    [shown.todos, headings],
  );
  const window = useWindow(rows);
  const all = useRef(shown.todos);
  all.current = shown.todos;
  const refocus = useRef<{ id: string; control: string }>(undefined);

  // A row that is put elsewhere in the document loses the focus on the way.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is put elsewhere when the list has changed.
  useLayoutEffect(() => {
    if (!refocus.current) return;
    const { id, control } = refocus.current;
    refocus.current = undefined;
    focusControl(document.querySelector(`[data-todo="${id}"]`), control);
  }, [shown.todos]);

  const remove = useCallback(
    (id: string) => {
      const todo = store.get(id);
      if (!todo) return;
      focusNeighbour(document.querySelector(`[data-todo="${id}"]`));
      actions.remove([todo]);
    },
    [store, actions],
  );
  /** Up or down by one; where there is no order of one's own, there is nothing to move. */
  const moveBy = useCallback(
    (id: string, by: 1 | -1) => {
      const others = all.current.map((todo) => todo.id);
      const from = others.indexOf(id);
      const to = from + by;
      if (!isOrdered || from < 0 || to < 0 || to >= others.length) return;
      const control = document.activeElement?.closest<HTMLElement>("[data-control]")?.dataset.control;
      refocus.current = control ? { id, control } : undefined;
      actions.move([id], (by === 1 ? others[to] : others[to - 1]) ?? null);
      setAnnouncement(t("Now at place {place} of {count}", { place: to + 1, count: others.length }));
    },
    [actions, isOrdered, t],
  );
  const drag = useCallback(
    async (event: React.PointerEvent, id: string) => {
      const { pointerId } = event;
      const held = holdPointer(event);
      const list = window.list.current;
      const { startDrag } = await loadDrag().finally(held.stop);
      const { clientY, state } = held;
      if (!list || state === "gone") return;
      const onDrop = (after: string | null) => actions.move([id], after);
      startDrag({ list, id, pointerId, clientY, isReleased: state === "up", onDrop });
    },
    [actions, window.list],
  );
  const onKeyDown = useRowKeys({
    remove,
    move: moveBy,
    open: onOpen,
    select: place.name === "trash" ? undefined : selection.toggle,
  });

  if (shown.todos.length === 0) return empty;
  return (
    <>
      <ul
        ref={window.list}
        aria-label={t("Todos")}
        onKeyDown={onKeyDown}
        style={{ paddingBlockEnd: window.rest }}
        className="relative rounded-2xl border bg-surface shadow-card print:border-0 print:shadow-none"
      >
        {window.rows.map(({ index, gap }) => {
          const todo = shown.todos[index];
          if (!todo) return null;
          return (
            <TodoRow
              key={todo.id}
              todo={todo}
              place={index + 1}
              size={shown.todos.length}
              gap={gap}
              measure={window.measure}
              heading={headings.get(todo.id)}
              isLeaving={shown.leaving.has(todo.id)}
              isOpen={openId === todo.id}
              isSelected={selection.ids.has(todo.id)}
              isSelecting={selection.isActive}
              isInTrash={place.name === "trash"}
              selection={selection}
              onOpen={onOpen}
              onRemove={remove}
              onMove={isOrdered ? moveBy : undefined}
              onDrag={isOrdered ? drag : undefined}
            />
          );
        })}
      </ul>
      <span role="status" className="sr-only">
        {announcement}
      </span>
    </>
  );
}
