import { afterEach, expect, test, vi } from "vitest";
import { merge } from "@/lib/sync/merge";
import { type RunningApi, serve } from "@/testing/devices/api";
import { Device } from "@/testing/devices/device";
import { run } from "@/testing/devices/run";
import { FakeServer } from "@/testing/fake-server";

let api: RunningApi | undefined;
afterEach(() => api?.close());

async function drive(server: FakeServer, seed: number) {
  api = await serve(server);
  const tokens = { current: async () => "token", renew: async () => undefined };
  return run({ api: api.url, tokens, seed, devices: 3, operations: 80, patience: 60_000 });
}

test("devices in all weathers come to one state over the wire, and nothing is lost", async () => {
  // How many requests there are to lose depends on the speed of the machine.
  let lost = 0;
  for (let seed = 1; lost === 0 && seed <= 10; seed++) {
    const report = await drive(new FakeServer(), seed);
    expect(report).toMatchObject({
      converged: true,
      agrees_with_server: true,
      lost_updates: [],
      resurrected: [],
    });
    expect(report.sent).toBeGreaterThan(70);
    lost += report.lost_answers + report.lost_requests;
    await api?.close();
  }
  expect(lost).toBeGreaterThan(0);
});

test("a device that crashes while it writes has what was kept, and nothing else", async () => {
  api = await serve(new FakeServer());
  const tokens = { current: async () => "token", renew: async () => undefined };
  const device = new Device("d1", api.url, tokens, 1);
  const until = (expectation: () => void) => vi.waitFor(expectation, { timeout: 20_000, interval: 5 });
  await until(() => expect(device.store.snapshot().complete).toBe(true));
  device.network.become("offline");
  device.store.mutate({ kind: "create", patch: { title: "kept" } });
  expect(await device.store.saved(AbortSignal.timeout(10_000))).toBe(true);
  const begun = device.disk.nextWrite();
  device.store.mutate({ kind: "create", patch: { title: "being written" } });
  await begun;
  device.crash();
  await until(() => expect(device.store.snapshot().phase).toBe("ready"));
  expect(device.store.snapshot().todos.map(({ title }) => title)).toEqual(["kept"]);
  expect(device.disk.interrupted).toBe(1);
  device.stop();
});

test("a server that says “applied” and stores nothing is found out", async () => {
  const server = new FakeServer();
  let count = 0;
  server.decide = (stored, operation) => {
    const merged = merge(stored, operation);
    const isDropped = operation.kind === "update" && ++count % 5 === 0;
    return isDropped && stored
      ? { ...merged, outcome: "applied", fields: stored.fields, version_step: 0, clashes: {} }
      : merged;
  };
  expect((await drive(server, 2)).lost_updates).not.toEqual([]);
});

test("a server that brings back what was deleted is found out", async () => {
  const server = new FakeServer();
  server.decide = (stored, operation) =>
    stored?.deleted && operation.kind === "update"
      ? merge({ ...stored, deleted: false }, operation)
      : merge(stored, operation);
  const seeds = [3, 4, 5];
  const found: string[] = [];
  for (const seed of seeds) {
    if (found.length > 0) break;
    found.push(...(await drive(server, seed)).resurrected);
    await api?.close();
  }
  expect(found).not.toEqual([]);
});
