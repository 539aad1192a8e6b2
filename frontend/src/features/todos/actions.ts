import { type Text, type Translate, text } from "@/lib/i18n/translate";
import type { Intent, Patch, Receipt, TodoStore, TodoView, Undoable } from "@/lib/sync/types";

/** What people do with todos. Each is shown at once, and can be undone. */
export interface Actions {
  add(patch: Patch & { readonly title: string }): Receipt;
  /**
   * `seen`: the values that the person saw when they began, where these may have changed since; `shown`: the todo they
   * saw, which may be gone.
   */
  update(
    todoIds: readonly string[],
    patch: (todo: TodoView) => Patch,
    seen?: Patch,
    shown?: TodoView,
  ): Receipt;
  complete(todoIds: readonly string[], completed: boolean): Receipt;
  remove(todos: readonly TodoView[]): Receipt;
  restore(todos: readonly TodoView[]): Receipt;
  /** Behind another todo, or before all others. */
  move(todoIds: readonly string[], after: string | null): Receipt;
  /** Takes note of what was typed and not taken: undoing takes it. */
  giveUp(todoId: string, typed: Patch): Receipt;
  undo(): void;
  redo(): void;
}

/** What is said after something was done. Loaded then. */
const telling = () => import("@/components/offer-undo");

export function createActions(store: TodoStore, t: Translate): Actions {
  const act = (intents: readonly Intent[]): Receipt => {
    const receipt = store.mutate(intents);
    if (receipt.refused) void telling().then(({ tellRefused }) => tellRefused(t));
    return receipt;
  };
  const offer = (receipt: Receipt, title: string, description?: string): Receipt => {
    if (receipt.action !== undefined)
      void telling().then(({ offerUndo }) => offerUndo(store, t, receipt, title, description));
    return receipt;
  };
  const report = (undone: ReturnType<TodoStore["undo"]>, title: string) =>
    void telling().then(({ tellLast, tellUndone }) => tellUndone(t, undone) && tellLast(title));
  /** Of what stays in sight, its name is not said as well. */
  const offerShort = (receipt: Receipt, one: string, other: Text) =>
    offer(receipt, t.count(receipt.todo_ids.length, one, other));
  const many = (todos: readonly TodoView[], one: string, other: Text) =>
    [t.count(todos.length, one, other), todos.length === 1 ? todos[0]?.title : undefined] as const;

  return {
    add: (patch) => offer(act([{ kind: "create", patch }]), t("Todo added")),
    update: (todoIds, patch, seen, shown) => {
      const known = { ...(seen && { seen }), ...(shown && { shown }) };
      const receipt = act(
        todoIds.flatMap((todo_id) => {
          const todo = store.get(todo_id) ?? shown;
          return todo ? [{ kind: "update", todo_id, patch: patch(todo), ...known } as const] : [];
        }),
      );
      if (shown && !receipt.todo_ids.includes(shown.id))
        return offer(receipt, t("It was gone: your text is in a new todo"));
      return offerShort(receipt, "Todo changed", text("{count} todos changed"));
    },
    complete: (todoIds, completed) => {
      const receipt = act(todoIds.map((todo_id) => ({ kind: "update", todo_id, patch: { completed } })));
      return completed
        ? offerShort(receipt, "Todo done", text("{count} todos done"))
        : offerShort(receipt, "Todo opened again", text("{count} todos opened again"));
    },
    remove: (todos) => {
      const receipt = act(todos.map(({ id }) => ({ kind: "delete", todo_id: id })));
      return offer(receipt, ...many(todos, t("Todo deleted"), "{count} todos deleted"));
    },
    restore: (todos) => {
      const receipt = act(todos.map(({ id }) => ({ kind: "restore", todo_id: id })));
      return offer(receipt, ...many(todos, t("Todo restored"), "{count} todos restored"));
    },
    move: (todoIds, after) => {
      const receipt = act(
        todoIds.map((todo_id, index) => ({ kind: "move", todo_id, after: todoIds[index - 1] ?? after })),
      );
      return offerShort(receipt, "Todo moved", text("{count} todos moved"));
    },
    giveUp: (todoId, typed) => offer(store.giveUp(todoId, typed), t("Left as it was")),
    undo: () => {
      const { undoable } = store.snapshot();
      if (undoable) report(store.undo(), t("Undone: {what}", { what: words(t, undoable) }));
    },
    redo: () => {
      const { redoable } = store.snapshot();
      if (redoable) report(store.redo(), t("Done again: {what}", { what: words(t, redoable) }));
    },
  };
}

const kinds: Readonly<Record<Undoable["kind"], Text>> = {
  create: text("adding {what}"),
  update: text("changing {what}"),
  delete: text("deleting {what}"),
  restore: text("restoring {what}"),
  move: text("moving {what}"),
  complete: text("ticking {what}"),
  reopen: text("opening {what} again"),
  decide: text("your choice about {what}"),
  "give-up": text("leaving {what} as it was"),
};

const words = (t: Translate, { kind, todo_ids, title }: Undoable): string => {
  const what =
    todo_ids.length === 1 ? `“${title}”` : t.count(todo_ids.length, "{count} todo", "{count} todos");
  return t(kinds[kind] as "adding {what}", { what });
};
