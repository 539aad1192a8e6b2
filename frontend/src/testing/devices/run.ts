import { type Api, authorised, bodyOf, createApi, reaching, type Tokens } from "@/lib/api/client";
import { retrying } from "@/lib/api/retry";
import { act } from "@/testing/devices/act";
import {
  deletedButThere,
  haveConverged,
  lostUpdates,
  type Past,
  type Pasts,
  resurrected,
  stateOf,
} from "@/testing/devices/check";
import { Device } from "@/testing/devices/device";
import type { Weather } from "@/testing/devices/network";
import { Random } from "@/testing/devices/random";

export interface Plan {
  readonly api: string;
  readonly tokens: Tokens;
  readonly seed: number;
  readonly devices: number;
  /** Together. */
  readonly operations: number;
  /** How long the devices may take to agree after the last operation, in milliseconds. */
  readonly patience: number;
}

export interface Report {
  readonly seed: number;
  readonly operations: number;
  readonly sent: number;
  readonly todos: number;
  readonly conflicts: number;
  readonly refusals: number;
  readonly crashes: number;
  /** Writes that a crash has cut. */
  readonly interrupted: number;
  readonly lost_requests: number;
  readonly lost_answers: number;
  /** How long it took until all devices showed the same, after the last operation and the return of the network. */
  readonly settled_ms: number;
  readonly converged: boolean;
  readonly lost_updates: readonly string[];
  readonly resurrected: readonly string[];
  readonly agrees_with_server: boolean;
}

/** Several devices of one person, at work at once in all weathers; then the weather clears, and they have to agree. */
export async function run(plan: Plan): Promise<Report> {
  const random = new Random(plan.seed);
  const devices = Array.from(
    { length: plan.devices },
    (_, index) => new Device(`s${plan.seed}d${index}`, plan.api, plan.tokens, plan.seed * 1000 + index * 10),
  );
  try {
    await until(() => devices.every(({ store }) => store.snapshot().complete), plan.patience);
    const crashes = await work(devices, plan, random);
    const first = await settle(devices, plan);
    const lost_updates = lostUpdates(devices, await readPasts(clientOf(plan), touched(devices)));
    const { conflicts, refusals } = countDecisions(devices);
    decide(devices, random);
    const second = await settle(devices, plan);
    const suspects = deletedButThere(devices);
    const [device] = devices;
    return {
      seed: plan.seed,
      operations: plan.operations,
      sent: devices.reduce((sum, { verdicts }) => sum + verdicts.size, 0),
      todos: device ? stateOf(device).length : 0,
      conflicts,
      refusals,
      crashes,
      interrupted: devices.reduce((sum, { disk }) => sum + disk.interrupted, 0),
      lost_requests: devices.reduce((sum, { network }) => sum + network.lost.requests, 0),
      lost_answers: devices.reduce((sum, { network }) => sum + network.lost.answers, 0),
      settled_ms: first.took,
      converged: first.converged && second.converged,
      lost_updates,
      resurrected: resurrected(suspects, await readPasts(clientOf(plan), suspects)),
      agrees_with_server: await agreesWithServer(clientOf(plan), devices),
    };
  } finally {
    for (const device of devices) device.stop();
  }
}

const clientOf = ({ api, tokens }: Plan): Api =>
  createApi(
    api,
    retrying(
      authorised(
        tokens,
        reaching((request) => fetch(request)),
      ),
    ),
  );

/** How likely each weather is to come next, and after how many operations it changes. */
const CLIMATE: Readonly<Record<Weather, number>> = { clear: 5, offline: 3, stormy: 2 };
const CHANGES_EVERY = 25;
const CRASHES_EVERY = 100;

async function work(devices: readonly Device[], { operations }: Plan, random: Random): Promise<number> {
  let crashes = 0;
  for (let done = 0; done < operations; done++) {
    const device = random.pick(devices);
    if (!device) break;
    if (random.below(CHANGES_EVERY) === 0) device.network.become(random.weighted(CLIMATE));
    if (random.below(CRASHES_EVERY) === 0) {
      crashes++;
      // Somewhere between the first and the last step of keeping what is done.
      const begun = device.disk.nextWrite();
      act(device);
      await Promise.race([begun, turn()]);
      for (let turns = random.below(3); turns > 0; turns--) await turn();
      device.crash();
      await until(() => device.store.snapshot().phase === "ready", 30_000);
    }
    act(device);
    // Requests, answers and writes to the disk come in between, as they would while a person thinks.
    await turn();
  }
  return crashes;
}

async function settle(devices: readonly Device[], { patience }: Plan) {
  for (const { network, store } of devices) {
    network.become("clear");
    store.kick();
  }
  const started = performance.now();
  const converged = await until(() => haveConverged(devices), patience);
  return { converged, took: Math.round(performance.now() - started) };
}

function countDecisions(devices: readonly Device[]) {
  const snapshots = devices.map(({ store }) => store.snapshot());
  return {
    conflicts: snapshots.reduce((sum, { conflicts }) => sum + conflicts.length, 0),
    refusals: snapshots.reduce((sum, { refusals }) => sum + refusals.length, 0),
  };
}

/** Each person is asked about what clashed, and chooses this or that. */
function decide(devices: readonly Device[], random: Random): void {
  for (const { store } of devices) {
    for (const { todo_id } of store.snapshot().conflicts) {
      store.resolve(todo_id, random.pick(["mine", "theirs", "both"] as const) ?? "theirs");
    }
    for (const { id } of store.snapshot().refusals) store.discard(id);
  }
}

/** Todos that are there, and that somebody has changed since this began. */
function touched([device, ...others]: readonly Device[]): string[] {
  if (!device) return [];
  const verdicts = [device, ...others].flatMap((each) => [...each.verdicts.values()]);
  const ids = new Set(verdicts.map(({ operation }) => operation.todo_id));
  return device.store
    .snapshot()
    .todos.map(({ id }) => id)
    .filter((id) => ids.has(id));
}

async function readPasts(api: Api, ids: readonly string[]): Promise<Pasts> {
  const pasts = new Map<string, Past>();
  for (const id of ids) pasts.set(id, await pastOf(api, id));
  return pasts;
}

async function pastOf(api: Api, todo_id: string): Promise<Past> {
  const kinds: string[] = [];
  const values = new Map<string, unknown[]>();
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: 100, ...(cursor === null ? {} : { cursor }) };
    const page: Awaited<ReturnType<typeof historyPage>> = await historyPage(api, todo_id, query);
    for (const { kind, changes } of page.items) {
      kinds.push(kind);
      for (const [field, { to }] of Object.entries(changes))
        values.set(field, [...(values.get(field) ?? []), to]);
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
  return { kinds, values };
}

const historyPage = (api: Api, todo_id: string, query: { limit: number; cursor?: string }) =>
  bodyOf(api.GET("/todos/{todo_id}/history", { params: { path: { todo_id }, query } }));

async function agreesWithServer(api: Api, devices: readonly Device[]): Promise<boolean> {
  const stored = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor === null ? {} : { cursor }) };
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(api, query);
    for (const { id, version } of page.items) stored.set(id, version);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return devices.every((device) => {
    const state = stateOf(device);
    return state.length === stored.size && state.every(({ id, version }) => stored.get(id) === version);
  });
}

const listPage = (api: Api, query: { limit: number; cursor?: string }) =>
  bodyOf(api.GET("/todos", { params: { query } }));

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Looks until it is so, or the time is over. */
async function until(isSo: () => boolean, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
  return true;
}
