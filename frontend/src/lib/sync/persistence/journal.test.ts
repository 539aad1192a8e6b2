import { describe, expect, test, vi } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import type { Batch } from "@/lib/sync/batch";
import { createOperation, deleteOperation, updateOperation } from "@/lib/sync/operations";
import { moveJournal } from "@/lib/sync/persistence/journal";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import type { Queued } from "@/lib/sync/types";
import { anId, aTodo } from "@/testing/todos";

const seen = aTodo({ id: anId(1), title: "base" });
const edit = updateOperation(seen, { title: "mine", completed: true });
if (!edit) throw new Error("no operation");

/** As the version before the offline store has written it: its todos had neither `recurrence` nor `seq`. */
function journal(...entries: object[]) {
  const area = memoryArea();
  for (const entry of entries as (Queued & object)[]) {
    const { recurrence: _, seq: __, ...todo } = entry.seen;
    const raw = JSON.stringify({ ...entry, seen: todo });
    area.setItem(`daybook:outbox:u1:v1:${entry.operation.op_id}`, raw);
  }
  return area;
}

async function moved(area: ReturnType<typeof memoryArea>) {
  const persistence = memoryPersistence();
  await moveJournal(area, "u1", (batch) => persistence.write(batch));
  return (await persistence.load()).put;
}

describe("moveJournal", () => {
  test("takes over what was not sent, also what was held back", async () => {
    const held = { ...deleteOperation(seen), held_until: Date.now() + 60_000 };
    const area = journal(createOperation(anId(2), { title: "new" }), edit, held);
    const rows = await moved(area);
    expect(rows?.outbox?.map(({ operation }) => operation.kind)).toEqual(["create", "update", "delete"]);
    expect(rows?.outbox?.[1]?.seen).toEqual(seen);
    expect(area.length).toBe(0);
  });

  test("takes over what waits for a decision", async () => {
    const clash = {
      ...edit,
      obstacle: { type: "clash", stored: aTodo({ title: "theirs" }), fields: ["title"] },
    };
    const gone = { ...updateOperation(aTodo({ id: anId(4) }), { title: "x" }), obstacle: { type: "gone" } };
    const refused = {
      ...createOperation(anId(5), { title: "" }),
      obstacle: { type: "refused", title: "Invalid", errors: [{ pointer: "#/title", detail: "is empty" }] },
    };
    const rows = await moved(journal(clash, gone, refused));
    expect(rows?.outbox).toEqual([]);
    expect(rows?.conflicts).toMatchObject([
      { todo_id: anId(1), kind: "fields", changes: { title: { from: "base", to: "mine" } } },
      { todo_id: anId(4), kind: "deleted-there", changes: { title: { to: "x" } } },
    ]);
    expect(rows?.conflicts?.[0]?.changes).not.toHaveProperty("completed");
    expect(rows?.refusals).toMatchObject([
      { problem: { title: "Invalid", errors: [{ pointer: "#/title" }] } },
    ]);
  });

  test("forgets nothing before it is written, nor what was changed in the meantime", async () => {
    const area = journal(edit);
    await expect(moveJournal(area, "u1", () => Promise.reject(new Error("full")))).rejects.toThrow("full");
    expect(area.length).toBe(1);
    const key = area.key(0) ?? "";
    const take = vi.fn(async (_batch: Batch) =>
      area.setItem(key, JSON.stringify({ ...edit, held_until: 1 })),
    );
    await moveJournal(area, "u1", take);
    expect(take).toHaveBeenCalledOnce();
    expect(area.length).toBe(1);
  });

  test("passes over what is not its own", async () => {
    const area = journal(edit);
    area.setItem("daybook:outbox:u2:v1:x", JSON.stringify(edit));
    area.setItem("daybook:outbox:u1:v1:broken", "{");
    expect((await moved(area))?.outbox).toHaveLength(1);
    expect(area.length).toBe(2);
  });
});
