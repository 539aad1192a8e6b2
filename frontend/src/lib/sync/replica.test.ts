import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { perform } from "@/lib/sync/actions";
import { compareDeleted, compareTodos } from "@/lib/sync/order";
import { projectTodo } from "@/lib/sync/project";
import { Replica } from "@/lib/sync/replica";
import type { Intent, Patch, Queued, Todo, TodoView } from "@/lib/sync/types";
import { cpuOf } from "@/testing/cpu";
import { anId, aTodo } from "@/testing/todos";

const id = fc.integer({ min: 1, max: 4 }).map(anId);
const patch: fc.Arbitrary<Patch> = fc.record(
  {
    title: fc.constantFrom("one", "two", "three"),
    completed: fc.boolean(),
    priority: fc.constantFrom("none" as const, "high" as const),
    tags: fc.subarray(["a", "b"]),
    position: fc.constantFrom("a1", "a2", "a3"),
  },
  { requiredKeys: [] },
);
const intent: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ kind: fc.constant("update" as const), todo_id: id, patch }),
  fc.record({ kind: fc.constantFrom("delete" as const, "restore" as const), todo_id: id }),
  fc.record({ kind: fc.constant("move" as const), todo_id: id, after: fc.option(id) }),
  patch.map((changes) => ({ kind: "create" as const, patch: { title: "new", ...changes } })),
);
const intents = fc.array(intent, { maxLength: 20 });
const stored = fc
  .subarray([1, 2, 3, 4])
  .map((numbers) =>
    numbers.map((number) => aTodo({ id: anId(number), title: `stored ${number}`, position: `a${number}` })),
  );

function replicaOf(todos: readonly Todo[], outbox: readonly Queued[] = []): Replica {
  const replica = new Replica();
  replica.apply({ put: { shadow: todos, outbox } });
  return replica;
}

const visible = ({ pending: _, updated_at: __, completed_at: ___, version: ____, ...todo }: TodoView) => todo;
const shown = (replica: Replica) => [replica.todos.map(visible), replica.trash.map(visible)];

describe("a replica", () => {
  test("without operations shows what the server told", () => {
    fc.assert(
      fc.property(stored, (todos) => {
        expect(replicaOf(todos).todos).toEqual(todos.map((todo) => ({ ...todo, pending: 0 })));
      }),
    );
  });

  test("shows the same, however it came to know what it knows", () => {
    fc.assert(
      fc.property(stored, intents, (todos, list) => {
        const replica = replicaOf(todos);
        for (const each of list) perform(replica, [each]);
        const atOnce = replicaOf(todos, replica.outbox);
        expect(atOnce.todos).toEqual(replica.todos);
        expect(atOnce.trash).toEqual(replica.trash);
        expect(replica.todos).toEqual([...replica.todos].sort(compareTodos));
        expect(replica.trash).toEqual([...replica.trash].sort(compareDeleted));
      }),
    );
  });

  test("changes neither the documents nor the operations", () => {
    fc.assert(
      fc.property(stored, intents, (todos, list) => {
        const replica = replicaOf(todos);
        perform(replica, list);
        const before = structuredClone([todos, replica.outbox]);
        replica.apply({ put: { shadow: todos } });
        expect([todos, replica.outbox]).toEqual(before);
      }),
    );
  });

  test("neither loses nor doubles what the server has taken in the meantime", () => {
    fc.assert(
      fc.property(stored, intents, fc.nat(), (todos, list, cut) => {
        const replica = replicaOf(todos);
        for (const each of list) perform(replica, [each]);
        const sent = replica.outbox.slice(0, cut % (replica.outbox.length + 1));
        const before = shown(replica);
        const ids = new Set([
          ...todos.map((todo) => todo.id),
          ...sent.map(({ operation }) => operation.todo_id),
        ]);
        const now = [...ids].flatMap((todoId) => {
          const own = sent.filter(({ operation }) => operation.todo_id === todoId);
          const view = projectTodo(
            todos.find((todo) => todo.id === todoId),
            own,
          );
          return view ? [{ ...view, version: view.version + 1 }] : [];
        });
        const drop = { outbox: sent.map(({ operation }) => operation.op_id) };
        replica.apply({ put: { shadow: now.map(({ pending: _, ...todo }) => todo) }, drop });
        expect(shown(replica)).toEqual(before);
      }),
    );
  });

  test("gives the same list and the same todo for what did not change", () => {
    const replica = replicaOf([aTodo({ id: anId(1) }), aTodo({ id: anId(2) })]);
    const { todos } = replica;
    replica.apply({ put: { shadow: [aTodo({ id: anId(3), deleted_at: "2026-11-22T10:00:00Z" })] } });
    expect(replica.todos).toBe(todos);
    perform(replica, [{ kind: "update", todo_id: anId(2), patch: { title: "new" } }]);
    expect(replica.todos[0]).toBe(todos[0]);
    expect(replica.todos[1]).not.toBe(todos[1]);
  });

  test("takes 10,000 changes at once, and single ones among them, without delay", () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      aTodo({ id: anId(index), position: `a${anId(index)}` }),
    );
    const replica = replicaOf(many);
    const one = cpuOf(() =>
      perform(replica, [{ kind: "update", todo_id: anId(5000), patch: { title: "x" } }]),
    );
    const complete = many.map(({ id: todo_id }) => ({
      kind: "update" as const,
      todo_id,
      patch: { completed: true },
    }));
    const all = cpuOf(() => perform(replica, complete));
    expect(one).toBeLessThan(100);
    // Less than a second where a processor is to be had. What goes through all for each would take minutes.
    expect(all).toBeLessThan(10_000);
    expect(replica.unsent).toBe(10_001);
  });
});
