import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { memoryArea } from "@/lib/storage/area";
import { createOperation } from "@/lib/sync/operations";
import { awaitErasure, eraseTodos, finishErasing } from "@/lib/sync/persistence/erase";
import { localPersistence } from "@/lib/sync/persistence/local-storage";
import { openPersistence } from "@/lib/sync/persistence/open";
import { sharedLocks } from "@/testing/tabs";
import { aTodo } from "@/testing/todos";

const silent = { lost: () => undefined, blocked: () => undefined };
const queued = createOperation("t1", { title: "private" });
const stored = async (userId: string, area = memoryArea(), locks = sharedLocks()) => {
  const persistence = await openPersistence(area, userId, locks)(silent, new AbortController().signal);
  return { persistence, outbox: (await persistence.load()).put?.outbox ?? [] };
};

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("IDBKeyRange", IDBKeyRange);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("eraseTodos", () => {
  test("removes one person's database and keys, and nobody else's", async () => {
    const [area, locks] = [memoryArea(), sharedLocks()];
    for (const userId of ["u1", "u2"]) {
      const { persistence } = await stored(userId);
      expect(persistence.kind).toBe("database");
      await persistence.write({ put: { outbox: [queued] } });
      area.setItem(`daybook:outbox:${userId}:v1:x`, "{}");
      area.setItem(`daybook:sync:${userId}:v1:outbox:x`, "{}");
    }
    eraseTodos(area, "u1", locks);
    await awaitErasure(area, "u1", locks);
    expect(await indexedDB.databases()).toMatchObject([{ name: "daybook:u2" }]);
    expect(Array.from({ length: area.length }, (_, index) => area.key(index))).toEqual([
      "daybook:outbox:u2:v1:x",
      "daybook:sync:u2:v1:outbox:x",
    ]);
  });

  test("is finished at the next start when the browser was closed before", async () => {
    const [area, locks] = [memoryArea(), sharedLocks()];
    const { persistence } = await stored("u1");
    await persistence.write({ put: { outbox: [queued] } });
    persistence.close();
    area.setItem("daybook:erasing:v1", JSON.stringify(["u1"]));
    await finishErasing(area, locks);
    expect(await indexedDB.databases()).toEqual([]);
    expect(area.length).toBe(0);
  });

  test("is over before the same person keeps something new", async () => {
    const [area, locks] = [memoryArea(), sharedLocks()];
    const { persistence } = await stored("u1");
    await persistence.write({ put: { outbox: [queued] } });
    persistence.close();
    area.setItem("daybook:erasing:v1", JSON.stringify(["u1"]));
    const again = await stored("u1", area, locks);
    expect(again.outbox).toEqual([]);
    await again.persistence.write({ put: { outbox: [queued] } });
    await finishErasing(area, locks);
    expect((await again.persistence.load()).put?.outbox).toHaveLength(1);
  });
});

describe("a database that cannot be removed", () => {
  function failing() {
    const factory = new IDBFactory();
    const remove = factory.deleteDatabase.bind(factory);
    factory.deleteDatabase = () => {
      const request = new EventTarget();
      queueMicrotask(() => request.dispatchEvent(new Event("error")));
      return request as never;
    };
    vi.stubGlobal("indexedDB", factory);
    return { mend: () => Object.assign(factory, { deleteDatabase: remove }) };
  }

  test("is tried again at the next start", async () => {
    const [area, locks] = [memoryArea(), sharedLocks()];
    const { persistence } = await stored("u1");
    await persistence.write({ put: { outbox: [queued] } });
    persistence.close();
    const { mend } = failing();
    eraseTodos(area, "u1", locks);
    await awaitErasure(area, "u1", locks);
    expect(area.getItem("daybook:erasing:v1")).toBe('["u1"]');
    mend();
    await finishErasing(area, locks);
    expect([await indexedDB.databases(), area.length]).toEqual([[], 0]);
  });

  test("is its owner's again when they come back: what they do then is not removed", async () => {
    const [area, locks] = [memoryArea(), sharedLocks()];
    const { mend } = failing();
    area.setItem("daybook:erasing:v1", JSON.stringify(["u1"]));
    const { persistence } = await stored("u1", area, locks);
    await persistence.write({ put: { outbox: [queued] } });
    mend();
    await finishErasing(area, locks);
    expect((await persistence.load()).put?.outbox).toHaveLength(1);
  });

  test("as another tab holds it is told of, and opened when that is closed", async () => {
    const [area, locks, blocked] = [memoryArea(), sharedLocks(), vi.fn()];
    const request = indexedDB.open("daybook:u1");
    await new Promise((resolve) => request.addEventListener("success", resolve));
    area.setItem("daybook:erasing:v1", JSON.stringify(["u1"]));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const opening = openPersistence(area, "u1", locks)({ ...silent, blocked }, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(blocked).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(blocked).toHaveBeenCalledOnce();
    vi.useRealTimers();
    request.result.close();
    expect((await opening).kind).toBe("database");
  });
});

describe("openPersistence", () => {
  test("moves what an earlier version had not sent", async () => {
    const area = memoryArea();
    area.setItem(`daybook:outbox:u1:v1:${queued.operation.op_id}`, JSON.stringify(queued));
    const { outbox } = await stored("u1", area);
    expect(outbox).toEqual([queued]);
    expect(area.length).toBe(0);
  });

  test("moves what was done while the database could not be opened", async () => {
    const area = memoryArea();
    await localPersistence(area, "u1").write({ put: { outbox: [queued], shadow: [aTodo()] } });
    const { persistence, outbox } = await stored("u1", area);
    expect(outbox).toEqual([queued]);
    expect((await persistence.load()).put?.shadow).toEqual([]);
    expect(area.length).toBe(0);
  });

  test("does with local storage where there is no database, and with memory where there is neither", async () => {
    const area = memoryArea();
    vi.stubGlobal("indexedDB", {
      open: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    });
    expect((await stored("u1", area)).persistence.kind).toBe("memory");
    vi.stubGlobal("localStorage", area);
    expect((await stored("u1", area)).persistence.kind).toBe("local-storage");
    vi.stubGlobal("indexedDB", undefined);
    expect((await stored("u1", area)).persistence.kind).toBe("local-storage");
  });
});
