import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coalesce, createOperation, deleteOperation, updateOperation } from "@/lib/sync/operations";
import { project } from "@/lib/sync/project";
import type { Patch, Queued, Todo } from "@/lib/sync/types";
import { anId, aTodo } from "@/testing/todos";

const shadowOf = (...todos: Todo[]) => new Map(todos.map((todo) => [todo.id, todo]));
const view = (shadow: Map<string, Todo>, outbox: Queued[], id: string) => project(shadow, outbox).get(id);

const id = fc.integer({ min: 1, max: 3 }).map(anId);
const patch = fc.record(
  {
    title: fc.constantFrom("one", "two", "three"),
    completed: fc.boolean(),
    priority: fc.constantFrom("none" as const, "high" as const),
    tags: fc.subarray(["a", "b"]),
  },
  { requiredKeys: [] },
);
type Step = { kind: "create" | "update" | "delete"; id: string; patch: Patch };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom("create" as const, "update" as const, "delete" as const), id, patch }),
  { maxLength: 25 },
);
const shadow = fc
  .subarray([1, 2, 3])
  .map((numbers) =>
    shadowOf(...numbers.map((number) => aTodo({ id: anId(number), title: `stored ${number}` }))),
  );

/** What a person does one after the other, each time to what they see. */
function act(start: Map<string, Todo>, actions: readonly Step[]): Queued[] {
  const outbox: Queued[] = [];
  for (const { kind, id: todoId, patch: changes } of actions) {
    const seen = project(start, outbox).get(todoId);
    if (kind === "create" && !seen) outbox.push(createOperation(todoId, { title: "new", ...changes }));
    if (!seen || seen.deleted_at !== null || kind === "create") continue;
    const { pending: _, ...todo } = seen;
    const queued = kind === "delete" ? deleteOperation(todo) : updateOperation(todo, changes);
    if (queued) outbox.push(queued);
  }
  return outbox;
}

const visible = ({ title, completed, priority, tags, deleted_at }: Todo) => ({
  title,
  completed,
  priority,
  tags,
  isDeleted: deleted_at !== null,
});

describe("project", () => {
  test("without intents shows what the server told", () => {
    fc.assert(
      fc.property(shadow, (start) => {
        const views = project(start, []);
        expect([...views.values()]).toEqual([...start.values()].map((todo) => ({ ...todo, pending: 0 })));
      }),
    );
  });

  test("changes neither the documents nor the intents", () => {
    fc.assert(
      fc.property(shadow, steps, (start, actions) => {
        const outbox = act(start, actions);
        const before = structuredClone([[...start], outbox]);
        project(start, outbox);
        expect([[...start], outbox]).toEqual(before);
      }),
    );
  });

  test("shows the last value a person gave to each field", () => {
    fc.assert(
      fc.property(shadow, steps, (start, actions) => {
        const outbox = act(start, actions);
        for (const [todoId, shown] of project(start, outbox)) {
          const own = outbox.filter(({ operation }) => operation.todo_id === todoId);
          expect(shown.pending).toBe(own.length);
          const titles = own.flatMap(({ operation }) => operation.changes.title?.to ?? []);
          expect(shown.title).toBe(titles.at(-1) ?? start.get(todoId)?.title);
          expect(shown.deleted_at !== null).toBe(own.some(({ operation }) => operation.kind === "delete"));
        }
      }),
    );
  });

  test("an intent that has been stored is neither lost nor shown twice", () => {
    fc.assert(
      fc.property(shadow, steps, fc.nat(), (start, actions, cut) => {
        const outbox = act(start, actions);
        const sent = outbox.length === 0 ? 0 : cut % (outbox.length + 1);
        // The server has applied the first ones and told us; the rest is still to be sent.
        const stored = new Map(
          [...project(start, outbox.slice(0, sent))].map(([todoId, { pending: _, ...todo }]) => [
            todoId,
            { ...todo, version: todo.version + 1 },
          ]),
        );
        const before = [...project(start, outbox)].map(([key, todo]) => [key, visible(todo)]);
        const after = [...project(stored, outbox.slice(sent))].map(([key, todo]) => [key, visible(todo)]);
        expect(new Map(after as [string, unknown][])).toEqual(new Map(before as [string, unknown][]));
      }),
    );
  });

  test("coalesced intents show the same", () => {
    fc.assert(
      fc.property(shadow, steps, id, (start, actions, todoId) => {
        const own = act(start, actions).filter(({ operation }) => operation.todo_id === todoId);
        const [first, ...later] = own;
        if (!first) return;
        const joined = coalesce(first, later);
        const before = view(start, own, todoId);
        const after = joined ? view(start, [joined], todoId) : undefined;
        if (before?.deleted_at === null) expect(after && visible(after)).toEqual(visible(before));
        else expect(after?.deleted_at).not.toBeNull();
      }),
    );
  });

  test("leaves out what waits for a decision", () => {
    const stored = aTodo({ title: "theirs" });
    const queued = updateOperation(aTodo({ title: "base" }), { title: "mine" });
    if (!queued) throw new Error("no operation");
    const obstructed: Queued = { ...queued, obstacle: { type: "clash", stored, fields: ["title"] } };
    expect(view(shadowOf(stored), [obstructed], stored.id)).toMatchObject({ title: "theirs", pending: 0 });
  });

  test("shows an intent on a todo that is not loaded yet", () => {
    const seen = aTodo({ title: "base" });
    const queued = updateOperation(seen, { completed: true });
    if (!queued) throw new Error("no operation");
    expect(view(new Map(), [queued], seen.id)).toMatchObject({ title: "base", completed: true, pending: 1 });
  });

  test("gives the same object for what did not change", () => {
    const start = shadowOf(aTodo());
    expect(view(start, [], aTodo().id)).toBe(view(start, [], aTodo().id));
  });
});
