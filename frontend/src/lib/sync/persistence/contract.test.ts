import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, test, vi } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import type { StorageArea } from "@/lib/storage/entry";
import { type Batch, type KeptConflict, nothingRead } from "@/lib/sync/batch";
import { createOperation } from "@/lib/sync/operations";
import { openDatabase } from "@/lib/sync/persistence/database";
import { localPersistence } from "@/lib/sync/persistence/local-storage";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import { type Persistence, StorageFull, StorageLost } from "@/lib/sync/persistence/port";
import { anId, aTodo } from "@/testing/todos";

const silent = { lost: () => undefined, blocked: () => undefined };

interface Adapter {
  name: string;
  /** Opens the same storage again and again. */
  create: () => () => Promise<Persistence>;
  survives: boolean;
}

const adapters: Adapter[] = [
  {
    name: "database",
    create: () => {
      const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
      return () => openDatabase("u1", silent, engine);
    },
    survives: true,
  },
  {
    name: "local storage",
    create: () => {
      const area = memoryArea();
      return async () => localPersistence(area, "u1");
    },
    survives: true,
  },
  { name: "memory", create: () => async () => memoryPersistence(), survives: false },
];

const one = aTodo({ id: anId(1), title: "one" });
const two = aTodo({ id: anId(2), title: "two" });
const queued = createOperation(anId(3), { title: "three" });
const conflict: KeptConflict = { todo_id: one.id, kind: "fields", changes: {}, seen: one };
const sync = { cursor: "c", epoch: "e", head: 3 };
const sorted = (batch: Batch) => ({
  ...batch.put,
  shadow: [...(batch.put?.shadow ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1)),
  sync: batch.sync,
});

describe.each(adapters)("$name", ({ create, survives }) => {
  test("starts empty", async () => {
    const persistence = await create()();
    expect(sorted(await persistence.load())).toEqual({
      shadow: [],
      outbox: [],
      conflicts: [],
      refusals: [],
      sync: nothingRead,
    });
    persistence.close();
  });

  test("gives back what was written, and not what was dropped", async () => {
    const persistence = await create()();
    await persistence.write({ put: { shadow: [one, two], outbox: [queued], conflicts: [conflict] }, sync });
    await persistence.write({ put: { shadow: [{ ...one, title: "new" }] }, drop: { shadow: [two.id] } });
    await persistence.write({ drop: { outbox: ["never was"] } });
    expect(sorted(await persistence.load())).toEqual({
      shadow: [{ ...one, title: "new" }],
      outbox: [queued],
      conflicts: [conflict],
      refusals: [],
      sync,
    });
    persistence.close();
  });

  test("reads single rows, and says which are not there", async () => {
    const persistence = await create()();
    await persistence.write({ put: { shadow: [one], outbox: [queued] }, sync });
    const keys = { shadow: [one.id, two.id], outbox: [queued.operation.op_id] };
    const found = await persistence.read({ keys, sync: true });
    expect(found.put).toMatchObject({ shadow: [one], outbox: [queued] });
    expect(found.drop).toMatchObject({ shadow: [two.id], outbox: [] });
    expect(found.sync).toEqual(sync);
    expect(await persistence.read({ keys: {}, sync: false })).not.toHaveProperty("sync");
    persistence.close();
  });

  test.runIf(survives)("survives being closed", async () => {
    const open = create();
    const before = await open();
    await before.write({ put: { outbox: [queued] } });
    before.close();
    const after = await open();
    expect((await after.load()).put?.outbox).toEqual([queued]);
    after.close();
  });
});

describe("a database", () => {
  test("gives way to a newer version of the app, and takes nothing more", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const lost = vi.fn();
    const old = await openDatabase("u1", { ...silent, lost }, engine);
    await new Promise((resolve) => {
      const upgrade = engine.indexedDB.open("daybook:u1", 1000);
      upgrade.addEventListener("success", resolve);
    });
    expect(lost).toHaveBeenCalledWith("outdated");
    await expect(old.write({ put: { outbox: [queued] } })).rejects.toMatchObject({
      name: "StorageLost",
      reason: "outdated",
    });
  });

  test("goes away when it is erased, and does not come back by a late write", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const lost = vi.fn();
    const open = await openDatabase("u1", { ...silent, lost }, engine);
    await open.write({ put: { outbox: [queued] } });
    await new Promise((resolve) => {
      engine.indexedDB.deleteDatabase("daybook:u1").addEventListener("success", resolve);
    });
    expect(lost).toHaveBeenCalledWith("erased");
    await expect(open.write({ put: { outbox: [queued] } })).rejects.toBeInstanceOf(StorageLost);
    expect(await engine.indexedDB.databases()).toEqual([]);
  });
});

describe("local storage", () => {
  /** Room for so many characters. */
  function limited(room: number): StorageArea {
    const area = memoryArea();
    const used = () =>
      Array.from({ length: area.length }, (_, index) => area.key(index) ?? "").reduce(
        (sum, key) => sum + key.length + (area.getItem(key)?.length ?? 0),
        0,
      );
    return {
      ...area,
      get length() {
        return area.length;
      },
      setItem(key, value) {
        const before = area.getItem(key);
        area.setItem(key, value);
        if (used() <= room) return;
        if (before === null) area.removeItem(key);
        else area.setItem(key, before);
        throw new DOMException("full", "QuotaExceededError");
      },
    };
  }

  test.each([600, 1000, 1400])(
    "writes all of a batch or nothing, with room for %i characters",
    async (room) => {
      const persistence = localPersistence(limited(room), "u1");
      await persistence.write({ sync });
      const batch = { put: { shadow: [one, two] }, sync: { ...sync, head: 9 } };
      await expect(persistence.write(batch)).rejects.toBeInstanceOf(StorageFull);
      expect(sorted(await persistence.load())).toMatchObject({ shadow: [], sync });
    },
  );

  test("finishes what was interrupted", async () => {
    const area = memoryArea();
    await localPersistence(area, "u1").write({ put: { shadow: [one] } });
    // The page was closed after the log was written, and before the rows were.
    area.setItem(
      "daybook:sync:u1:v1:log",
      JSON.stringify({ put: { shadow: [two] }, drop: { shadow: [one.id] } }),
    );
    const loaded = await localPersistence(area, "u1").load();
    expect(loaded.put?.shadow).toEqual([two]);
    expect(area.getItem("daybook:sync:u1:v1:log")).toBeNull();
  });
});
