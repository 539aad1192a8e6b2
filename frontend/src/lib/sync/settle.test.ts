import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toConflict } from "@/lib/sync/conflicts";
import type { Merged, MergedOperation, StoredTodo } from "@/lib/sync/merge";
import { Replica } from "@/lib/sync/replica";
import { settle } from "@/lib/sync/settle";
import { editable, type Operation, type Queued, type Todo } from "@/lib/sync/types";
import { uuid7 } from "@/lib/sync/uuid";
import { FakeServer } from "@/testing/fake-server";
import { anId, aTodo } from "@/testing/todos";

interface Vector {
  name: string;
  stored: StoredTodo | null;
  operation: MergedOperation;
  expect: Merged;
}

const path = new URL("../../../../libs/common/src/contracts/merge_vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as Vector[];
const id = anId(1);

/** What a device shows and asks after it has sent an operation to a server with this todo. */
async function meet({ stored, operation: given, expect: { outcome } }: Vector) {
  const server = new FakeServer();
  // Of what is purged nothing is left here.
  if (stored && Object.keys(stored.fields).length > 0) {
    const deleted_at = stored.deleted ? "2026-11-22T12:00:00Z" : null;
    server.add({ ...(stored.fields as Partial<Todo>), id, version: stored.version, deleted_at });
  }
  const operation = { ...given, op_id: uuid7(), todo_id: id } as Operation;
  // What the person saw: the values their changes start from, and of the rest what there is.
  const from = Object.entries(given.changes).map(([field, change]) => [field, change.from]);
  // Whoever deletes what they have not seen has seen something else: otherwise nothing is asked.
  const other = given.kind === "delete" && outcome === "conflict" ? { title: "as it was" } : {};
  const seen = aTodo({ ...(stored?.fields as Partial<Todo>), ...other, ...Object.fromEntries(from), id });
  const queued: Queued = { operation, seen };
  const replica = new Replica();
  const isNew = given.kind === "create";
  replica.apply({ put: { outbox: [queued], ...(isNew ? {} : { shadow: [seen] }) } });
  const { results } = await server.push([operation]);
  replica.apply(settle(replica, [queued], results).toBatch());
  const kept = replica.conflicts.get(id);
  const conflict = kept && toConflict(kept, replica.shadow.get(id));
  return { server, replica, conflict };
}

const fieldsOf = (todo: Todo | undefined) =>
  todo?.deleted_at === null ? Object.fromEntries(editable.map((field) => [field, todo[field]])) : null;

const byOutcome = (...outcomes: Merged["outcome"][]) =>
  vectors.filter(({ expect: { outcome } }) => outcomes.includes(outcome));

describe("after the server's answer this device shows what is stored", () => {
  test.each(byOutcome("applied", "merged"))("$name", async (vector) => {
    const { server, replica } = await meet(vector);
    const { position: _, ...expected } = vector.expect.fields ?? {};
    expect(fieldsOf(replica.view(id))).toEqual(fieldsOf(server.todos.get(id)));
    if (vector.expect.fields) expect(fieldsOf(replica.view(id))).toMatchObject(expected);
    expect([replica.unsent, replica.conflicts.size, replica.refusals.size]).toEqual([0, 0, 0]);
  });
});

describe("what clashed is asked about, with the three values, and nothing else", () => {
  test.each(byOutcome("conflict"))("$name", async (vector) => {
    const { replica, conflict } = await meet(vector);
    const { deleted_at, ...clashes } = vector.expect.clashes;
    expect(replica.unsent).toBe(0);
    if (vector.operation.kind === "delete")
      expect([deleted_at, conflict?.kind]).toMatchObject([{}, "deleted-here"]);
    else {
      const asked = conflict?.fields.map(({ field, base, yours, stored }) => [
        field,
        { base, yours, stored },
      ]);
      expect(Object.fromEntries(asked ?? [])).toEqual(clashes);
    }
  });
});

describe("what is not taken is set aside or asked about, unless it is as wanted", () => {
  test.each(byOutcome("rejected"))("$name", async (vector) => {
    const { replica, conflict } = await meet(vector);
    const { kind } = vector.operation;
    expect(replica.unsent).toBe(0);
    const isOver = kind === "delete";
    expect(replica.refusals.size + (conflict ? 1 : 0)).toBe(isOver ? 0 : 1);
  });
});
